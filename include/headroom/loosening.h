#pragma once

#include <set>

#include "headroom/group_state.h"
#include "headroom/policy.h"
#include "headroom/raise.h"
#include "headroom/types.h"

// What another policy means for groups that are left alone. Pure.
namespace headroom {

// Why a group may be blocked that would perhaps not be, had `to` been in force instead of `from`.
std::set<BlockReason> loosened(const Policy& from, const Policy& to);

// Whether somebody whom the rule has kept may be let go by it, had `to` been in force.
bool eases(Why rule, const Policy& from, const Policy& to);

// The same of what may be raised: a limit that can go higher needs nobody removed.
std::set<BlockReason> loosened(const CapacityRules& from, const CapacityRules& to);

// All that groups are blocked by.
struct BlockRules {
  Policy policy;
  CapacityRules capacity;
  bool operator==(const BlockRules&) const = default;
};
std::set<BlockReason> loosened(const BlockRules& from, const BlockRules& to);

// A group that is blocked for such a reason: due at once. Its cool-down was that of the run that blocked it, which
// removed nobody, and is over with it; but a group that is too small is blocked without a run: that cool-down holds.
Group after_loosening(Group group, TimeMs now, const Timing& timing);

}  // namespace headroom
