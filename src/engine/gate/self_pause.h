#pragma once

#include <string>

#include "headroom/observer.h"
#include "headroom/reason.h"

namespace headroom {

// The daemon pauses itself, and ends that. Thread-safe.
class SelfPause {
 public:
  virtual ~SelfPause() = default;
  // At once. `group_id`: whose run met the cause; may be empty.
  virtual void pause_self(const Reason& reason, const std::string& group_id) = 0;
  // Unless it has another cause than that by now.
  virtual void end_own_pause(const Reason& cause, PauseEnd end) = 0;
  // Stores it if that has failed: to be called now and then while there is one.
  virtual void keep_own_pause() = 0;
};

}  // namespace headroom
