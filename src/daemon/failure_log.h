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

// What is tried again and again until it works, or is met by many: its failures in the log, each at once, then one line
// a minute with how many they were. Other words are another failure; several may alternate. Thread-safe.
class FailureLog {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Now = std::function<Time()>;

  // `line`: what fails, as "scheduler failed".
  FailureLog(
      Log& log, std::string line, Now now = [] { return std::chrono::steady_clock::now(); })
      : log_(log), line_(std::move(line)), now_(std::move(now)) {}

  void failed(const std::string& what);

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
  std::map<std::string, Said> said_;  // guarded by mutex_; by words
};

}  // namespace headroom
