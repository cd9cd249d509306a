#pragma once

#include "app/config.h"

namespace headroom {

// Runs the daemon until SIGTERM, SIGINT or a failed disk. Returns the exit status; throws what App's constructor does.
int serve(const Config& config);

}  // namespace headroom
