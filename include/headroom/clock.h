#pragma once

#include "headroom/types.h"

namespace headroom {

// Time as a parameter: the real one in the daemon, a virtual one in tests.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeMs now() const = 0;
  // False when the sleeper was asked to stop before the time was over.
  virtual bool sleep(DurationMs duration) = 0;
};

}  // namespace headroom
