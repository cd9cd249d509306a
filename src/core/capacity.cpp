#include "headroom/capacity.h"

#include <algorithm>

namespace headroom {

bool capacity_known(const GroupInfo& info) { return info.member_num && *info.member_num > 0 && believable_limit(info); }

std::optional<std::int64_t> believable_limit(const GroupInfo& info) {
  if (!info.max_member_num || *info.max_member_num <= 0) return std::nullopt;
  const std::int64_t over = std::max<std::int64_t>(0, info.member_num.value_or(0)) - *info.max_member_num;
  return over <= 3 || over <= *info.max_member_num / 20 ? info.max_member_num : std::nullopt;
}

bool is_too_small(const GroupInfo& info, std::int64_t min_capacity) {
  return capacity_known(info) && *info.max_member_num < min_capacity;
}

}  // namespace headroom
