#include "admin/suggestion.h"

namespace headroom::admin {

std::optional<std::int64_t> Suggestions::of(const Group& group) const {
  if (rules_.mode != CapacityMode::kSuggest || rules_.ceilings.empty()) return std::nullopt;
  const auto learned = view_.learned_ceiling(group.group_id, group.type, now_ - kCeilingHolds);
  return suggested_limit(rules_, target_, group, learned);
}

}  // namespace headroom::admin
