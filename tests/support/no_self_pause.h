#pragma once

#include <string>

#include "engine/gate/self_pause.h"

namespace headroom::support {

// For who is not asked about pauses. Tests that are override what they look at.
class NoSelfPause : public SelfPause {
 public:
  void pause_self(const Reason&, const std::string&) override {}
  void end_own_pause(const Reason&, PauseEnd) override {}
  void keep_own_pause() override {}
};

}  // namespace headroom::support
