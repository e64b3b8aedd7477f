#include "config/schema.h"

#include <algorithm>
#include <array>

namespace helenus::config {

using namespace std::chrono_literals;

namespace {

// What Reaper's image signs tokens with when it is not told a secret: everybody knows it, so a
// token that is signed with it proves nothing.
constexpr std::string_view secret_of_reaper =
    "MySecretKeyForJWTWhichMustBeLongEnoughForHS256Algorithm";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// A block without the key asks for logins.
bool is_enabled(const YAML::Node& block) {
  if (!block.IsMap()) return true;
  const auto flag = block["enabled"];
  return !flag || !flag.IsScalar() || parse_boolean(flag.Scalar()).value_or(true);
}

/// Only for what is wrong with it: is_enabled() has read it.
key enabled_key() {
  return {"enabled", [](reader& from, const YAML::Node& value) {
            bool ignored = false;
            from.flag(value, ignored);
          }};
}

/// Reads `accessControl` when it is enabled.
class access_reader {
 public:
  explicit access_reader(settings& into) : into_(into) {}

  void read(reader& from, const YAML::Node& block) {
    const std::array keys{
        enabled_key(),
        key{"sessionTimeout",
            [&](reader& inner, const YAML::Node& value) { read_timeout(inner, value); }},
        key{"jwt", [&](reader& inner, const YAML::Node& value) { read_jwt(inner, value); }},
        key{"users", [&](reader& inner, const YAML::Node& list) {
              inner.items(list, [&](const YAML::Node& user) { read_user(inner, user); });
            }}};
    from.block(block, keys);
    if (access_.accounts.empty()) {
      into_.warnings.emplace_back(
          "accessControl is on and names no user, so nobody may use the REST interface: set "
          "REAPER_AUTH_USER and REAPER_AUTH_PASSWORD, or accessControl.users");
    }
    into_.access = std::move(access_);
  }

 private:
  void read_timeout(reader& from, const YAML::Node& value) {
    if (value.IsScalar() && parse_integer(value.Scalar())) {  // as Reaper: a bare number is seconds
      from.integer(value, 1, 60 * 60 * 24 * 365, timeout_seconds_);
      access_.session_timeout = std::chrono::seconds(timeout_seconds_);
      return;
    }
    from.duration(value, 1s, 24h * 365, access_.session_timeout);
  }

  void read_jwt(reader& from, const YAML::Node& block) {
    const std::array keys{
        key{"secret",
            [&](reader& inner, const YAML::Node& value) { read_signing_secret(inner, value); }},
        key{"tokenExpirationTime"}};
    from.block(block, keys);
  }

  void read_signing_secret(reader& from, const YAML::Node& value) {
    std::string given;
    from.secret(value, given);
    if (given == secret_of_reaper) {
      into_.warnings.emplace_back(
          "accessControl.jwt.secret is the one that everybody can read in Reaper's image; another "
          "one, made by this instance or its peers, is used instead");
      return;
    }
    if (!given.empty() && given.size() < api::least_signing_secret) {
      return from.refuse(
          value,
          "at least " + std::to_string(api::least_signing_secret) +
              " bytes are accepted; without a secret one is made and kept in storage",
          false);
    }
    access_.signing_secret = base::secret(given);
  }

  void read_user(reader& from, const YAML::Node& block) {
    api::account user;
    std::string password;
    const std::array keys{
        key{"username",
            [&](reader& inner, const YAML::Node& value) { inner.text(value, user.name); }},
        key{"password",
            [&](reader& inner, const YAML::Node& value) { inner.secret(value, password); }},
        key{"roles", [&](reader& inner, const YAML::Node& list) {
              inner.items(list,
                          [&](const YAML::Node& name) { read_role(inner, name, user.roles); });
            }}};
    const auto mistakes = from.problems.size();
    from.block(block, keys);
    if (from.problems.size() > mistakes) return;
    if (is_blank(user.name)) {
      // As the image of Reaper has it when it is not told a user; better a closed door than a
      // process that ends again and again.
      into_.warnings.emplace_back("a user of accessControl.users has no name and is left out");
      return;
    }
    if (is_blank(password)) {
      return from.refuse(block, "user '" + user.name + "' has no password; one is needed");
    }
    if (user.roles.empty()) {
      return from.refuse(block, "user '" + user.name + "' has no role; accepted: user operator");
    }
    const auto same = std::any_of(access_.accounts.begin(), access_.accounts.end(),
                                  [&](const auto& other) { return other.name == user.name; });
    if (same) return from.refuse(block, "there are two users '" + user.name + "'");
    user.password = base::secret(password);
    access_.accounts.push_back(std::move(user));
  }

  static void read_role(reader& from, const YAML::Node& value, api::roles& into) {
    constexpr std::array<std::string_view, 2> names{"user", "operator"};
    constexpr std::array<api::role, 2> values{api::role::user, api::role::cluster_operator};
    if (const auto index = from.one_of(value, names); index < values.size()) {
      into.insert(values[index]);
    }
  }

  settings& into_;
  api::access_options access_;
  std::int64_t timeout_seconds_ = 0;
};

}  // namespace

void read_access_control(reader& from, const YAML::Node& block, settings& into) {
  if (is_enabled(block)) return access_reader(into).read(from, block);
  from.block(block, std::array{enabled_key(), key{"sessionTimeout"}, key{"jwt"}, key{"users"}});
}

}  // namespace helenus::config
