#pragma once

#include "headroom/chat_api.h"
#include "headroom/policy.h"
#include "headroom/reason.h"

namespace headroom {

// Why nobody is to be removed from the group, whoever its members are: the first that holds of kExempt,
// kUnsupportedType, kOutOfScope and kTooSmall; or kNone.
Reason left_alone(const Policy& policy, const GroupInfo& info, bool exempt);

}  // namespace headroom
