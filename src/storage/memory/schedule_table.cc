#include "storage/errc.h"
#include "storage/memory/tables.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <utility>

namespace helenus::storage::memory {
namespace {

using model::repair_schedule;

class schedule_table final : public schedule_store {
 public:
  explicit schedule_table(tables& all) : all_(all) {}

  task<void> create(model::repair_unit unit, repair_schedule schedule) override {
    return write(all_, "schedules.create",
                 [this, unit = std::move(unit), row = std::move(schedule)]() -> result<void> {
                   TRY_VOID(check_creation(unit, row));
                   TRY_VOID(check_unit(all_, unit));
                   if (all_.schedules.contains(row.id)) {
                     return error{errc::conflict,
                                  "schedule " + row.id.value().to_string() + " exists"};
                   }
                   all_.units.emplace(unit.id, unit);
                   all_.schedules.emplace(row.id, row).first->second.stored = 1;
                   return {};
                 });
  }

  task<repair_schedule> find(model::schedule_id id) override {
    return read(all_, "schedules.find", [this, id]() -> result<repair_schedule> {
      TRY(found, find_row(id));
      return *found;
    });
  }

  task<std::vector<schedule_summary>> list(schedule_filter filter) override {
    return read(all_, "schedules.list",
                [this, filter = std::move(filter)]() -> result<std::vector<schedule_summary>> {
                  std::vector<schedule_summary> listed;
                  for (const auto& [id, schedule] : all_.schedules) {
                    const auto& unit = all_.units.at(schedule.unit);
                    if (unit.cluster_name != filter.cluster_name.value_or(unit.cluster_name) ||
                        unit.keyspace != filter.keyspace.value_or(unit.keyspace)) {
                      continue;
                    }
                    listed.push_back({schedule, unit});
                  }
                  std::ranges::sort(listed, {}, [](const schedule_summary& each) {
                    const auto id = each.schedule.id;
                    return std::pair(id.value().timestamp(), id);
                  });
                  return listed;
                });
  }

  task<model::version> replace(repair_schedule next) override {
    return write(all_, "schedules.replace",
                 [this, next = std::move(next)]() -> result<model::version> {
                   TRY_VOID(check(next));
                   TRY(found, seen(next.id, next.stored));
                   TRY_VOID(check_replacement(*found, next));
                   *found = next;
                   return ++found->stored;
                 });
  }

  task<void> remove(model::schedule_id id, model::version version) override {
    return write(all_, "schedules.remove", [this, id, version]() -> result<void> {
      TRY_VOID(seen(id, version));
      all_.schedules.erase(id);
      return {};
    });
  }

 private:
  result<repair_schedule*> find_row(model::schedule_id id) {
    const auto found = all_.schedules.find(id);
    if (found == all_.schedules.end()) {
      return error{errc::not_found, "no schedule " + id.value().to_string()};
    }
    return &found->second;
  }

  result<repair_schedule*> seen(model::schedule_id id, model::version version) {
    TRY(found, find_row(id));
    if (found->stored != version) {
      return error{errc::superseded, "schedule " + id.value().to_string() + " changed meanwhile"};
    }
    return found;
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<schedule_store> make_schedule_table(tables& all) {
  return std::make_unique<schedule_table>(all);
}

}  // namespace helenus::storage::memory
