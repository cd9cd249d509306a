#include "headroom/capacity.h"

namespace headroom {

bool capacity_known(const GroupInfo& info) {
  if (!info.member_num || !info.max_member_num || *info.member_num <= 0 || *info.max_member_num <= 0) return false;
  const std::int64_t over = *info.member_num - *info.max_member_num;
  return over <= 3 || over <= *info.max_member_num / 20;
}

bool is_too_small(const GroupInfo& info, std::int64_t min_capacity) {
  return capacity_known(info) && *info.max_member_num < min_capacity;
}

}  // namespace headroom
