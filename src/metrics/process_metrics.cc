#include "metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace helenus::metrics {
namespace {

double open_files() {
  std::error_code failure;
  double count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failure), end; !failure && at != end;
       at.increment(failure)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // the directory itself was open
}

/// Resident pages are the second number of statm.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

void add_process_metrics(registry& to, const std::string& version) {
  to.level("helenus_build_info", "Always 1; the label says which version runs.",
           {{"version", version}})
      .set(1);
  to.level("process_start_time_seconds", "When the process began, in seconds since 1970.")
      .set(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  const auto memory = to.level("process_resident_memory_bytes", "Memory in use, in bytes.");
  const auto cpu = to.level("process_cpu_seconds_total", "CPU time used, in seconds.");
  const auto files = to.level("process_open_fds", "Open files and sockets.");
  to.before_exposition([memory, cpu, files] {
    memory.set(resident_bytes());
    cpu.set(cpu_seconds());
    files.set(open_files());
  });
}

}  // namespace helenus::metrics
