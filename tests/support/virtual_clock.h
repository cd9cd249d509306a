#pragma once

#include <algorithm>
#include <functional>
#include <mutex>

#include "headroom/clock.h"

namespace headroom {

// Time goes on by sleeping and by what the test says. Thread-safe: who sleeps longest takes the others along.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(TimeMs now) : now_(now) {}

  TimeMs now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  SteadyMs steady_now() const override {
    const std::lock_guard lock(mutex_);
    return steady_;
  }
  bool sleep(DurationMs duration) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return false;
      ++sleeps_;
      longest_sleep_ = std::max(longest_sleep_, duration);
      pass(duration);
    }
    if (on_waking) on_waking();
    return true;
  }

  // Time passes until then, on both clocks; a time that has been is where the wall clock is set back to.
  void set(TimeMs now) {
    const std::lock_guard lock(mutex_);
    steady_ = steady_ + std::max<DurationMs>(0, now - now_);
    now_ = now;
  }
  // Time passes until then.
  void set(SteadyMs at) {
    const std::lock_guard lock(mutex_);
    pass(std::max<DurationMs>(0, at - steady_));
  }
  void advance(DurationMs duration) {
    const std::lock_guard lock(mutex_);
    pass(duration);
  }
  // Somebody sets the wall clock: no time passes.
  void step(DurationMs by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  std::function<void()> on_waking;  // of a test with one thread: what happened meanwhile

  int sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }
  DurationMs longest_sleep() const {
    const std::lock_guard lock(mutex_);
    return longest_sleep_;
  }

 private:
  void pass(DurationMs duration) {
    now_ += duration;
    steady_ = steady_ + duration;
  }

  mutable std::mutex mutex_;
  TimeMs now_;
  SteadyMs steady_{7};
  bool stopped_ = false;
  int sleeps_ = 0;
  DurationMs longest_sleep_ = 0;
};

}  // namespace headroom
