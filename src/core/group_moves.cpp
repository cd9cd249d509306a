#include "core/group_moves.h"

#include <algorithm>

namespace headroom::group_moves {

std::optional<TimeMs> not_beyond(const std::optional<TimeMs>& time, TimeMs limit, TimeMs otherwise) {
  return time && *time > limit ? otherwise : time;
}

TimeMs latest_cooldown(TimeMs now, const Timing& timing) {
  return now +
         std::max({timing.cooldown, timing.cooldown_max, kShortestPause, timing.retry_max, timing.second_look, kDayMs});
}

TimeMs stale_at(const Group& group, TimeMs otherwise, const Timing& timing) {
  return group.full_since.value_or(otherwise) + timing.stale_after;
}

// When the scheduler has a reason to look at a full group: stale, and past its cool-down.
TimeMs look_at(const Group& group, TimeMs now, const Timing& timing) {
  const auto cooldown_until = not_beyond(group.cooldown_until, latest_cooldown(now, timing), now);
  return std::max({now, stale_at(group, now, timing), cooldown_until.value_or(0)});
}

std::optional<TimeMs> cooled_at(const Group& group, const Timing& timing) {
  if (!group.made_room_at) return std::nullopt;
  DurationMs cooldown = timing.cooldown;
  for (int i = 0; i < group.cooldown_doublings && cooldown < timing.cooldown_max; ++i) {
    cooldown = std::min(2 * cooldown, timing.cooldown_max);
  }
  return *group.made_room_at + cooldown;
}

void make_due(Group& group, TimeMs at) { group.next_check_at = std::min(group.next_check_at.value_or(at), at); }

void become(Group& group, GroupState state, BlockReason reason, std::optional<TimeMs> next_check_at) {
  group.state = state;
  group.reason = reason;
  group.next_check_at = next_check_at;
}

void become_full(Group& group, TimeMs since, TimeMs now, const Timing& timing) {
  group.full_since = since;
  become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
  group.next_check_at = look_at(group, now, timing);
  // Its plan needs two looks at its members: the first need not wait for it.
  if (timing.second_look > 0) make_due(group, now + kNewlyFullLookAfter);
}

void become_gone(Group& group, TimeMs at) {
  group.at_ceiling = false;
  group.full_since.reset();
  group.failures = 0;
  group.seen_room_at = std::max(group.seen_room_at.value_or(at), at);
  become(group, GroupState::kGone, BlockReason::kNone, std::nullopt);
}

void become_roomy(Group& group, TimeMs seen_at) {
  group.at_ceiling = false;
  group.full_since.reset();
  group.seen_room_at = std::max(group.seen_room_at.value_or(seen_at), seen_at);
  group.failures = 0;
  become(group, GroupState::kHasRoom, BlockReason::kNone, std::nullopt);
}

bool is_left_alone(BlockReason reason) {
  switch (reason) {
    case BlockReason::kExempt:
    case BlockReason::kUnsupportedType:
    case BlockReason::kOutOfScope:
    case BlockReason::kTooSmall:
      return true;
    case BlockReason::kNone:
    case BlockReason::kNobodyRemovable:
    case BlockReason::kNoPermission:
    case BlockReason::kDailyLimit:
    case BlockReason::kImplausibleData:
      return false;
  }
  return false;
}

bool is_looked_at(GroupState state) { return state == GroupState::kFull || state == GroupState::kBlocked; }

bool shows_room(const Look& look) {
  return look.info.member_num && look.info.max_member_num && *look.info.member_num >= 0 &&
         *look.info.member_num < *look.info.max_member_num;
}

bool event_since(const Group& group, const Look& look) {
  return group.last_full_at && *group.last_full_at > look.sent_at;
}

}  // namespace headroom::group_moves
