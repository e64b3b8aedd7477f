#include "app/certificates.h"

#include "base/log.h"

#include <filesystem>
#include <optional>
#include <utility>

namespace helenus::app {
namespace {

/// What tells whether one of the files was changed; a link counts as the file it leads to.
std::string state_of(const std::vector<std::string>& files) {
  std::string state;
  for (const auto& file : files) {
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

template <class Options>
std::vector<std::string> files_of(const Options& with) {
  return {with.ca_file, with.certificate_file, with.key_file, with.key_password_file};
}

}  // namespace

certificates::certificates(net::tls_client_options files)
    : files_(files_of(files)),
      load_([with = std::move(files)] { return net::tls_context::load(with); }) {}

certificates::certificates(net::tls_server_options files)
    : files_(files_of(files)),
      load_([with = std::move(files)] { return net::tls_context::load(with); }) {}

task<std::shared_ptr<const net::tls_context>> certificates::current() {
  auto now = co_await reader_.run([files = files_, load = load_, seen = seen_]() -> reading {
    auto state = state_of(files);
    if (state == seen) return {std::move(state), std::nullopt};
    return {std::move(state), load()};
  });
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
