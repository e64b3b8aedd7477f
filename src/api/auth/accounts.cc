#include "api/auth/accounts.h"

#include "crypto/hmac.h"
#include "crypto/random.h"

#include <algorithm>

namespace helenus::api {

accounts::accounts(const std::vector<account>& all) : key_(crypto::random_bytes(32)) {
  for (const auto& one : all) {
    entries_.push_back({one.name, one.roles, mac(one.password.reveal())});
  }
}

std::string accounts::mac(std::string_view password) const {
  return crypto::hmac(crypto::hash::sha256, key_, password);
}

const accounts::entry* accounts::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [name](const entry& one) { return one.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

const accounts::entry* accounts::check(std::string_view name, std::string_view password) const {
  const auto given = mac(password);
  const auto* named = find(name);
  const bool same = crypto::equal_in_constant_time(named ? named->password_mac : key_, given);
  return named && same ? named : nullptr;
}

}  // namespace helenus::api
