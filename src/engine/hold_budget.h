#pragma once

#include "headroom/clock.h"
#include "headroom/types.h"

namespace headroom {

// How long a job of the daemon's own may hold the writer, which webhooks wait for: it does a few rows at a time until
// the time is over, however slow the disk is, or so many rows that writing their pages, each at another place of the
// file and written twice, would take much longer than they did. It goes on in a later job.
class HoldBudget {
 public:
  static constexpr DurationMs kHold = 2;
  static constexpr int kMostRows = 10;
  static constexpr int kSlice = 10;           // rows between two looks at the time
  static constexpr DurationMs kPauseMs = 10;  // before the next job: webhooks have most of the writer

  explicit HoldBudget(const Clock& clock) : clock_(clock), start_(clock.steady_now()) {}

  void spend(int rows) { rows_ += rows; }
  bool over() const { return rows_ >= kMostRows || clock_.steady_now() - start_ >= kHold; }

 private:
  const Clock& clock_;
  const SteadyMs start_;
  int rows_ = 0;
};

}  // namespace headroom
