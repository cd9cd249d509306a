#pragma once

#include <atomic>

#include "headroom/clock.h"

namespace headroom::support {

// Time stands where the test puts it. Thread-safe.
class FixedClock : public Clock {
 public:
  explicit FixedClock(TimeMs now) : now_(now) {}
  TimeMs now() const override { return now_; }
  SteadyMs steady_now() const override { return {now_}; }
  bool sleep(DurationMs) override { return true; }
  void set(TimeMs now) { now_ = now; }

 private:
  std::atomic<TimeMs> now_;
};

}  // namespace headroom::support
