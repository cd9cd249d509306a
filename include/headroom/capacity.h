#pragma once

#include <cstdint>
#include <optional>

#include "headroom/chat_api.h"

namespace headroom {

// Whether the group's two numbers can be meant. A group may be a little over its capacity (members who joined at the
// same moment, a limit that was lowered), but not by more than 5 % and by more than 3: then one of them is wrong.
bool capacity_known(const GroupInfo& info);

// Its limit, unless its members contradict it.
std::optional<std::int64_t> believable_limit(const GroupInfo& info);

// A group with fewer seats than `min_capacity` is meant to be full, and left alone.
bool is_too_small(const GroupInfo& info, std::int64_t min_capacity);

}  // namespace headroom
