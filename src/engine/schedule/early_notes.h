#pragma once

#include <map>
#include <string>

#include "engine/gate/settings.h"
#include "headroom/clock.h"
#include "headroom/group_state.h"
#include "headroom/storage.h"

namespace headroom {

// Whose members are to be noted before the group's plan: those of groups that a look has shown full, that are not stale
// yet, and of whose members no plan and no such note has seen anything for policy.second_look. One note each, whatever
// comes of it: else it is left to the plan. What was asked for it knows for itself; after a restart only the plans.
class EarlyNotes {
 public:
  static constexpr std::size_t kMostGroups = 100000;  // of those it knows; beyond it nobody is noted early

  explicit EarlyNotes(Clock& clock) : clock_(clock) {}

  // `group`: as `look` left it.
  bool wants(RunView& view, const Group& group, const Look& look, const Settings& settings) const;
  // Its note is on its way.
  void taken(const std::string& group_id, const Settings& settings);

 private:
  void forget(DurationMs older_than);

  Clock& clock_;
  std::map<std::string, SteadyMs> taken_at_;
  SteadyMs next_forgetting_;
};

}  // namespace headroom
