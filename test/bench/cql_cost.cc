// What a CQL session costs: connects to the address given and stays for a while. Prints one line of
// numbers: resident KiB before and with the session, sockets of the session, nodes of the ring.
// cql_figures.py starts it.
#include "base/clock.h"
#include "cql/session.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace {

using namespace helenus;

long resident_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmRSS:") {
  }
  long kib = 0;
  status >> kib;
  return kib;
}

int sockets() {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(file.path(), gone).string();
    count += target.starts_with("socket:") ? 1 : 0;
  }
  return count;
}

task<void> measure(base::clock& clock, net::endpoint contact) {
  cql::session_options options;
  options.contact_points = {std::move(contact)};
  const long before = resident_kib();
  const int others = sockets();
  CO_TRY(session, co_await cql::connect(clock, std::move(options)));
  CO_TRY_VOID(
      co_await session->execute({.text = "SELECT cluster_name FROM system.local WHERE key='local'",
                                 .how = {.consistency = cql::consistency::one}}));
  co_await clock.sleep_for(std::chrono::seconds(3));
  CO_TRY(nodes, co_await session->nodes());
  std::cout << before << ' ' << resident_kib() << ' ' << sockets() - others << ' ' << nodes.size()
            << std::endl;
  co_return co_await session->close();
}

}  // namespace

int main(int count, char** words) {
  const auto contact = net::parse_endpoint(count == 2 ? words[1] : "", 9042);
  if (!contact) return 64;
  boost::asio::io_context loop;
  base::real_clock clock;
  const auto outcome = test::run_blocking(loop, measure(clock, *contact));
  if (outcome) return 0;
  std::cerr << outcome.error().code.message() << ": " << outcome.error().detail << '\n';
  return 1;
}
