#include "app/missing_part.h"

#include "base/errc.h"
#include "management/errc.h"
#include "net/errc.h"
#include "storage/errc.h"

#include <array>
#include <utility>

namespace helenus::app {
namespace {

using part = std::pair<boost::system::error_code, std::string_view>;

std::string_view named_by_its_code(const error& failure) {
  using kept = storage::errc;
  static const std::array<part, 15> parts{
      {{base::errc::unavailable, "a secret in its file"},
       {base::errc::invalid_argument, "a configuration that can be used"},
       {net::errc::certificate_unreadable, "certificates and keys that can be used"},
       {management::errc::authentication_failed, "the JMX login of the local node"},
       {kept::login_refused, "the role of Helenus in storage, or its password"},
       {kept::permission_missing, "a permission of the role of Helenus in storage"},
       {kept::no_keyspace, "the keyspace of storage"},
       {kept::old_schema, "the schema version of storage"},
       {kept::newer_schema, "a Helenus as new as the schema of storage"},
       {kept::busy, "another process to let go of storage"},
       {kept::full, "space for storage"},
       {kept::read_only, "storage that can be written"},
       {kept::corrupt, "storage that can be used"},
       {kept::foreign, "storage that can be used"},
       {kept::unavailable, "storage"}}};
  for (const auto& [code, name] : parts) {
    if (failure.code == code) return name;
  }
  return {};
}

}  // namespace

std::string_view work_of(startup_state state) {
  switch (state) {
    case startup_state::opening_storage:
      return "storage";
    case startup_state::migrating:
      return "the schema version of storage";
    case startup_state::joining:
      return "the other instances and the local node";
    case startup_state::recovering:
      return "the runs that an earlier process left";
    case startup_state::draining:
      return "running segments to end";
    default:
      return {};
  }
}

std::string missing_part(startup_state step, const error& failure) {
  if (const auto name = named_by_its_code(failure); !name.empty()) return std::string(name);
  // Whatever else goes wrong there is about the node: signs of life are an affair of storage.
  if (step == startup_state::joining) return "the local node";
  return std::string(work_of(step));
}

}  // namespace helenus::app
