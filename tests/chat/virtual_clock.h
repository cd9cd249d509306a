#pragma once

#include <algorithm>
#include <mutex>

#include "headroom/clock.h"

namespace headroom {

// Time goes on by sleeping only. Thread-safe: who sleeps longest takes the others along.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(TimeMs now) : now_(now) {}

  TimeMs now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool sleep(DurationMs duration) override {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    ++sleeps_;
    longest_sleep_ = std::max(longest_sleep_, duration);
    now_ += duration;
    return true;
  }

  void set(TimeMs now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }
  void advance(DurationMs duration) {
    const std::lock_guard lock(mutex_);
    now_ += duration;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  int sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }
  DurationMs longest_sleep() const {
    const std::lock_guard lock(mutex_);
    return longest_sleep_;
  }

 private:
  mutable std::mutex mutex_;
  TimeMs now_;
  bool stopped_ = false;
  int sleeps_ = 0;
  DurationMs longest_sleep_ = 0;
};

}  // namespace headroom
