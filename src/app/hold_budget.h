#pragma once

#include <chrono>

#include "headroom/types.h"

namespace headroom {

// How long a job of the daemon's own may hold the writer, which webhooks wait for: it does a few rows at a time until
// the time is over, however slow the disk is, and goes on in a later job.
class HoldBudget {
 public:
  static constexpr std::chrono::milliseconds kHold{2};
  static constexpr int kSlice = 10;           // rows between two looks at the time
  static constexpr DurationMs kPauseMs = 40;  // before the next job: webhooks have most of the writer

  bool over() const { return std::chrono::steady_clock::now() - start_ >= kHold; }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace headroom
