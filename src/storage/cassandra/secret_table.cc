#include "storage/cassandra/columns.h"
#include "storage/cassandra/tables.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

namespace helenus::storage::cassandra {
namespace {

class secret_table final : public secret_store {
 public:
  explicit secret_table(tables& all) : all_(all) {}

  task<base::secret> find_or_keep(std::string name, base::secret candidate) override {
    all_.count_write();
    if (auto valid = check_secret(name, candidate); !valid) co_return valid.error();
    CO_TRY(stored, co_await find(name, false));  // mostly it has been there for long
    if (stored) co_return std::move(*stored);
    batch_of insertion(cql::batch::kind::unlogged);
    insertion.add("INSERT INTO " + all_.ask.table("helenus_secret") +
                      " (name, secret) VALUES (?, ?) IF NOT EXISTS",
                  {text_column(name), std::string(candidate.reveal())});
    const auto decided = co_await all_.ask.decide_or_tell(insertion.take());
    if (decided && decided->applied()) co_return std::move(candidate);
    if (!decided && !may_have_happened(decided.error())) co_return decided.error();
    // Ours, or that of another instance; a refusal has seen it in place.
    CO_TRY(kept, co_await find(name, !decided));
    if (kept) co_return std::move(*kept);
    co_return decided ? error{errc::unavailable, "a secret that was kept is gone"}
                      : as_storage_error(decided.error());
  }

 private:
  /// `serial`: as conditions have decided, also those that are being decided.
  task<std::optional<base::secret>> find(std::string name, bool serial) {
    std::optional<base::secret> found;
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT secret FROM " + all_.ask.table("helenus_secret") + " WHERE name = ?",
        {text_column(name)},
        [&](const cql::row& row) -> result<void> {
          TRY(secret, row.get<std::optional<std::string>>("secret"));
          if (secret) found.emplace(*secret);
          return {};
        },
        serial));
    co_return found;
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<secret_store> make_secret_table(tables& all) {
  return std::make_unique<secret_table>(all);
}

}  // namespace helenus::storage::cassandra
