#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "daemon/log.h"

namespace headroom {

// What many meet at once for one of a few causes, which alternate: each cause in the log at once, then one line a
// minute with how often it was met. Thread-safe.
class CauseLog {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Now = std::function<Time()>;

  CauseLog(
      Log& log, std::string line, Now now = [] { return std::chrono::steady_clock::now(); })
      : log_(log), line_(std::move(line)), now_(std::move(now)) {}

  void say(const std::string& cause);

 private:
  struct Said {
    Time at;
    std::int64_t unsaid = 0;  // since then
  };
  static constexpr std::chrono::minutes kApart{1};
  static constexpr std::size_t kMost = 64;

  Log& log_;
  const std::string line_;
  const Now now_;
  std::mutex mutex_;
  std::map<std::string, Said> said_;  // guarded by mutex_
};

}  // namespace headroom
