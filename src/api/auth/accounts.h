#pragma once

#include "api/auth/access_options.h"

#include <string>
#include <string_view>
#include <vector>

namespace helenus::api {

/// Who may log in. Passwords are not kept, only what tells whether another one is the same.
class accounts {
 public:
  struct entry {
    std::string name;
    api::roles roles;
    std::string password_mac;
  };

  explicit accounts(const std::vector<account>& all);

  bool empty() const { return entries_.empty(); }
  /// Null when there is none of that name.
  const entry* find(std::string_view name) const;
  /// Null when there is none of that name or its password is another one. How long it takes does
  /// not depend on which of both it is, nor on how much of the password is right.
  const entry* check(std::string_view name, std::string_view password) const;

 private:
  std::string mac(std::string_view password) const;

  std::string key_;  ///< random, of this process
  std::vector<entry> entries_;
};

}  // namespace helenus::api
