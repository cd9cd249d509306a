#include "tests/soak/core_waits.h"

#include <filesystem>
#include <fstream>

namespace headroom::soak {

std::int64_t waited_for_a_core_ns() {
  std::int64_t all = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::int64_t ran = 0;
    std::int64_t waited = 0;
    std::ifstream(task.path() / "schedstat") >> ran >> waited;
    all += waited;
  }
  return all;
}

}  // namespace headroom::soak
