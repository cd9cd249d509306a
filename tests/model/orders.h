#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/gate/settings.h"
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
  Policy policy;
  Calendar calendar;
  CapacityRules capacity;
  DurationMs approval_ttl = 0;
  std::vector<std::pair<TimeMs, DurationMs>> cooldowns;  // which was in force from when on
  int own_pauses = 0;                                    // how often it has paused itself

  static bool in_force(const std::map<std::string, std::optional<TimeMs>>& of, const std::string& id, TimeMs now) {
    const auto found = of.find(id);
    return found != of.end() && (!found->second || now < *found->second);
  }
  bool group_is_exempt(const std::string& id, TimeMs now) const { return in_force(exempt_groups, id, now); }
  // The shortest of those in force at that time, give or take a moment.
  DurationMs cooldown_at(TimeMs at) const {
    DurationMs shortest = 365 * kDayMs;
    for (auto one = cooldowns.rbegin(); one != cooldowns.rend(); ++one) {
      if (one->first > at + kSecondMs) continue;
      shortest = std::min(shortest, one->second);
      if (one->first < at - 10 * kSecondMs) break;
    }
    return shortest;
  }
  void go_by(const Settings& settings, TimeMs now) {
    mode = settings.mode;
    policy = settings.policy;
    calendar = settings.calendar;
    capacity = settings.capacity;
    approval_ttl = settings.approval_ttl;
    cooldowns.emplace_back(now, settings.timing.cooldown);
  }
  bool are_those_of(const Settings& settings) const {
    return mode == settings.mode && policy == settings.policy && calendar == settings.calendar &&
           capacity == settings.capacity && approval_ttl == settings.approval_ttl;
  }
  bool member_is_exempt(const std::string& account, TimeMs now) const { return in_force(exempt_members, account, now); }
};

// The same at every moment at which it changed.
class OrderBook {
 public:
  // What was answered longer ago than this holds.
  static constexpr DurationMs kGrace = kSecondMs;

  void note(const Orders& orders, TimeMs now) { changes_.emplace_back(now, orders); }
  // True when `test` has been true of the orders for longer than that.
  template <typename Test>
  bool has_held(TimeMs now, Test test) const {
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
      if (!test(change->second)) return false;
      if (change->first < now - kGrace) return true;
    }
    return false;
  }
  // True when `test` was true of the orders at any time since then.
  template <typename Test>
  bool was_ever(TimeMs since, Test test) const {
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
      if (test(change->second)) return true;
      if (change->first < since) return false;
    }
    return false;
  }

 private:
  std::deque<std::pair<TimeMs, Orders>> changes_;
};

}  // namespace headroom::model
