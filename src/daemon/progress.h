#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "headroom/types.h"

namespace headroom {

// Whether the threads that the daemon lives by still move: for the watchdog, which is to find a daemon that hangs, and
// not one that has nothing to do or waits for somebody who may be slow. Thread-safe.
class Progress {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  // One thread's sign of life.
  class Pulse {
   public:
    explicit Pulse(const Now& now) : now_(now) {}
    // It has begun something, or come a step further.
    void beat() { last_ = now_().time_since_epoch().count(); }
    // It waits for work, for as long as that takes.
    void rest() { last_ = kResting; }

   private:
    friend class Progress;
    static constexpr std::int64_t kResting = -1;

    const Now& now_;
    std::atomic<std::int64_t> last_ = kResting;
  };

  explicit Progress(Now now = [] { return std::chrono::steady_clock::now(); }) : now_(std::move(now)) {}

  // A new pulse, which lives as long as this. `limit`: the longest that a step may take.
  Pulse& add(const std::string& name, DurationMs limit);

  // Whose last step takes longer than its limit.
  std::optional<std::string> stuck() const;

 private:
  struct Watched {
    Watched(std::string given, std::chrono::milliseconds longest, const Now& now)
        : name(std::move(given)), limit(longest), pulse(now) {}
    std::string name;
    std::chrono::milliseconds limit;
    Pulse pulse;
  };

  const Now now_;
  mutable std::mutex mutex_;
  std::deque<Watched> watched_;  // guarded by mutex_; only grows
};

}  // namespace headroom
