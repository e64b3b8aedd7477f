#include "support/repair_ledger.h"

#include <map>

namespace helenus::test {

void repair_ledger::add(const std::string& keyspace, const std::vector<std::string>& tables,
                        const std::vector<model::token_range>& ranges) {
  for (const auto& table : tables) {
    for (const auto& range : ranges) entries_.push_back({keyspace, table, range});
  }
}

std::vector<repair_ledger::piece> repair_ledger::pieces(const std::string& keyspace,
                                                        const std::string& table) const {
  // How the count changes after a token: one sweep over the borders.
  std::map<model::token, int> changes;
  int at_minimum = 0;
  for (const auto& entry : entries_) {
    if (entry.keyspace != keyspace || entry.table != table) continue;
    ++changes[entry.range.start];
    --changes[entry.range.end];
    if (entry.range.wraps()) ++at_minimum;
  }
  std::vector<piece> all;
  if (changes.empty()) {
    const auto lowest = model::minimum_token(kind_);
    all.push_back({{lowest, lowest}, 0});
    return all;
  }
  // Before the first border the count is that of the ranges that wrap.
  int times = at_minimum;
  auto last = changes.rbegin()->first;
  for (const auto& [border, change] : changes) {
    const model::token_range range{last, border};
    if (!all.empty() && all.back().times == times) {
      all.back().range.end = border;
    } else {
      all.push_back({range, times});
    }
    times += change;
    last = border;
  }
  return all;
}

std::string repair_ledger::find_piece(const std::string& keyspace,
                                      const std::vector<std::string>& tables,
                                      bool (*wrong)(int times)) const {
  for (const auto& table : tables) {
    for (const auto& part : pieces(keyspace, table)) {
      if (!wrong(part.times)) continue;
      return keyspace + "." + table + " " + part.range.to_string() + " was repaired " +
             std::to_string(part.times) + " times";
    }
  }
  return {};
}

std::string repair_ledger::not_exactly_once(const std::string& keyspace,
                                            const std::vector<std::string>& tables) const {
  return find_piece(keyspace, tables, [](int times) { return times != 1; });
}

std::string repair_ledger::never_repaired(const std::string& keyspace,
                                          const std::vector<std::string>& tables) const {
  return find_piece(keyspace, tables, [](int times) { return times < 1; });
}

}  // namespace helenus::test
