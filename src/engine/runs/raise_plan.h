#pragma once

#include <optional>

#include "engine/gate/settings.h"
#include "engine/gate/stop.h"
#include "headroom/raise.h"
#include "headroom/run.h"
#include "headroom/storage.h"

// A higher limit instead of fewer members: what a plan makes of a full group, and what is left of the day's raises.
namespace headroom {

// By the newest look at the group. Ceilings that Chat has shown do not keep an operator from asking again.
RaiseFacts raise_facts(ReadView& view, const Run& run, const GroupInfo& info, TimeMs now);

struct RaisePlan {
  std::optional<Raise> raise;  // absent: members are removed instead, or `stop`
  std::optional<Stop> stop;    // an operator ordered a raise, and there is none
  bool at_ceiling = false;
};
// Of a full group that is not left alone. `run`: wanted, members and seats are those of the look.
RaisePlan plan_raise(ReadView& view, const Run& run, const GroupInfo& info, const CapacityRules& rules, TimeMs now);

// When the day's limit leaves a raise again; nullopt: it does now.
std::optional<TimeMs> no_raise_until(ReadView& view, const CapacityRules& rules, TimeMs now);
// Whether it leaves those that have begun and were not sent; asked by one of them.
bool leaves_begun_raise(ReadView& view, const CapacityRules& rules, TimeMs now);

}  // namespace headroom
