#include "storage/row_rules.h"
#include "storage/sqlite/tables.h"

namespace helenus::storage::sqlite {
namespace {

class secret_table final : public secret_store {
 public:
  explicit secret_table(database& db) : db_(db) {}

  task<base::secret> find_or_keep(std::string name, base::secret candidate) override {
    return write(db_,
                 [name = std::move(name),
                  candidate = std::move(candidate)](connection& db) -> result<base::secret> {
                   TRY_VOID(check_secret(name, candidate));
                   TRY_VOID(db.change(
                       "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                       name, candidate.reveal()));
                   TRY(running, db.query("SELECT value FROM secret WHERE name = ?", name));
                   TRY_VOID(running.next());
                   return base::secret(running.text(0));
                 });
  }

 private:
  database& db_;
};

}  // namespace

std::unique_ptr<secret_store> make_secret_table(database& db) {
  return std::make_unique<secret_table>(db);
}

}  // namespace helenus::storage::sqlite
