#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "daemon/log.h"

namespace headroom {

// What is tried again and again until it works: its failures in the log, the first at once, then one line a minute with
// how many they were. Other words are another failure. Thread-safe.
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
  static constexpr std::chrono::minutes kApart{1};

  Log& log_;
  const std::string line_;
  const Now now_;
  std::mutex mutex_;
  std::string said_;  // guarded by mutex_, as what follows
  std::optional<Time> said_at_;
  std::int64_t unsaid_ = 0;
};

}  // namespace headroom
