#pragma once

#include "api/auth/access_options.h"
#include "api/shown_login.h"
#include "app/certificates.h"
#include "app/file_backed.h"
#include "base/task.h"
#include "config/settings.h"
#include "cql/options.h"
#include "crypto/cryptograph.h"
#include "management/jmx/logins.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::app {

/// What Cassandra storage wants to see of those who connect.
struct storage_access {
  std::optional<cql::credentials> login;
  std::shared_ptr<const net::tls_context> tls;  ///< none: plain
};

bool operator==(const storage_access& left, const storage_access& right);

/// Who this process is for Cassandra, and who others are for it.
struct logins {
  std::optional<cql::credentials> storage;
  std::shared_ptr<const management::jmx::jmx_logins> nodes;
  /// None: whoever reaches the port. Another object only when files were read again.
  std::shared_ptr<const api::access_options> users;
  /// None: passwords are stored as they are. Another object only when files were read again.
  std::shared_ptr<const crypto::cryptograph_options> encryption;
};

/// The files in which secrets of the settings may change.
std::vector<std::string> files_of_origin(const config::settings& settings);

/// The settings as their origin is now. Blocks. Errors: unavailable, which names the secrets whose
/// files do not hold them (yet); invalid_argument, which says what is wrong.
result<config::settings> read_again(const config::settings_origin& origin);

/// The logins of these settings; password files are read. Blocks. Errors: those of
/// base::read_secret_file().
result<logins> read_logins(const config::settings& from);

/// The logins and certificates with which Cassandra is reached, as their files are now: those that
/// the settings or variables name, and the configuration itself. Io thread only; must outlive the
/// calls. What cannot be used is told in the log, and the last good ones are given.
class access {
 public:
  explicit access(const config::settings& settings);

  /// Errors: those of read_logins(), certificate_unreadable.
  task<storage_access> to_storage();
  task<std::shared_ptr<const management::jmx::jmx_logins>> to_nodes();
  task<std::shared_ptr<const api::access_options>> of_users();
  task<std::shared_ptr<const crypto::cryptograph_options>> encryption();
  /// What may be shown of to_nodes().
  task<api::shown_logins> shown();

 private:
  file_backed<logins> logins_;
  std::optional<certificates> storage_certificates_;
};

}  // namespace helenus::app
