#include "storage/sqlite/backend.h"

#include "base/embedded_file.h"
#include "base/log.h"
#include "sqlite/migration.h"
#include "storage/sqlite/tables.h"

#include <filesystem>
#include <span>

namespace helenus::storage::sqlite {

std::span<const base::embedded_file> schema_steps();  // made by cmake/embed.cmake

namespace {

constexpr std::int32_t application_id = 0x48656C6E;  // "Heln"

/// The file holds secrets: nobody but its owner and group may read it. As far as the file system
/// knows of such things.
void hide_from_others(const std::filesystem::path& file) {
  for (const auto* suffix : {"", "-wal"}) {
    std::error_code ignored;
    std::filesystem::permissions(file.string() + suffix, std::filesystem::perms::others_all,
                                 std::filesystem::perm_options::remove, ignored);
  }
}

result<std::unique_ptr<connection>> open_connection(const sqlite_options& options) {
  TRY(db, connection::open({.file = options.file,
                            .application_id = application_id,
                            .page_cache_kib = options.page_cache_kib}));
  hide_from_others(options.file);
  TRY(checked, db->check(options.integrity_check_limit));
  if (checked == helenus::sqlite::integrity::not_finished) {
    base::log_warn("storage",
                   "the check of the file took too long and was stopped; nothing wrong "
                   "was found before",
                   {{"file", db->file()},
                    {"limit_ms", std::to_string(options.integrity_check_limit.count())}});
  }
  TRY(schema, helenus::sqlite::migrate(*db, schema_steps(), application_id));
  if (schema.from != schema.to) {
    base::log_info("storage", "the schema was brought up to date",
                   {{"file", db->file()},
                    {"from", std::to_string(schema.from)},
                    {"to", std::to_string(schema.to)}});
  }
  return db;
}

class backend final : public storage::backend {
 public:
  ~backend() override = default;

  task<void> open(sqlite_options options) {
    auto opened =
        co_await db_.open([options = std::move(options)] { return open_connection(options); });
    if (!opened) co_return as_storage_error(std::move(opened).error());
    co_return opened;
  }

  cluster_store& clusters() override { return *clusters_; }
  run_store& runs() override { return *runs_; }
  segment_store& segments() override { return *segments_; }
  schedule_store& schedules() override { return *schedules_; }
  secret_store& secrets() override { return *secrets_; }
  backend_traits traits() const override { return {.shared = false, .durable = true}; }
  backend_counters counters() const override {
    return {db_.reads(), db_.writes(), db_.transactions()};
  }
  task<void> close() override { return db_.close(); }

 private:
  database db_;
  std::unique_ptr<cluster_store> clusters_ = make_cluster_table(db_);
  std::unique_ptr<run_store> runs_ = make_run_table(db_);
  std::unique_ptr<segment_store> segments_ = make_segment_table(db_);
  std::unique_ptr<schedule_store> schedules_ = make_schedule_table(db_);
  std::unique_ptr<secret_store> secrets_ = make_secret_table(db_);
};

}  // namespace

task<std::unique_ptr<storage::backend>> open(sqlite_options options) {
  auto opened = std::make_unique<backend>();
  CO_TRY_VOID(co_await opened->open(std::move(options)));
  co_return std::unique_ptr<storage::backend>(std::move(opened));
}

}  // namespace helenus::storage::sqlite
