#include "daemon/metrics_process.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace headroom {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Field 22 of /proc/self/stat counts from boot. Not by /proc/stat's btime: ProcSubset=pid hides that file.
double start_time() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');  // the name may hold spaces and brackets
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return 0;
  const auto since_boot = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return read_clock(CLOCK_REALTIME) - (read_clock(CLOCK_BOOTTIME) - since_boot);
}

std::int64_t count_fds() {
  std::error_code error;
  std::int64_t count = 0;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) ++count;
  return count > 0 ? count - 1 : 0;  // one is the reading of the folder itself
}

}  // namespace

ProcessUsage read_process_usage() {
  ProcessUsage usage;
  rusage times{};
  if (::getrusage(RUSAGE_SELF, &times) == 0) {
    usage.cpu_seconds = seconds_of(times.ru_utime) + seconds_of(times.ru_stime);
  }
  static const double kStart = start_time();  // once: the two clocks drift
  usage.start_time_seconds = kStart;
  std::ifstream statm("/proc/self/statm");
  std::int64_t virtual_pages = 0;
  std::int64_t resident_pages = 0;
  if (statm >> virtual_pages >> resident_pages) {
    const std::int64_t page = ::sysconf(_SC_PAGESIZE);
    usage.virtual_bytes = virtual_pages * page;
    usage.resident_bytes = resident_pages * page;
  }
  usage.open_fds = count_fds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_fds = static_cast<std::int64_t>(limit.rlim_cur);
  return usage;
}

}  // namespace headroom
