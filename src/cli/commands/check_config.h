#pragma once

#include <ostream>

#include "config/config.h"

namespace headroom {

// Prints what load_config found. Secrets are never shown. Returns the exit status.
int run_check_config(const ConfigResult& result, bool as_json, std::ostream& out);

}  // namespace headroom
