#pragma once

#include <optional>

#include "engine/gate/stop.h"
#include "headroom/run.h"

namespace headroom {

// Asked before anything is decided or removed: may this run go on now? (Pause, mode, the daemon's own stop.)
class Gate {
 public:
  virtual ~Gate() = default;
  virtual std::optional<Stop> stop_for(const Run& run) const = 0;
  // The daemon's own stop: calls may end without an answer of Chat's.
  virtual bool stopping() const = 0;
};

// Why the run really ends. Once the daemon stops, calls end without an answer and nothing is tried again: an error is
// no news of Chat then. What pauses the scheduler is Chat's own answer.
inline std::optional<Stop> true_stop(const Gate& gate, const Run& run, const std::optional<Stop>& stop) {
  if (!stop || stop->pauses || !is_error(stop->reason)) return stop;
  const auto told = gate.stop_for(run);
  return told && told->reason == Reason::kInterrupted ? told : stop;
}

}  // namespace headroom
