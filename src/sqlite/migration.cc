#include "sqlite/migration.h"

#include <charconv>
#include <string>

namespace helenus::sqlite {
namespace {

int number_of(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  int number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

result<void> apply(connection& db, int number, const base::embedded_file& step,
                   std::int32_t application_id) {
  TRY(work, transaction::begin(db));
  TRY_VOID(db.execute(std::string(step.content)));
  TRY_VOID(db.execute("PRAGMA application_id = " + std::to_string(application_id) +
                      "; PRAGMA user_version = " + std::to_string(number)));
  return work.commit();
}

}  // namespace

result<schema_change> migrate(connection& db, std::span<const base::embedded_file> steps,
                              std::int32_t application_id) {
  for (std::size_t index = 0; index < steps.size(); ++index) {
    if (number_of(steps[index].path) != static_cast<int>(index) + 1) {
      return error{errc::internal, "schema step " + std::string(steps[index].path) +
                                       " is not number " + std::to_string(index + 1)};
    }
  }
  const int last = static_cast<int>(steps.size());
  int version = 0;
  {
    TRY(running, db.query("PRAGMA user_version"));
    TRY_VOID(running.next());
    version = static_cast<int>(running.integer(0));
  }
  if (version > last) {
    return error{errc::newer_schema, db.file() + ": has schema " + std::to_string(version) +
                                         ", this version knows " + std::to_string(last) +
                                         "; use the version that wrote it, or a newer one"};
  }
  for (int number = version + 1; number <= last; ++number) {
    const auto& step = steps[static_cast<std::size_t>(number - 1)];
    auto applied = apply(db, number, step, application_id);
    if (!applied)
      return base::with_context(applied.error(), "schema step " + std::string(step.path));
  }
  return schema_change{version, last};
}

}  // namespace helenus::sqlite
