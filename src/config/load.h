#pragma once

#include "config/config.h"

namespace headroom {

// Never throws for what stands in a source: that becomes an error in the result.
ConfigResult load_config(const ConfigSources& sources);

}  // namespace headroom
