#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace helenus::api {

/// Makes guessing passwords slow: the answer to a login that failed comes late, and as long as
/// answers are late no further login is tried from there. It bounds what one address may try (two a
/// second) and what all of them may (32). Nobody waits whose password is right. Pure.
class login_brake {
 public:
  static constexpr std::chrono::seconds delay{2};
  static constexpr std::size_t most_of_a_peer = 4;
  static constexpr std::size_t most = 64;

  /// Whether a login from this address may be tried now.
  bool allows(const std::string& peer) const;

  /// While it lives, the answer to a login that failed is being held back.
  class late_answer {
   public:
    late_answer(login_brake& brake, std::string peer);
    ~late_answer();
    late_answer(const late_answer&) = delete;
    late_answer& operator=(const late_answer&) = delete;

   private:
    login_brake& brake_;
    std::string peer_;
  };

 private:
  std::map<std::string, std::size_t> held_;  ///< late answers by address, none of them 0
  std::size_t all_ = 0;
};

}  // namespace helenus::api
