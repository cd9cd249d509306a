#pragma once

#include <algorithm>

#include "headroom/clock.h"

namespace headroom::doctor {

// How long the whole may take, and each wait within it. The waits together stay below the whole.
inline constexpr DurationMs kMostWhole = 30 * kSecondMs;
inline constexpr DurationMs kMostSqlite = 8 * kSecondMs;
inline constexpr DurationMs kMostResolve = 4 * kSecondMs;
inline constexpr DurationMs kMostTls = 5 * kSecondMs;
inline constexpr DurationMs kMostCall = 5 * kSecondMs;
inline constexpr DurationMs kMostArrival = 3 * kSecondMs;
inline constexpr DurationMs kMostUnit = 2 * kSecondMs;

// What is left of the whole.
class TimeLeft {
 public:
  explicit TimeLeft(const Clock& clock, DurationMs whole = kMostWhole)
      : clock_(clock), end_(clock.steady_now() + whole) {}
  // For a wait of at most `most`; at least a moment, so that it fails by itself.
  DurationMs of(DurationMs most) const { return std::clamp<DurationMs>(end_ - clock_.steady_now(), 1, most); }
  bool over() const { return clock_.steady_now() >= end_; }

 private:
  const Clock& clock_;
  const SteadyMs end_;
};

}  // namespace headroom::doctor
