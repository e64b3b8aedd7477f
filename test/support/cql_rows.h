#pragma once

#include "base/assert.h"
#include "cql/row.h"
#include "cql/value.h"

#include <string>
#include <utility>
#include <vector>

namespace helenus::test {

inline void put_type(std::string& out, const cql::type& what) {
  cql::put_number(out, static_cast<std::uint64_t>(what.code), 2);
  if (what.code == cql::type_code::tuple) cql::put_number(out, what.elements.size(), 2);
  for (const auto& element : what.elements) put_type(out, element);
}

/// A page as the driver hands it over, before rows::parse. Not for UDTs.
inline std::string cql_page(const std::vector<cql::column>& columns,
                            const std::vector<std::vector<cql::value>>& cells) {
  std::string page;
  cql::put_number(page, columns.size(), 4);
  for (const auto& column : columns) {
    cql::put_string(page, column.name);
    put_type(page, column.type);
  }
  cql::put_number(page, cells.size(), 4);
  for (const auto& row : cells) {
    HELENUS_ASSERT(row.size() == columns.size());
    for (const auto& cell : row) {
      if (cell.is_null())
        cql::put_number(page, 0xFFFFFFFF, 4);
      else
        cql::put_bytes(page, cell.bytes());
    }
  }
  return page;
}

/// The rows that a session answers: what a fake one needs.
inline cql::rows cql_rows(const std::vector<cql::column>& columns,
                          const std::vector<std::vector<cql::value>>& cells,
                          std::string paging_state = {}) {
  return cql::rows::parse(cql_page(columns, cells), std::move(paging_state)).value();
}

/// A column of the CQL type that `Value` is written as.
template <class Value>
cql::column cql_column(std::string name) {
  return {std::move(name), cql::codec<Value>::type()};
}

}  // namespace helenus::test
