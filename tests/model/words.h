#pragma once

#include <string>

#include "headroom/run.h"

namespace headroom::model {

// As the oracle names it.
inline std::string of_run(const Run& run) { return "run " + std::to_string(run.id) + " in " + run.group_id; }

}  // namespace headroom::model
