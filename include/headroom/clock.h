#pragma once

#include <compare>
#include <cstdint>

#include "headroom/types.h"

namespace headroom {

// A point of the monotonic clock: for whatever is waited for within the process. A type of its own, because what it
// counts from means nothing to a store, to Chat or to the next start.
struct SteadyMs {
  std::int64_t ms = 0;

  friend auto operator<=>(SteadyMs, SteadyMs) = default;
  friend SteadyMs operator+(SteadyMs from, DurationMs duration) { return {from.ms + duration}; }
  friend DurationMs operator-(SteadyMs to, SteadyMs from) { return to.ms - from.ms; }
};

// Time as a parameter: the real one in the daemon, a virtual one in tests.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock, which somebody may set. For what is stored, shown, or compared with what others say.
  virtual TimeMs now() const = 0;
  // Never set, never negative, and as fast as sleep().
  virtual SteadyMs steady_now() const = 0;
  // False when the sleeper was asked to stop before the time was over.
  virtual bool sleep(DurationMs duration) = 0;
};

}  // namespace headroom
