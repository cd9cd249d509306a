#include "headroom/left_alone.h"

#include "headroom/capacity.h"
#include "headroom/group_state.h"

namespace headroom {

Reason left_alone(const Policy& policy, const GroupInfo& info, bool exempt) {
  if (exempt) return Reason::kExempt;
  if (!is_supported_type(info.type)) return Reason::kUnsupportedType;
  if (!policy.scope.contains(info.group_id, group_type(info.type))) return Reason::kOutOfScope;
  if (is_too_small(info, policy.min_capacity)) return Reason::kTooSmall;
  return Reason::kNone;
}

}  // namespace headroom
