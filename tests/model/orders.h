#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/settings.h"
#include "headroom/types.h"

namespace headroom::model {

// What operators have ordered, and had confirmed: kept beside the daemon, not read from it.
struct Orders {
  SchedulerMode mode = SchedulerMode::kPlan;
  bool paused = false;  // by an operator
  std::string own_pause;
  std::map<std::string, std::optional<TimeMs>> exempt_groups;  // until
  std::map<std::string, std::optional<TimeMs>> exempt_members;
  TimeMs exempt_changed_at = 0;

  static bool in_force(const std::map<std::string, std::optional<TimeMs>>& of, const std::string& id, TimeMs now) {
    const auto found = of.find(id);
    return found != of.end() && (!found->second || now < *found->second);
  }
  bool group_is_exempt(const std::string& id, TimeMs now) const { return in_force(exempt_groups, id, now); }
  bool member_is_exempt(const std::string& account, TimeMs now) const { return in_force(exempt_members, account, now); }
};

}  // namespace headroom::model
