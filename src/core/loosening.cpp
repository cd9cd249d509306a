#include "headroom/loosening.h"

#include <algorithm>

#include "core/group_moves.h"

namespace headroom {
namespace {

// Where 0 is no limit.
bool raised(std::int64_t from, std::int64_t to) { return from != 0 && (to == 0 || to > from); }

// Whom a second look keeps makes no group one that nobody can be removed from: it waits for that look.
constexpr Why kRulesThatBlock[] = {Why::kExempt, Why::kUnknownActivity, Why::kReturned, Why::kNewcomer,
                                   Why::kActive, Why::kReader,          Why::kOnline};

}  // namespace

std::set<BlockReason> loosened(const Policy& from, const Policy& to) {
  std::set<BlockReason> reasons;
  if (raised(from.max_removals_per_day, to.max_removals_per_day) ||
      raised(from.max_removals_per_group_day, to.max_removals_per_group_day)) {
    reasons.insert(BlockReason::kDailyLimit);
  }
  if (!(to.scope == from.scope)) reasons.insert(BlockReason::kOutOfScope);
  if (std::ranges::any_of(kRulesThatBlock, [&](Why rule) { return eases(rule, from, to); })) {
    reasons.insert(BlockReason::kNobodyRemovable);
  }
  if (to.min_capacity < from.min_capacity) reasons.insert(BlockReason::kTooSmall);
  if (eases(Why::kUnknownActivity, from, to)) reasons.insert(BlockReason::kImplausibleData);
  return reasons;
}

bool eases(Why rule, const Policy& from, const Policy& to) {
  const bool silence_is_shorter = to.inactive_for < from.inactive_for;
  const bool online_goes = from.protect_online && !to.protect_online;
  const bool second_look_goes = from.second_look > 0 && to.second_look <= 0;
  switch (rule) {
    case Why::kExempt:
      return !(to.protect_accounts == from.protect_accounts);
    case Why::kUnknownActivity:
      // A rule that is off misses no field any more. The second look asks for the presence in chat rooms.
      return online_goes || second_look_goes || (needs_reading(from, false) && !needs_reading(to, false));
    case Why::kNewcomer:
      return to.newcomer_grace < from.newcomer_grace;
    case Why::kReturned:
    case Why::kActive:
      return silence_is_shorter;
    case Why::kReader:
      return silence_is_shorter || to.reader_backlog < from.reader_backlog || second_look_goes;
    case Why::kOnline:
      return online_goes;
    case Why::kSecondLook:
      return to.second_look < from.second_look || apart(to) < apart(from);
    case Why::kService:
    case Why::kOwner:
    case Why::kAdmin:
    case Why::kInactive:
    case Why::kOverLimit:
    case Why::kNotNeeded:
      break;  // no policy's matter, or no rule
  }
  return false;
}

std::set<BlockReason> loosened(const CapacityRules& from, const CapacityRules& to) {
  const bool raises = to.mode == CapacityMode::kRaise;
  const bool raised_before = from.mode == CapacityMode::kRaise;
  CapacityRules same_limit = from;
  same_limit.max_raises_per_day = to.max_raises_per_day;
  if (raises && same_limit != to) {
    return {BlockReason::kNobodyRemovable, BlockReason::kNoPermission, BlockReason::kDailyLimit};
  }
  // Who waited for a raise is pruned, or raised, now.
  const bool waits_no_more = raised_before && (!raises || raised(from.max_raises_per_day, to.max_raises_per_day));
  return waits_no_more ? std::set{BlockReason::kDailyLimit} : std::set<BlockReason>();
}

std::set<BlockReason> loosened(const BlockRules& from, const BlockRules& to) {
  auto reasons = loosened(from.policy, to.policy);
  reasons.merge(loosened(from.capacity, to.capacity));
  return reasons;
}

Group after_loosening(Group group, TimeMs now, const Timing& timing) {
  if (group.state != GroupState::kBlocked) return group;
  // What blocked it is over, not the cool-down of a run that made room before; unless somebody's word has ended that.
  if (group.reason != BlockReason::kTooSmall && group.reason != BlockReason::kOutOfScope) {
    group.cooldown_until = std::min(group.cooldown_until, group_moves::cooled_at(group, timing));  // none is the least
  }
  group.next_check_at = now;
  return group;
}

}  // namespace headroom
