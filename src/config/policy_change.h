#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headroom/denied.h"
#include "headroom/what_if.h"

namespace headroom {

// Of keys without their "policy.", with values as they stand in a configuration. kInvalid: a key that is none, one that
// is there twice, or a value that is not allowed.
Result<PolicyChange> policy_change(const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace headroom
