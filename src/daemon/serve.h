#pragma once

#include "config/config.h"

namespace headroom {

// Runs the daemon with a configuration that has no errors until SIGTERM, SIGINT or a failed disk. Returns the exit
// status; throws what App's constructor does.
int serve(const ConfigResult& loaded);

}  // namespace headroom
