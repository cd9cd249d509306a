#pragma once

#include <optional>

#include "app/stop.h"
#include "headroom/run.h"

namespace headroom {

// Asked before anything is decided or removed: may this run go on now? (Pause, mode, the daemon's own stop.)
class Gate {
 public:
  virtual ~Gate() = default;
  virtual std::optional<Stop> stop_for(const Run& run) const = 0;
};

}  // namespace headroom
