#include "engine/runs/late_calls.h"

#include <algorithm>

namespace headroom {

void LateCalls::not_done(const std::string& account, SteadyMs asked_at) {
  const auto lost = lost_at_.find(account);
  if (lost != lost_at_.end() && asked_at - lost->second >= may_last_) lost_at_.erase(lost);
}

DurationMs LateCalls::wait(SteadyMs now) const {
  DurationMs longest = 0;
  for (const auto& [account, at] : lost_at_) longest = std::max(longest, at + may_last_ - now);
  return longest;
}

}  // namespace headroom
