#pragma once

#include <stdexcept>

#include "app/config.h"

namespace headroom {

// The daemon could not start for a reason outside it, such as a taken port.
class StartFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Runs the daemon until SIGTERM, SIGINT or a failed disk. Returns the exit status; throws what App's constructor does.
int serve(const Config& config);

}  // namespace headroom
