#include "app/one_shot/password.h"

#include "base/secret_file.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace helenus::app {
namespace {

constexpr std::size_t longest_password = 4096;

/// Turns the echo of the terminal off while it lives.
class silent_terminal {
 public:
  silent_terminal() {
    tcgetattr(STDIN_FILENO, &before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~silent_terminal() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  silent_terminal(const silent_terminal&) = delete;
  silent_terminal& operator=(const silent_terminal&) = delete;

 private:
  termios before_{};
};

result<base::secret> from_prompt(const std::string& username) {
  std::fprintf(stderr, "JMX password of %s: ", username.c_str());
  std::array<char, longest_password + 1> buffer{};
  const char* line = nullptr;
  {
    const silent_terminal silence;
    line = std::fgets(buffer.data(), static_cast<int>(buffer.size()), stdin);
  }
  std::fputs("\n", stderr);
  const std::string_view text(line == nullptr ? "" : line);
  base::secret password(text.substr(0, text.find_first_of("\r\n")));
  explicit_bzero(buffer.data(), buffer.size());
  return password;
}

}  // namespace

result<base::secret> read_password(const std::string& username, const std::string& file) {
  if (!file.empty()) return base::read_secret_file(file, "--password-file");
  if (const char* text = std::getenv(password_variable)) return base::secret(text);
  if (isatty(STDIN_FILENO) == 1) return from_prompt(username);
  return error{base::errc::invalid_argument,
               "--username needs a password: give --password-file FILE or set " +
                   std::string(password_variable)};
}

}  // namespace helenus::app
