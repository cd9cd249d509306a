#pragma once

#include <cstdint>

namespace headroom {

// What every Prometheus exporter says about its own process; what can not be read stays 0.
struct ProcessUsage {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // Unix time
  std::int64_t resident_bytes = 0;
  std::int64_t virtual_bytes = 0;
  std::int64_t open_fds = 0;
  std::int64_t max_fds = 0;
};

ProcessUsage read_process_usage();

}  // namespace headroom
