#pragma once

#include <string>
#include <vector>

#include "app/config.h"

namespace headroom {

// The keys that `next` changes and a running daemon does not take over: those outside of the policy, scheduler and log
// sections, the number of workers, and secrets of which only the file's content is another. Names, never values.
std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& next);

}  // namespace headroom
