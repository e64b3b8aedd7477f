#include "storage/errc.h"
#include "storage/memory/tables.h"
#include "storage/row_rules.h"

#include <algorithm>

namespace helenus::storage::memory {
namespace {

class cluster_table final : public cluster_store {
 public:
  explicit cluster_table(tables& all) : all_(all) {}

  task<std::vector<model::cluster>> all() override {
    return read(all_, "clusters.all", [this]() -> result<std::vector<model::cluster>> {
      std::vector<model::cluster> found;
      found.reserve(all_.clusters.size());
      for (const auto& [name, row] : all_.clusters) found.push_back(row);
      return found;
    });
  }

  task<model::cluster> find(std::string name) override {
    return read(all_, "clusters.find", [this, name = std::move(name)]() -> result<model::cluster> {
      const auto found = all_.clusters.find(name);
      if (found == all_.clusters.end()) return missing(name);
      return found->second;
    });
  }

  task<void> save(model::cluster cluster) override {
    return write(all_, "clusters.save", [this, row = std::move(cluster)]() -> result<void> {
      TRY_VOID(check(row));
      all_.clusters.insert_or_assign(row.name, row);
      return {};
    });
  }

  task<void> remove(std::string name) override {
    return write(all_, "clusters.remove", [this, name = std::move(name)]() -> result<void> {
      if (!all_.clusters.contains(name)) return missing(name);
      const auto runs = std::count_if(
          all_.runs.begin(), all_.runs.end(),
          [&name](const auto& entry) { return entry.second.run.cluster_name == name; });
      if (runs > 0) return in_use(name, runs, "runs");
      const auto schedules = std::count_if(
          all_.schedules.begin(), all_.schedules.end(), [this, &name](const auto& entry) {
            return all_.units.at(entry.second.unit).cluster_name == name;
          });
      if (schedules > 0) return in_use(name, schedules, "schedules");
      std::erase_if(all_.units,
                    [&name](const auto& entry) { return entry.second.cluster_name == name; });
      all_.clusters.erase(name);
      return {};
    });
  }

 private:
  static error missing(const std::string& name) {
    return error{errc::not_found, "no cluster '" + name + "' is registered"};
  }

  static error in_use(const std::string& name, std::ptrdiff_t count, const char* what) {
    return error{errc::conflict,
                 "cluster '" + name + "' has " + std::to_string(count) + " " + what};
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<cluster_store> make_cluster_table(tables& all) {
  return std::make_unique<cluster_table>(all);
}

}  // namespace helenus::storage::memory
