#include "admin/limit_outlook.h"

namespace headroom::admin {

LimitOutlook LimitOutlooks::of(const Group& group) const {
  if (rules_.mode == CapacityMode::kOff || rules_.ceilings.empty()) return {};
  const auto learned = view_.learned_ceiling(group.group_id, group_type(group.type), now_ - kCeilingHolds);
  return {suggested_limit(rules_, target_, group, learned), learned};
}

}  // namespace headroom::admin
