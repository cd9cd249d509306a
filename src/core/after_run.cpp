#include <algorithm>

#include "core/group_moves.h"
#include "headroom/group_state.h"

// How a run, a plan that waited, or an exemption leaves its group.
namespace headroom {

using namespace group_moves;

namespace {

// No run shortens what another has begun: one that failed, or that an operator ordered meanwhile.
void cool_down(Group& group, TimeMs until) {
  group.cooldown_until = std::max(group.cooldown_until.value_or(until), until);
}

void block(Group& group, BlockReason reason, TimeMs until) {
  become(group, GroupState::kBlocked, reason, until);
  cool_down(group, until);
}

// Nothing of what a wrong clock says is kept: the group is as due as it was before, and as full.
Group after_skew(Group group, const Run& run) {
  const TimeMs due_since = group.next_check_at.value_or(group.full_since.value_or(group.last_full_at.value_or(0)));
  const bool full_since_room = group.last_full_at && *group.last_full_at > group.seen_room_at.value_or(0);
  if (group.full_since || run.members_before || full_since_room) {
    if (!group.full_since) group.full_since = group.last_full_at.value_or(due_since);
    become(group, GroupState::kFull, BlockReason::kNone, due_since);
  } else {
    become(group, GroupState::kHasRoom, BlockReason::kNone, due_since);
  }
  return group;
}

// Nobody may go: until when, if time alone could change that.
void block_nobody_removable(Group& group, const RunEnd& end, TimeMs now, TimeMs cooled) {
  const TimeMs earliest = std::min(cooled, now + kDayMs);
  const TimeMs next = std::clamp(end.wait_until.value_or(now + kDayMs), earliest, now + kDayMs);
  become(group, GroupState::kBlocked, BlockReason::kNobodyRemovable, std::max(next, cooled));
  cool_down(group, cooled);
}

// False: the reason does not block.
bool block_for(Group& group, const RunEnd& end, TimeMs now, TimeMs cooled) {
  const BlockReason reason = blocks_as(end.run.reason);
  switch (reason) {
    case BlockReason::kNone:
      return false;
    case BlockReason::kImplausibleData:
    case BlockReason::kNoPermission:
      block(group, reason, now + kDayMs);
      break;
    case BlockReason::kUnsupportedType:
      block(group, reason, now + kUnsupportedLookEvery);
      break;
    case BlockReason::kOutOfScope:
      become(group, GroupState::kBlocked, reason, now + kOutOfScopeLookEvery);
      break;
    case BlockReason::kTooSmall:
      // Without a cool-down: once it has more seats, or the policy wants fewer, it is a group like any other.
      become(group, GroupState::kBlocked, reason, now + kTooSmallLookEvery);
      break;
    case BlockReason::kDailyLimit:
      block(group, reason, end.wait_until.value_or(cooled));
      break;
    case BlockReason::kExempt:
      become(group, GroupState::kBlocked, reason, end.wait_until);
      break;
    case BlockReason::kNobodyRemovable:
      block_nobody_removable(group, end, now, cooled);
      break;
  }
  return true;
}

// After a failed run; `cooled`: when its cool-down would be over.
void back_off_after(Group& group, const RunEnd& end, TimeMs now, TimeMs cooled, const Timing& timing) {
  if (end.run.reason == Reason::kNotRemoved) {
    // Chat said OK, and they are all still members: each try costs the day's limit, and the next is hardly better.
    const DurationMs wait = back_off(group.failures++, cooled - now, std::max(cooled - now, kDayMs), end.jitter);
    group.next_check_at = std::max(cooled, now + wait);
  } else {
    ++group.failures;
    group.next_check_at = now + back_off(group.failures - 1, timing.retry_base, timing.retry_max, end.jitter);
  }
  cool_down(group, *group.next_check_at);
}

// Still full after a run (or nobody could look): its reason says what comes next.
void settle_full(Group& group, const RunEnd& end, TimeMs now, const Timing& timing) {
  const Reason& reason = end.run.reason;
  // A plan leaves the group full: without a pause it would be made again and again.
  const TimeMs cooled = now + std::max(timing.cooldown, kShortestPause);
  if (!group.full_since) group.full_since = now;
  become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
  if (end.another) {
    group.cooldown_until.reset();
    group.next_check_at = now;
    return;
  }
  if (block_for(group, end, now, cooled)) return;
  if (reason == Reason::kInterrupted || (reason == Reason::kGone && !end.look)) {
    group.next_check_at = now;
  } else if (reason == Reason::kClosed && end.run.state != RunState::kPlanned) {
    group.next_check_at = now;  // its plan had grown too old: another one is made
  } else if (reason == Reason::kPaused || reason == Reason::kModeChanged) {
    group.next_check_at = now + timing.retry_base;
  } else if (reason == Reason::kSecondLook) {
    const TimeMs again = end.wait_until.value_or(now + kDayMs);
    group.next_check_at = std::clamp(again, now + kShortestPause, now + std::max(timing.second_look, kDayMs));
    cool_down(group, *group.next_check_at);
  } else if (end.run.state == RunState::kFailed) {
    back_off_after(group, end, now, cooled, timing);
  } else {
    cool_down(group, cooled);
    group.next_check_at = look_at(group, now, timing);
    if (reason == Reason::kClosed) group.next_check_at = std::max(*group.next_check_at, end.wait_until.value_or(now));
  }
}

// A group that fills at once after each run is not to lose its silent members as fast as it can.
void note_room_made(Group& group, TimeMs now) {
  constexpr int kMostDoublings = 30;
  const bool full_again_soon =
      group.made_room_at && group.full_since && *group.full_since - *group.made_room_at < kDayMs;
  group.cooldown_doublings = full_again_soon ? std::min(group.cooldown_doublings + 1, kMostDoublings) : 0;
  group.made_room_at = now;
}

// No look has shown it full, nor did an event since it was last seen with room: the next look decides.
void settle_unseen(Group& group, TimeMs now, const Timing& timing) {
  if (group.last_full_at && *group.last_full_at > group.seen_room_at.value_or(0)) {
    become_full(group, *group.last_full_at, now, timing);
  } else {
    group.full_since.reset();
    become(group, GroupState::kHasRoom, BlockReason::kNone, group.next_check_at);
  }
}

}  // namespace

bool is_share_settled(const Group& group, TimeMs now) {
  return group.share_settled || (group.first_planned_at && now - *group.first_planned_at >= kDayMs);
}

Group begin_run(Group group, std::int64_t run_id) {
  become(group, GroupState::kPruning, BlockReason::kNone, std::nullopt);
  group.last_run_id = run_id;
  return group;
}

Group park_run(Group group, TimeMs opening) {
  group.next_check_at = opening;
  return group;
}

Group unpark_run(Group group) {
  group.next_check_at.reset();
  return group;
}

Group after_run(Group group, const RunEnd& end, TimeMs now, const Timing& timing) {
  group.last_run_id = end.run.id;
  const bool failed = end.run.state == RunState::kFailed;
  if (!failed) group.failures = 0;
  if (end.run.state == RunState::kAwaitingApproval) {
    become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
    return group;
  }
  if (end.run.reason == Reason::kClockSkew) return after_skew(std::move(group), end.run);
  if (end.look) group = pulled_back(std::move(group), std::min(now, end.look->sent_at), timing);
  // Without a look, gone is what the store calls gone: a full event may have come since it did.
  const bool gone = end.look ? end.look->gone : end.run.reason == Reason::kGone && group.state == GroupState::kGone;
  if (gone && !(end.look && event_since(group, *end.look))) {
    become_gone(group, end.look ? end.look->sent_at : now);
    return group;
  }
  if (end.look && !gone) observe(group, *end.look);
  if (end.look && (gone || shows_room(*end.look))) {
    if (end.run.removed > 0) note_room_made(group, now);
    if (!failed) cool_down(group, end.run.removed > 0 ? *cooled_at(group, timing) : now + timing.cooldown);
    if (event_since(group, *end.look)) {
      become_full(group, *group.last_full_at, now, timing);
    } else {
      become_roomy(group, end.look->sent_at);
    }
    return group;
  }
  const bool seen_full = end.look || group.full_since || end.run.members_before;
  settle_full(group, end, now, timing);
  if (!seen_full) settle_unseen(group, now, timing);
  return group;
}

Group after_waiting(Group group, TimeMs now, const Timing& timing) {
  cool_down(group, now + timing.cooldown);
  if (is_looked_at(group.state) && group.reason != BlockReason::kExempt) {
    group.next_check_at = look_at(group, now, timing);
  }
  return group;
}

Group after_other_word(Group group, TimeMs now) {
  const bool about_members = group.state == GroupState::kFull || group.reason == BlockReason::kImplausibleData ||
                             group.reason == BlockReason::kNobodyRemovable;
  if (!is_looked_at(group.state) || !about_members || !group.next_check_at) return group;
  group.cooldown_until.reset();
  group.next_check_at = now;
  return group;
}

Group after_exempted(Group group, const std::optional<TimeMs>& until) {
  if (is_looked_at(group.state)) become(group, GroupState::kBlocked, BlockReason::kExempt, until);
  return group;
}

Group after_exemption_lifted(Group group, TimeMs now) {
  if (group.state != GroupState::kBlocked || group.reason != BlockReason::kExempt) return group;
  if (!group.full_since) group.full_since = now;
  become(group, GroupState::kFull, BlockReason::kNone, now);
  return group;
}

}  // namespace headroom
