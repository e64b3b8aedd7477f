#pragma once

#include "model/ids.h"
#include "model/repair_run.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace helenus::storage::cassandra {

/// The versions of rows that this process has read or written, and what stood in each then: the
/// condition under which a write may take its place.
///
/// Reaper's tables have no column for a version, so a version is a number that only this process
/// knows. Content that is as it was has the same version; other content has the next one.
///
/// What was asked for before the last change of a row became known may be older than that change:
/// it is no news, and gets a version that nothing can be written over.
///
/// Rows are known by the run, or whatever else, that they belong to.
template <class Id, class Mark, class Group = model::run_id>
class seen_rows {
 public:
  /// When more rows than this are known, those of other groups are forgotten: a write over a
  /// forgotten version is `superseded`, and who made it reads again.
  explicit seen_rows(std::size_t limit = 200'000) : limit_(limit) {}

  /// Between which changes of rows something is asked for.
  using moment = std::uint64_t;
  moment now() const { return changes_; }

  /// A row as it was read, by a question that was asked at `asked`. Its version.
  model::version read(Group group, Id id, const Mark& mark, moment asked) {
    auto& row = place(group, id);
    const bool is_new = row.version == 0;
    if (!is_new && row.mark == mark) return row.version;
    if (!is_new && row.changed > asked) return --outdated_;
    if (is_new) row.version = before_first_;
    change(row, row.version + 1, mark);
    return row.version;
  }

  /// What stood there at this version; nullptr when it is not the last that is known.
  const Mark* find(Group group, Id id, model::version version) const {
    const auto rows = groups_.find(group);
    if (rows == groups_.end()) return nullptr;
    const auto row = rows->second.find(id);
    return row == rows->second.end() || row->second.version != version ? nullptr
                                                                       : &row->second.mark;
  }

  /// What was seen there last; nullptr when the row is not known.
  const Mark* last(Group group, Id id) const {
    const auto rows = groups_.find(group);
    if (rows == groups_.end()) return nullptr;
    const auto row = rows->second.find(id);
    return row == rows->second.end() ? nullptr : &row->second.mark;
  }

  /// `mark` was written over the version `over`. The new version.
  model::version written(Group group, Id id, model::version over, const Mark& mark) {
    auto& row = place(group, id);
    // What was read meanwhile may be a part of what was written, or have come after it: that is
    // news for those who ask from now on.
    const bool was_read = row.version > over && row.mark == mark;
    change(row, was_read ? row.version : std::max(row.version, over) + 1, mark);
    return row.version;
  }

  void forget(Group group) {
    const auto rows = groups_.find(group);
    if (rows == groups_.end()) return;
    size_ -= rows->second.size();
    groups_.erase(rows);
  }
  std::size_t size() const { return size_; }

 private:
  struct row {
    model::version version = 0;
    moment changed = 0;  ///< of the change that this version is
    Mark mark{};
  };

  void change(row& what, model::version version, const Mark& mark) {
    what = {version, ++changes_, mark};
    last_ = std::max(last_, version);
  }

  row& place(Group group, Id id) {
    const auto [found, is_new] = groups_[group].try_emplace(id);
    if (is_new && ++size_ > limit_) forget_others(group);
    return found->second;
  }
  void forget_others(Group kept) {
    auto rows = groups_.extract(kept);
    groups_.clear();
    size_ = rows.mapped().size();
    groups_.insert(std::move(rows));
    // A version that somebody still holds must not come back with other content.
    before_first_ = last_;
  }

  std::size_t limit_;
  std::size_t size_ = 0;
  model::version last_ = 0;          ///< the highest that was given
  model::version before_first_ = 0;  ///< of a row that is not known
  model::version outdated_ = 0;      ///< the last that was given to content that is no news
  moment changes_ = 0;
  std::unordered_map<Group, std::unordered_map<Id, row>> groups_;
};

}  // namespace helenus::storage::cassandra
