#include "storage/memory/tables.h"
#include "storage/row_rules.h"

namespace helenus::storage::memory {
namespace {

class instance_table final : public instance_store {
 public:
  instance_table(tables& all, const base::clock& time) : all_(all), time_(time) {}

  task<void> beat(instance who) override {
    return write(all_, "instances.beat", [this, who = std::move(who)]() -> result<void> {
      TRY_VOID(check(who));
      all_.instances[who.id] = {who, time_.now() + lifetime};
      return {};
    });
  }

  task<std::vector<instance>> alive() override {
    return read(all_, "instances.alive", [this]() -> result<std::vector<instance>> {
      std::vector<instance> found;
      for (const auto& [id, stored] : all_.instances) {
        if (stored.end > time_.now()) found.push_back(stored.who);
      }
      return found;
    });
  }

  task<std::optional<std::chrono::milliseconds>> life_left(model::uuid id) override {
    using left = std::optional<std::chrono::milliseconds>;
    return read(all_, "instances.life_left", [this, id]() -> result<left> {
      const auto found = all_.instances.find(id);
      if (found == all_.instances.end() || found->second.end <= time_.now()) return left{};
      return left(std::chrono::ceil<std::chrono::milliseconds>(found->second.end - time_.now()));
    });
  }

  task<void> leave(model::uuid id) override {
    return write(all_, "instances.leave", [this, id]() -> result<void> {
      all_.instances.erase(id);
      return {};
    });
  }

 private:
  tables& all_;
  const base::clock& time_;
};

}  // namespace

std::unique_ptr<instance_store> make_instance_table(tables& all, const base::clock& time) {
  return std::make_unique<instance_table>(all, time);
}

}  // namespace helenus::storage::memory
