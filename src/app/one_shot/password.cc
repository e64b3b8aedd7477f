#include "app/one_shot/password.h"

#include "base/secret_file.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace helenus::app {
namespace {

constexpr std::size_t longest_password = 4096;

termios terminal_before{};

/// Only what may be called in a handler: the terminal as it was, then the end that was asked for.
void end_with_echo(int signal) {
  tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
  std::raise(signal);  // SA_RESETHAND: not us again
}

/// Turns the echo of the terminal off while it lives, and on again when a signal ends the process:
/// else the terminal would stay silent for its user.
class silent_terminal {
 public:
  silent_terminal() {
    tcgetattr(STDIN_FILENO, &terminal_before);
    struct sigaction end{};
    end.sa_handler = end_with_echo;
    end.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &end, &before_interrupt_);
    sigaction(SIGTERM, &end, &before_termination_);
    auto silent = terminal_before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~silent_terminal() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    sigaction(SIGINT, &before_interrupt_, nullptr);
    sigaction(SIGTERM, &before_termination_, nullptr);
  }
  silent_terminal(const silent_terminal&) = delete;
  silent_terminal& operator=(const silent_terminal&) = delete;

 private:
  struct sigaction before_interrupt_{};
  struct sigaction before_termination_{};
};

result<base::secret> from_prompt(const std::string& username) {
  std::array<char, longest_password + 1> buffer{};
  const char* line = nullptr;
  {
    const silent_terminal silence;  // before the prompt: what is typed at once is not shown either
    std::fprintf(stderr, "JMX password of %s: ", username.c_str());
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
  // Nothing changes the environment. NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* text = std::getenv(password_variable)) return base::secret(text);
  if (isatty(STDIN_FILENO) == 1) return from_prompt(username);
  return error{base::errc::invalid_argument,
               "--username needs a password: give --password-file FILE or set " +
                   std::string(password_variable)};
}

}  // namespace helenus::app
