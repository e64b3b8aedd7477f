#pragma once

#include "config/load.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::config {

/// A configuration text without an environment.
inline loaded read(std::string_view text) {
  return parse(text, [](const std::string&) -> std::optional<std::string> { return std::nullopt; });
}

/// What is wrong with a text, as a person sees it.
inline std::string complaint(std::string_view text) {
  const auto outcome = read(text);
  const auto* wrong = std::get_if<std::vector<problem>>(&outcome);
  return wrong ? to_text("f", *wrong) : "";
}

inline settings made(std::string_view text) {
  EXPECT_EQ(complaint(text), "");
  return std::get<settings>(read(text));
}

}  // namespace helenus::config
