#include "headroom/group_state.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/group_moves.h"
#include "headroom/left_alone.h"

namespace headroom {

using namespace group_moves;

namespace {

// A day: what blocks a group for longer is a word of an operator's.
TimeMs latest_check(const Group& group, TimeMs now, const Timing& timing) {
  const DurationMs wait = group.state == GroupState::kBlocked ? kDayMs : std::max(timing.retry_max, kMinuteMs);
  return std::max({now + wait, stale_at(group, now, timing), group.cooldown_until.value_or(0)});
}

// A group that was gone is there, or another one under its id: what is to come repeats no run of before, and nobody has
// approved a plan for it, called it silent, or set its limit. (Its cool-down, its exemption and those whom it removed
// stay: each of them only keeps somebody.)
void return_to_life(Group& group) {
  if (group.state != GroupState::kGone) return;
  group.last_run_id.reset();
  group.share_settled = false;
  group.first_planned_at.reset();
  group.silent = false;
  group.raised_to.reset();
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
  const auto seen_room_at = not_beyond(group.seen_room_at, now + kEventAhead, at);
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
        return_to_life(group);
        become_full(group, at, now, timing);
      } else if (at >= *seen_room_at - kLateEvent) {
        make_due(group, now);
      }
      break;
  }
  return group;
}

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

// Anybody may have written it: Chat is asked, and until it answers the group stays what it is.
Group advance_destroyed(Group group, const Event& event, Hint hint) {
  if (group.state == GroupState::kGone || group.state == GroupState::kPruning) return group;
  if (hint == Hint::kIsBelieved) {
    const TimeMs at = state_time(event);
    if (!group.last_full_at || at >= *group.last_full_at) become_gone(group, at);
    return group;
  }
  const TimeMs now = event.received_at;
  const TimeMs seen = std::min(group.observed_at.value_or(0), now);
  make_due(group, std::max(now, seen + kDestroyedLookEvery));
  return group;
}

// While the look was on its way, whatever time the event names: Chat's clock is not ours.
bool told_meanwhile(const Group& group, const Look& look) {
  return look.known && (look.known->id != group.id || look.known->full_events != group.full_events);
}

// Behind what was told of the group while it was looked at.
TimeMs look_again_at(const Group& group, TimeMs now) {
  return std::max(now, std::min(group.last_full_at.value_or(now), now + kEventAhead)) + kSecondMs;
}

}  // namespace

std::optional<Group> advance(std::optional<Group> group, const Event& event, const Timing& timing, Hint destroyed) {
  switch (event.command) {
    case Command::kGroupFull:
      return advance_full(std::move(group), event, timing);
    case Command::kMemberExit:
      if (group) group = advance_exit(std::move(*group), event);
      return group;
    case Command::kGroupDestroyed:
      if (group) group = advance_destroyed(std::move(*group), event, destroyed);
      return group;
  }
  return group;
}

bool is_only_counted(const Group& group, TimeMs earliest) {
  if (group.state == GroupState::kPruning) return true;
  return is_looked_at(group.state) && group.full_since && *group.full_since <= earliest;
}

bool is_supported_type(std::string_view type) {
  constexpr std::array<std::string_view, 6> kTypes = {"Private", "Work", "Public", "ChatRoom", "Meeting", "Community"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_community(std::string_view type) { return type == "Community"; }

Group pulled_back(Group group, TimeMs now, const Timing& timing) {
  const TimeMs latest = now + kEventAhead;
  for (auto time : {&Group::full_since, &Group::last_full_at, &Group::seen_room_at, &Group::observed_at}) {
    group.*time = not_beyond(group.*time, latest, now);
  }
  group.exit_look_at = not_beyond(group.exit_look_at, now + kExitLookEvery, now);
  group.cooldown_until = not_beyond(group.cooldown_until, latest_cooldown(now, timing), now);
  // Its run waits for the calendar, which may be another by now.
  if (group.state == GroupState::kPruning) {
    group.next_check_at = not_beyond(group.next_check_at, now, now);
    return group;
  }
  const bool until_word = group.state == GroupState::kBlocked && group.reason == BlockReason::kExempt;
  if (!until_word) group.next_check_at = not_beyond(group.next_check_at, latest_check(group, now, timing), now);
  return group;
}

Group pulled_back(Group group, TimeMs now, const Timing& timing, const std::optional<ExemptUntil>& exemption) {
  group = pulled_back(std::move(group), now, timing);
  if (group.state != GroupState::kBlocked || group.reason != BlockReason::kExempt) return group;
  const std::optional<TimeMs> until = exemption ? exemption->until : now;
  if (until) group.next_check_at = not_beyond(group.next_check_at, *until, *until);
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

namespace {

AfterLook after_look_gone(Group group, const Look& look, TimeMs now) {
  const bool since = event_since(group, look);
  const bool news = since || told_meanwhile(group, look);
  if (!group.observed_at && !news) return {LookResult::kForget, std::move(group)};
  if (group.observed_at && !since) become_gone(group, look.sent_at);
  if (news) group.next_check_at = look_again_at(group, now);
  return {LookResult::kStored, std::move(group)};
}

Group after_look_with_room(Group group, const Look& look, TimeMs now, const Timing& timing) {
  if (event_since(group, look)) {
    become_full(group, *group.last_full_at, now, timing);
    return group;
  }
  become_roomy(group, look.sent_at);
  if (told_meanwhile(group, look)) group.next_check_at = look_again_at(group, now);
  return group;
}

}  // namespace

AfterLook after_look(Group group, const Look& look, const std::optional<ExemptUntil>& exemption, TimeMs now,
                     const Timing& timing, const Policy& policy) {
  if (group.state == GroupState::kPruning) return {LookResult::kStored, std::move(group)};
  group = pulled_back(std::move(group), std::min(now, look.sent_at), timing);
  if (look.gone) return after_look_gone(std::move(group), look, now);
  return_to_life(group);
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
  if (shows_room(look)) return {LookResult::kStored, after_look_with_room(std::move(group), look, now, timing)};
  if (!group.full_since) group.full_since = look.sent_at;
  if (const Reason alone = left_alone(policy, look.info, false); !alone.empty()) {
    const DurationMs again = alone == Reason::kOutOfScope ? kOutOfScopeLookEvery : kTooSmallLookEvery;
    become(group, GroupState::kBlocked, blocks_as(alone), now + again);
    return {LookResult::kStored, std::move(group)};
  }
  // One that is not stale (any more) waits to become so, as every other full group does.
  const bool still_blocked =
      group.state == GroupState::kBlocked && !is_left_alone(group.reason) && is_stale(group, now, timing);
  if (!still_blocked) become(group, GroupState::kFull, BlockReason::kNone, std::nullopt);
  group.next_check_at = look_at(group, now, timing);
  return {*group.next_check_at <= now ? LookResult::kNeedsRun : LookResult::kStored, std::move(group)};
}

Group await_note(Group group, TimeMs now) {
  make_due(group, now + kNoteAgainAfter);
  return group;
}

bool may_get_run(const Group& group, TimeMs now, const Timing& timing) {
  const bool alone = group.state == GroupState::kBlocked && is_left_alone(group.reason);
  return !alone && look_at(group, now, timing) <= now;
}

Group after_vain_look(Group group, TimeMs now, DurationMs wait, const Timing& timing) {
  group.next_check_at = now + wait;
  if (const TimeMs due = look_at(group, now, timing); due > now) make_due(group, due);
  return group;
}

}  // namespace headroom
