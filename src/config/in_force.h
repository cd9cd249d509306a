#pragma once

#include "config/config.h"
#include "headroom/configuration.h"

namespace headroom {

// What holds in a daemon that was started with `started` and has been reloaded since, last with `running`.
Configuration configuration_in_force(const Config& started, const Config& running);

}  // namespace headroom
