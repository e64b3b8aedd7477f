#include "storage/memory/tables.h"
#include "storage/row_rules.h"

namespace helenus::storage::memory {
namespace {

class secret_table final : public secret_store {
 public:
  explicit secret_table(tables& all) : all_(all) {}

  task<base::secret> find_or_keep(std::string name, base::secret candidate) override {
    return write(
        all_, "secrets.find_or_keep",
        [this, name = std::move(name), candidate = std::move(candidate)]() -> result<base::secret> {
          TRY_VOID(check_secret(name, candidate));
          return all_.secrets.try_emplace(name, candidate).first->second;
        });
  }

 private:
  tables& all_;
};

}  // namespace

std::unique_ptr<secret_store> make_secret_table(tables& all) {
  return std::make_unique<secret_table>(all);
}

}  // namespace helenus::storage::memory
