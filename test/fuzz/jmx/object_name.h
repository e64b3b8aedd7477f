#pragma once

#include "base/assert.h"
#include "jmx/remote/object_name.h"

#include <string_view>

namespace helenus::jmx::fuzz {

/// What is accepted must say the same again, match itself, and survive quoting.
inline void parse_object_name(std::string_view text) {
  const auto quoted = quote_name_value(text);
  const auto raw = unquote_name_value(quoted);
  HELENUS_ASSERT(raw.has_value() && *raw == text);
  static_cast<void>(unquote_name_value(text));
  const auto name = object_name::parse(text);
  if (!name) return;
  HELENUS_ASSERT(name->text() == text);
  const auto again = object_name::parse(name->canonical());
  HELENUS_ASSERT(again.has_value() && *again == *name);
  for (const auto& [key, value] : name->keys()) static_cast<void>(name->value_of(key));
  if (!name->is_pattern()) HELENUS_ASSERT(name->matches(*again));
  static_cast<void>(object_name::literal("a*:b=\"*x?\",*").matches(*name));
}

}  // namespace helenus::jmx::fuzz
