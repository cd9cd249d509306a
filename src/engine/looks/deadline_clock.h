#pragma once

#include "headroom/clock.h"
#include "headroom/types.h"

namespace headroom {

// Sleeps no further than to the deadline.
class DeadlineClock final : public Clock {
 public:
  DeadlineClock(Clock& clock, SteadyMs deadline) : clock_(clock), deadline_(deadline) {}
  TimeMs now() const override { return clock_.now(); }
  SteadyMs steady_now() const override { return clock_.steady_now(); }
  bool sleep(DurationMs duration) override { return steady_now() + duration < deadline_ && clock_.sleep(duration); }

 private:
  Clock& clock_;
  const SteadyMs deadline_;
};

}  // namespace headroom
