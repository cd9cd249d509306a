#include "headroom/group_state.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "headroom/capacity.h"

namespace headroom {
namespace {

constexpr DurationMs kShortestPause = kSecondMs;

constexpr DurationMs kMostEventAhead = 5 * kMinuteMs;  // of the state time

std::optional<TimeMs> not_beyond(const std::optional<TimeMs>& time, TimeMs limit, TimeMs otherwise) {
  return time && *time > limit ? otherwise : time;
}

TimeMs latest_cooldown(TimeMs now, const Timing& timing) {
  return now + std::max({timing.cooldown, kShortestPause, timing.retry_max, kDayMs});
}

TimeMs stale_at(const Group& group, TimeMs otherwise, const Timing& timing) {
  return group.full_since.value_or(otherwise) + timing.stale_after;
}

// When the scheduler has a reason to look at a full group: stale, and past its cool-down.
TimeMs look_at(const Group& group, TimeMs now, const Timing& timing) {
  const auto cooldown_until = not_beyond(group.cooldown_until, latest_cooldown(now, timing), now);
  return std::max({now, stale_at(group, now, timing), cooldown_until.value_or(0)});
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
}

void become_gone(Group& group, TimeMs at) {
  group.full_since.reset();
  group.seen_room_at = std::max(group.seen_room_at.value_or(at), at);
  become(group, GroupState::kGone, BlockReason::kNone, std::nullopt);
}

void become_roomy(Group& group, TimeMs seen_at) {
  group.full_since.reset();
  group.seen_room_at = std::max(group.seen_room_at.value_or(seen_at), seen_at);
  group.failures = 0;
  become(group, GroupState::kHasRoom, BlockReason::kNone, std::nullopt);
}

// A day: what blocks a group for longer is a word of an operator's.
TimeMs latest_check(const Group& group, TimeMs now, const Timing& timing) {
  const DurationMs wait = group.state == GroupState::kBlocked ? kDayMs : std::max(timing.retry_max, kMinuteMs);
  return std::max({now + wait, stale_at(group, now, timing), group.cooldown_until.value_or(0)});
}

Group advance_full(const std::optional<Group>& known, const Event& event, const Timing& timing) {
  const TimeMs now = event.received_at;
  const TimeMs at = state_time(event);
  Group group = known.value_or(Group{});
  ++group.full_events;
  group.last_full_at = std::max(group.last_full_at.value_or(at), at);
  if (!known) {
    group.group_id = event.group_id;
    become_full(group, at, now, timing);
    return group;
  }
  const auto seen_room_at = not_beyond(group.seen_room_at, now + kMostEventAhead, at);
  const bool news = !seen_room_at || at >= *seen_room_at;
  switch (group.state) {
    case GroupState::kPruning:  // the run's closing look decides
      break;
    case GroupState::kFull:
    case GroupState::kBlocked:
      if (news && (!group.full_since || at < *group.full_since)) {
        group.full_since = at;
        if (group.state == GroupState::kFull && group.next_check_at) make_due(group, look_at(group, now, timing));
      }
      break;
    case GroupState::kHasRoom:
    case GroupState::kGone:
      if (news) {
        become_full(group, at, now, timing);
      } else if (at >= *seen_room_at - kLateEvent) {
        make_due(group, now);
      }
      break;
  }
  return group;
}

bool is_looked_at(GroupState state) { return state == GroupState::kFull || state == GroupState::kBlocked; }

Group advance_exit(Group group, const Event& event) {
  if (!is_looked_at(group.state)) return group;
  const TimeMs at = std::max(event.received_at, group.exit_look_at.value_or(0) + kExitLookEvery);
  // A clock that was set back must not hold the group for longer than that.
  const TimeMs due = std::min(at, event.received_at + kExitLookEvery);
  if (group.next_check_at && *group.next_check_at <= due) return group;
  group.next_check_at = due;
  group.exit_look_at = due;
  return group;
}

Group advance_destroyed(Group group, const Event& event) {
  const TimeMs at = state_time(event);
  if (group.last_full_at && at < *group.last_full_at) {  // late: Chat will know
    if (is_looked_at(group.state)) make_due(group, event.received_at);
    return group;
  }
  become_gone(group, at);
  return group;
}

bool shows_room(const Look& look) {
  return look.info.member_num && look.info.max_member_num && *look.info.member_num >= 0 &&
         *look.info.member_num < *look.info.max_member_num;
}

bool event_since(const Group& group, const Look& look) {
  return group.last_full_at && *group.last_full_at > look.sent_at;
}

bool is_implausible(std::string_view reason) {
  constexpr std::array<std::string_view, 4> kChecks = {"capacity_unknown", "field_missing", "members_missing",
                                                       "no_activity_data"};
  return std::find(kChecks.begin(), kChecks.end(), reason) != kChecks.end();
}

void block(Group& group, BlockReason reason, TimeMs until) {
  become(group, GroupState::kBlocked, reason, until);
  group.cooldown_until = std::max(group.cooldown_until.value_or(until), until);
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

// Still full after a run (or nobody could look): its reason says what comes next.
void settle_full(Group& group, const RunEnd& end, TimeMs now, const Timing& timing) {
  const std::string& reason = end.run.reason;
  // A plan leaves the group full: without a pause it would be made again and again.
  const TimeMs cooled = now + std::max(timing.cooldown, kShortestPause);
  if (!group.full_since) group.full_since = now;
  become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
  if (is_implausible(reason)) {
    block(group, BlockReason::kImplausibleData, now + kDayMs);
  } else if (reason == "no_permission") {
    block(group, BlockReason::kNoPermission, now + kDayMs);
  } else if (reason == "unsupported_type") {
    block(group, BlockReason::kUnsupportedType, now + kUnsupportedLookEvery);
  } else if (reason == "too_small") {
    // Without a cool-down: once it has more seats, or the policy wants fewer, it is a group like any other.
    become(group, GroupState::kBlocked, BlockReason::kTooSmall, now + kTooSmallLookEvery);
  } else if (reason == "daily_limit") {
    block(group, BlockReason::kDailyLimit, end.wait_until.value_or(cooled));
  } else if (reason == "exempt") {
    become(group, GroupState::kBlocked, BlockReason::kExempt, end.wait_until);
  } else if (reason == "nobody_removable") {
    const TimeMs earliest = std::min(cooled, now + kDayMs);
    const TimeMs next = std::clamp(end.wait_until.value_or(now + kDayMs), earliest, now + kDayMs);
    become(group, GroupState::kBlocked, BlockReason::kNobodyRemovable, std::max(next, cooled));
    group.cooldown_until = cooled;
  } else if (reason == "interrupted") {
    group.next_check_at = now;
  } else if (reason == "paused" || reason == "mode_changed") {
    group.next_check_at = now + timing.retry_base;
  } else if (end.run.state == RunState::kFailed) {
    ++group.failures;
    group.next_check_at = now + back_off(group.failures - 1, timing.retry_base, timing.retry_max, end.jitter);
    group.cooldown_until = group.next_check_at;
  } else {
    group.cooldown_until = cooled;
    group.next_check_at = look_at(group, now, timing);
  }
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

std::optional<Group> advance(std::optional<Group> group, const Event& event, const Timing& timing) {
  switch (event.command) {
    case Command::kGroupFull:
      return advance_full(std::move(group), event, timing);
    case Command::kMemberExit:
      if (group) group = advance_exit(std::move(*group), event);
      return group;
    case Command::kGroupDestroyed:
      if (group) group = advance_destroyed(std::move(*group), event);
      return group;
  }
  return group;
}

bool is_supported_type(std::string_view type) {
  constexpr std::array<std::string_view, 6> kTypes = {"Private", "Work", "Public", "ChatRoom", "Meeting", "Community"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_community(std::string_view type) { return type == "Community"; }

Group pulled_back(Group group, TimeMs now, const Timing& timing) {
  const TimeMs latest = now + kMostEventAhead;
  for (auto time : {&Group::full_since, &Group::last_full_at, &Group::seen_room_at, &Group::observed_at}) {
    group.*time = not_beyond(group.*time, latest, now);
  }
  group.exit_look_at = not_beyond(group.exit_look_at, now + kExitLookEvery, now);
  group.cooldown_until = not_beyond(group.cooldown_until, latest_cooldown(now, timing), now);
  const bool until_word = group.state == GroupState::kBlocked && group.reason == BlockReason::kExempt;
  if (!until_word) group.next_check_at = not_beyond(group.next_check_at, latest_check(group, now, timing), now);
  return group;
}

bool is_stale(const Group& group, TimeMs now, const Timing& timing) { return stale_at(group, now, timing) <= now; }

void observe(Group& group, const Look& look) {
  group.observed_at = look.sent_at;
  group.type = look.info.type;
  group.name = look.info.name;
  group.member_count = look.info.member_num;
  group.max_member_count = look.info.max_member_num;
}

AfterLook after_look(Group group, const Look& look, const std::optional<ExemptUntil>& exemption, TimeMs now,
                     const Timing& timing, std::int64_t min_capacity) {
  if (group.state == GroupState::kPruning) return {LookResult::kStored, std::move(group)};
  group = pulled_back(std::move(group), std::min(now, look.sent_at), timing);
  if (look.gone) {
    if (!group.observed_at) return {LookResult::kForget, std::move(group)};
    if (event_since(group, look)) {
      group.next_check_at = now + kSecondMs;
    } else {
      become_gone(group, look.sent_at);
    }
    return {LookResult::kStored, std::move(group)};
  }
  observe(group, look);
  if (exemption && !shows_room(look)) {
    if (!group.full_since) group.full_since = look.sent_at;
    become(group, GroupState::kBlocked, BlockReason::kExempt, exemption->until);
    return {LookResult::kStored, std::move(group)};
  }
  if (!is_supported_type(group.type)) {
    become(group, GroupState::kBlocked, BlockReason::kUnsupportedType, now + kUnsupportedLookEvery);
    return {LookResult::kStored, std::move(group)};
  }
  if (shows_room(look)) {
    if (event_since(group, look)) {
      become_full(group, *group.last_full_at, now, timing);
    } else {
      become_roomy(group, look.sent_at);
    }
    return {LookResult::kStored, std::move(group)};
  }
  if (!group.full_since) group.full_since = look.sent_at;
  if (is_too_small(look.info, min_capacity)) {
    become(group, GroupState::kBlocked, BlockReason::kTooSmall, now + kTooSmallLookEvery);
    return {LookResult::kStored, std::move(group)};
  }
  // One that is not stale (any more) waits to become so, as every other full group does.
  const bool still_blocked = group.state == GroupState::kBlocked && group.reason != BlockReason::kExempt &&
                             group.reason != BlockReason::kUnsupportedType && group.reason != BlockReason::kTooSmall &&
                             is_stale(group, now, timing);
  if (!still_blocked) become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
  group.next_check_at = look_at(group, now, timing);
  return {*group.next_check_at <= now ? LookResult::kNeedsRun : LookResult::kStored, std::move(group)};
}

Group begin_run(Group group, std::int64_t run_id) {
  become(group, GroupState::kPruning, BlockReason::kNone, std::nullopt);
  group.last_run_id = run_id;
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
  if (end.run.reason == "clock_skew") return after_skew(std::move(group), end.run);
  if (end.look) group = pulled_back(std::move(group), std::min(now, end.look->sent_at), timing);
  const bool gone = end.look ? end.look->gone : end.run.reason == "gone";
  if (gone && !(end.look && event_since(group, *end.look))) {
    become_gone(group, end.look ? end.look->sent_at : now);
    return group;
  }
  if (end.look && !gone) observe(group, *end.look);
  if (end.look && (gone || shows_room(*end.look))) {
    if (!failed) group.cooldown_until = now + timing.cooldown;
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
  group.cooldown_until = now + timing.cooldown;
  if (is_looked_at(group.state) && group.reason != BlockReason::kExempt) {
    group.next_check_at = look_at(group, now, timing);
  }
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
