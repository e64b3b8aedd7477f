#include "cql/row.h"

#include "cql/errc.h"

#include <algorithm>

namespace helenus::cql {
namespace {

constexpr std::string_view applied_column = "[applied]";
/// More than this cannot be told by `place`; the driver's own limit on frames is lower.
constexpr std::size_t largest_page = std::size_t{1} << 31;
constexpr std::size_t most_fields = 100;  // of a tuple or UDT

}  // namespace

result<type> read_type(byte_reader& from, std::size_t depth_left) {
  if (depth_left == 0) return error{errc::limit_exceeded, "a column type is nested too deep"};
  TRY(code, from.number(2));
  type read{static_cast<type_code>(code), {}};
  std::size_t elements = 0;
  switch (read.code) {
    case type_code::list:
    case type_code::set:
      elements = 1;
      break;
    case type_code::map:
      elements = 2;
      break;
    case type_code::custom:
      TRY_VOID(from.string());
      break;
    case type_code::udt:
      TRY_VOID(from.string());  // keyspace
      TRY_VOID(from.string());  // name
      [[fallthrough]];
    case type_code::tuple: {
      TRY(fields, from.number(2));
      elements = fields;
      break;
    }
    default:
      break;
  }
  if (elements > most_fields) return error{errc::limit_exceeded, "a column type has many fields"};
  for (std::size_t done = 0; done < elements; ++done) {
    if (read.code == type_code::udt) TRY_VOID(from.string());
    TRY(element, read_type(from, depth_left - 1));
    read.elements.push_back(std::move(element));
  }
  return read;
}

result<rows> rows::parse(std::string page, std::string paging_state, rows_limits limits) {
  if (page.size() > largest_page) return error{errc::limit_exceeded, "a page of over 2 GiB"};
  rows parsed;
  parsed.page_ = std::move(page);
  parsed.paging_state_ = std::move(paging_state);
  byte_reader from(parsed.page_);
  TRY(column_count, from.count(4));
  if (column_count > limits.columns)
    return error{errc::limit_exceeded, std::to_string(column_count) + " columns"};
  for (std::size_t done = 0; done < column_count; ++done) {
    TRY(name, from.string());
    TRY(kind, read_type(from, limits.type_depth));
    parsed.columns_.push_back({std::string(name), std::move(kind)});
  }
  TRY_VOID(parsed.read_cells(from));
  if (!parsed.empty()) {
    const auto applied = parsed[0].get<bool>(applied_column);
    if (applied.has_value()) parsed.applied_ = *applied;
  }
  return parsed;
}

result<void> rows::read_cells(byte_reader from) {
  TRY(row_count, from.integer());
  if (row_count < 0 || (columns_.empty() && row_count > 0))
    return error{errc::malformed, std::to_string(row_count) + " rows without columns"};
  const auto most = columns_.empty() ? 0 : from.rest().size() / 4 / columns_.size();
  size_ = static_cast<std::size_t>(row_count);
  if (size_ > most)
    return error{errc::malformed, "it announces " + std::to_string(size_) + " rows in " +
                                      std::to_string(from.rest().size()) + " bytes"};
  places_.reserve(size_ * columns_.size());
  for (std::size_t done = 0; done < size_ * columns_.size(); ++done) {
    TRY(length, from.integer());
    place where;
    if (length >= 0) {
      where.start = static_cast<std::uint32_t>(page_.size() - from.rest().size());
      where.size = static_cast<std::uint32_t>(length);
      TRY_VOID(from.take(where.size));
    }
    places_.push_back(where);
  }
  if (!from.rest().empty()) return error{errc::malformed, "bytes follow the last row"};
  return {};
}

std::optional<std::string_view> rows::cell(std::size_t row, std::size_t column) const {
  const auto where = places_[row * columns_.size() + column];
  if (where.start == place::none) return std::nullopt;
  return std::string_view(page_).substr(where.start, where.size);
}

result<row::cell> row::cell_of(std::string_view name, bool (*reads)(const type&),
                               const type& wanted) const {
  const auto& columns = all_->columns();
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [name](const column& each) { return each.name == name; });
  if (found == columns.end())
    return error{errc::no_such_column, "there is no column " + std::string(name)};
  if (!reads(found->type))
    return error{errc::wrong_type, "column " + std::string(name) + " is a " + to_text(found->type) +
                                       ", not a " + to_text(wanted)};
  return all_->cell(index_, static_cast<std::size_t>(found - columns.begin()));
}

bool row::has(std::string_view name) const {
  const auto cell = cell_of(name, [](const type&) { return true; }, {});
  return cell.has_value() && cell->has_value();
}

error row::null_at(std::string_view name) {
  return {errc::unexpected_null, "column " + std::string(name) + " is null"};
}

error row::in_column(std::string_view name, error failure) {
  return base::with_context(std::move(failure), "column " + std::string(name));
}

}  // namespace helenus::cql
