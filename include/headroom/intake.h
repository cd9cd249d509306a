#pragma once

#include <functional>

#include "headroom/event.h"

namespace headroom {

enum class Recorded {
  kRecorded,    // on disk
  kDuplicate,   // the event that it repeats is on disk
  kSpooled,     // on this node's disk, for as long as the database does not answer
  kOverloaded,  // the queue is full: nothing was or will be stored
  kSpoolFull,   // nor has the file that stands in for the database any room left
  kStopping,    // nor while stopping
  kFailed       // could not be stored
};

// Where the webhook's handler hands its events. `done` is called exactly once, from any thread, perhaps before record
// returns; it must be quick and must not throw.
class Intake {
 public:
  virtual ~Intake() = default;
  virtual void record(Event event, std::function<void(Recorded)> done) = 0;
};

}  // namespace headroom
