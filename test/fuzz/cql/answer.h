#pragma once

#include "base/assert.h"
#include "cql/row.h"
#include "cql/wire.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::cql::fuzz {

/// Every cell that is of this type; what was read says the same after it was written once more.
template <class Value>
void read_as(const rows& page) {
  for (const auto row : page) {
    for (const auto& column : page.columns()) {
      const auto value = row.template get<std::optional<Value>>(column.name);
      if (!value || !value->has_value()) continue;
      std::string bytes;
      codec<Value>::write(bytes, **value);
      std::string again;
      const auto back = codec<Value>::read(bytes);
      HELENUS_ASSERT(back.has_value());
      codec<Value>::write(again, *back);
      HELENUS_ASSERT(again == bytes);
    }
  }
}

/// What the driver hands over: pages, the places of a statement, nodes.
inline void read_answer(std::string_view bytes) {
  static_cast<void>(wire::read_places(bytes));
  static_cast<void>(wire::read_nodes(bytes));
  static_cast<void>(wire::read_version(bytes));
  const auto page = rows::parse(std::string(bytes), {});
  if (!page) return;
  HELENUS_ASSERT(page->size() == 0 || page->columns().size() * page->size() * 4 <= bytes.size());
  read_as<bool>(*page);
  read_as<std::int8_t>(*page);
  read_as<std::int16_t>(*page);
  read_as<std::int32_t>(*page);
  read_as<std::int64_t>(*page);
  read_as<int128>(*page);
  read_as<double>(*page);
  read_as<float>(*page);
  read_as<std::string>(*page);
  read_as<base::uuid>(*page);
  read_as<timestamp>(*page);
  read_as<blob>(*page);
  read_as<inet>(*page);
  read_as<std::vector<std::int32_t>>(*page);
  read_as<std::set<std::string>>(*page);
  read_as<std::set<base::uuid>>(*page);
  read_as<std::map<std::string, std::string>>(*page);
  read_as<std::vector<std::map<std::string, std::set<std::string>>>>(*page);
}

}  // namespace helenus::cql::fuzz
