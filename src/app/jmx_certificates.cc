#include "app/jmx_certificates.h"

#include "base/log.h"

#include <filesystem>
#include <optional>
#include <utility>

namespace helenus::app {
namespace {

/// What tells whether one of the files was changed; a link counts as the file it leads to.
std::string state_of(const net::tls_client_options& files) {
  std::string state;
  for (const auto& file :
       {files.ca_file, files.certificate_file, files.key_file, files.key_password_file}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file, missing);
    const auto time = std::filesystem::last_write_time(file, missing);
    state += std::to_string(size) + "@" + std::to_string(time.time_since_epoch().count()) + " ";
  }
  return state;
}

struct reading {
  std::string state;
  std::optional<result<std::shared_ptr<const net::tls_context>>> read;  // none: nothing changed
};

reading read_when_changed(const net::tls_client_options& files, const std::string& seen) {
  auto state = state_of(files);
  if (state == seen) return {std::move(state), std::nullopt};
  return {std::move(state), net::tls_context::load(files)};
}

}  // namespace

task<std::shared_ptr<const net::tls_context>> jmx_certificates::current() {
  auto now = co_await reader_.run(
      [files = files_, seen = seen_] { return read_when_changed(files, seen); });
  if (!now.read) co_return good_;
  if (*now.read) {
    good_ = std::move(**now.read);
    seen_ = std::move(now.state);
    co_return good_;
  }
  if (!good_) co_return std::move(*now.read).error();
  if (std::exchange(seen_, std::move(now.state)) != seen_) {
    base::log_warn("app", "renewed certificates cannot be used; the last good ones are",
                   {{"error", now.read->error().message()}});
  }
  co_return good_;
}

}  // namespace helenus::app
