#include "headroom/group_state.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'700'000'000'000;

Event event_at(Command command, TimeMs received_at, std::optional<TimeMs> event_time = std::nullopt) {
  Event event;
  event.command = command;
  event.group_id = "g";
  event.received_at = received_at;
  event.event_time = event_time;
  return event;
}
Event full_at(TimeMs at) { return event_at(Command::kGroupFull, at, at); }

Look look_at(TimeMs sent_at, std::int64_t members, std::int64_t max, const std::string& type = "Public") {
  Look look;
  look.sent_at = sent_at;
  look.info.group_id = "g";
  look.info.type = type;
  look.info.member_num = members;
  look.info.max_member_num = max;
  return look;
}
Look gone_at(TimeMs sent_at) {
  Look look;
  look.sent_at = sent_at;
  look.gone = true;
  return look;
}

Group full_group(TimeMs since = kNow) {
  Group group = *advance(std::nullopt, full_at(since), {});
  group.observed_at = since;
  return group;
}
Group roomy_group(TimeMs seen_at) {
  return after_look(full_group(seen_at - kHourMs), look_at(seen_at, 150, 200), std::nullopt, seen_at, {}).group;
}
RunEnd ended(RunState state, const std::string& reason, std::optional<Look> look = std::nullopt) {
  RunEnd end;
  end.run.id = 7;
  end.run.state = state;
  end.run.reason = reason;
  end.look = std::move(look);
  return end;
}

TEST(Advance, AFullEventMakesAGroupThatIsDueWhenStale) {
  const Group group = *advance(std::nullopt, full_at(kNow), {});
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.full_since, kNow);
  EXPECT_EQ(group.last_full_at, kNow);
  EXPECT_EQ(group.full_events, 1);
  EXPECT_EQ(group.next_check_at, kNow + 10 * kMinuteMs);
}

TEST(Advance, FullSinceIsTheSmallestAndLastFullTheGreatest) {
  Group group = full_group(kNow);
  group = *advance(group, full_at(kNow + 5000), {});
  group = *advance(group, event_at(Command::kGroupFull, kNow + 6000, kNow - 60000), {});
  EXPECT_EQ(group.full_since, kNow - 60000);
  EXPECT_EQ(group.last_full_at, kNow + 5000);
  EXPECT_EQ(group.full_events, 3);
  EXPECT_EQ(group.next_check_at, kNow - 60000 + 10 * kMinuteMs);
}

TEST(Advance, AnEventOlderThanTheRoomDoesNotFillTheGroup) {
  const Group room = roomy_group(kNow);
  const Group late = *advance(room, event_at(Command::kGroupFull, kNow + 5000, kNow - kLateEvent - 1), {});
  EXPECT_EQ(late.state, GroupState::kHasRoom);
  EXPECT_EQ(late.next_check_at, std::nullopt);
  EXPECT_EQ(late.full_events, room.full_events + 1);
  const Group recent = *advance(room, event_at(Command::kGroupFull, kNow + 5000, kNow - 1), {});
  EXPECT_EQ(recent.state, GroupState::kHasRoom);
  EXPECT_EQ(recent.next_check_at, kNow + 5000);
  const Group news = *advance(room, full_at(kNow + 1), {});
  EXPECT_EQ(news.state, GroupState::kFull);
  EXPECT_EQ(news.full_since, kNow + 1);
}

TEST(Advance, WhileARunIsOpenEventsOnlyCount) {
  Group group = full_group();
  group.state = GroupState::kPruning;
  group.next_check_at.reset();
  group = *advance(group, full_at(kNow + 5000), {});
  EXPECT_EQ(group.state, GroupState::kPruning);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  EXPECT_EQ(group.full_events, 2);
  EXPECT_EQ(advance(group, event_at(Command::kMemberExit, kNow), {})->next_check_at, std::nullopt);
}

TEST(Advance, ABlockedGroupStaysBlocked) {
  Group group = full_group();
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kNobodyRemovable;
  group.next_check_at = kNow + kDayMs;
  group = *advance(group, full_at(kNow + 5000), {});
  EXPECT_EQ(group.state, GroupState::kBlocked);
  EXPECT_EQ(group.next_check_at, kNow + kDayMs);
}

TEST(Advance, AnExitMakesDueAtMostEvery30Seconds) {
  Group group = full_group();
  group = *advance(group, event_at(Command::kMemberExit, kNow + 1000), {});
  EXPECT_EQ(group.next_check_at, kNow + 1000);
  // Looked at, still full.
  group = after_look(group, look_at(kNow + 1000, 200, 200), std::nullopt, kNow + 1000, {}).group;
  EXPECT_EQ(group.next_check_at, kNow + 10 * kMinuteMs);
  group = *advance(group, event_at(Command::kMemberExit, kNow + 2000), {});
  EXPECT_EQ(group.next_check_at, kNow + 1000 + kExitLookEvery);
  EXPECT_EQ(advance(std::nullopt, event_at(Command::kMemberExit, kNow), {}), std::nullopt);
  const Group room = roomy_group(kNow);
  EXPECT_EQ(advance(room, event_at(Command::kMemberExit, kNow + 1000), {})->next_check_at, std::nullopt);
}

TEST(Advance, DestroyedIsGoneUntilALaterFullEvent) {
  Group group = *advance(full_group(), event_at(Command::kGroupDestroyed, kNow + 1000, kNow + 1000), {});
  EXPECT_EQ(group.state, GroupState::kGone);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  EXPECT_EQ(advance(group, event_at(Command::kGroupFull, kNow + kDayMs / 2, kNow - kHourMs), {})->state,
            GroupState::kGone);
  EXPECT_EQ(advance(group, full_at(kNow + 5000), {})->state, GroupState::kFull);
  EXPECT_EQ(advance(std::nullopt, event_at(Command::kGroupDestroyed, kNow), {}), std::nullopt);
}

TEST(Advance, ALateDestroyedOnlyMakesDue) {
  const Group group = *advance(full_group(kNow), event_at(Command::kGroupDestroyed, kNow + 100, kNow - 5000), {});
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.next_check_at, kNow + 100);
}

TEST(AfterLook, Decides) {
  const TimeMs now = kNow + kHourMs;
  const Group group = full_group(kNow);
  EXPECT_EQ(after_look(group, look_at(now, 199, 200), std::nullopt, now, {}).group.state, GroupState::kHasRoom);
  EXPECT_EQ(after_look(group, gone_at(now), std::nullopt, now, {}).group.state, GroupState::kGone);
  EXPECT_EQ(after_look(group, look_at(now, 200, 200), std::nullopt, now, {}).result, LookResult::kNeedsRun);
  EXPECT_EQ(after_look(group, look_at(now, 205, 200), std::nullopt, now, {}).result, LookResult::kNeedsRun);
  const auto live = after_look(group, look_at(now, 5, 10, "AVChatRoom"), std::nullopt, now, {});
  EXPECT_EQ(live.group.reason, BlockReason::kUnsupportedType);
  EXPECT_EQ(live.group.next_check_at, now + kDayMs);
  const auto exempt = after_look(group, look_at(now, 200, 200), ExemptUntil{}, now, {});
  EXPECT_EQ(exempt.result, LookResult::kStored);
  EXPECT_EQ(exempt.group.reason, BlockReason::kExempt);
  EXPECT_EQ(exempt.group.next_check_at, std::nullopt);
}

TEST(AfterLook, TakesOverWhatChatSays) {
  Look look = look_at(kNow + 5, 200, 200);
  look.info.name = "n";
  const Group group = after_look(full_group(), look, std::nullopt, kNow + 9, {}).group;
  EXPECT_EQ(group.type, "Public");
  EXPECT_EQ(group.name, "n");
  EXPECT_EQ(group.member_count, 200);
  EXPECT_EQ(group.observed_at, kNow + 5);
  EXPECT_EQ(group.next_check_at, kNow + 10 * kMinuteMs);  // not stale yet
}

TEST(AfterLook, AGroupThatChatNeverKnewIsForgotten) {
  Group group = full_group();
  group.observed_at.reset();
  EXPECT_EQ(after_look(group, gone_at(kNow + 5), std::nullopt, kNow + 5, {}).result, LookResult::kForget);
}

TEST(AfterLook, AFullEventNewerThanTheLookWins) {
  Group group = full_group(kNow);
  group = *advance(group, full_at(kNow + 2000), {});
  const auto after = after_look(group, look_at(kNow + 1000, 150, 200), std::nullopt, kNow + 3000, {});
  EXPECT_EQ(after.group.state, GroupState::kFull);
  EXPECT_EQ(after.group.full_since, kNow + 2000);
}

TEST(AfterLook, NoRunBeforeTheCoolDownIsOver) {
  Group group = full_group(kNow);
  group.cooldown_until = kNow + kDayMs;
  const auto after = after_look(group, look_at(kNow + kHourMs, 200, 200), std::nullopt, kNow + kHourMs, {});
  EXPECT_EQ(after.result, LookResult::kStored);
  EXPECT_EQ(after.group.next_check_at, kNow + kDayMs);
}

// A shorter stale_after is given to groups in `full`: one that waits to become stale is one of them.
TEST(AfterLook, ABlockedGroupThatIsNotStaleAnyMoreIsFull) {
  Group group = full_group(kNow);
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kNobodyRemovable;
  Timing timing;
  timing.stale_after = 365 * kDayMs;
  const auto after = after_look(group, look_at(kNow + kDayMs, 200, 200), std::nullopt, kNow + kDayMs, timing);
  EXPECT_EQ(after.group.state, GroupState::kFull);
  EXPECT_EQ(after.group.next_check_at, kNow + 365 * kDayMs);
}

TEST(AfterRun, APlanWithoutCoolDownIsNotMadeAgainAtOnce) {
  Timing timing;
  timing.stale_after = 0;
  timing.cooldown = 0;
  const Group group =
      after_run(full_group(), ended(RunState::kPlanned, "", look_at(kNow + 5000, 200, 200)), kNow + 5000, timing);
  EXPECT_EQ(group.next_check_at, kNow + 5000 + kSecondMs);
}

TEST(AfterRun, SucceededWithRoomCoolsDown) {
  const Group group =
      after_run(full_group(), ended(RunState::kSucceeded, "", look_at(kNow + 5000, 190, 200)), kNow + 5000, {});
  EXPECT_EQ(group.state, GroupState::kHasRoom);
  EXPECT_EQ(group.cooldown_until, kNow + 5000 + kHourMs);
  EXPECT_EQ(group.last_run_id, 7);
  // Full again at once: no second run within the hour.
  EXPECT_EQ(advance(group, full_at(kNow + 6000), {})->next_check_at, kNow + 5000 + kHourMs);
}

TEST(AfterRun, AFullEventNewerThanTheClosingLookWins) {
  Group group = *advance(full_group(), full_at(kNow + 6000), {});
  group = after_run(group, ended(RunState::kSucceeded, "", look_at(kNow + 5000, 190, 200)), kNow + 7000, {});
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.full_since, kNow + 6000);
}

TEST(AfterRun, TheClosingLookSaysWhetherTheGroupIsGone) {
  const TimeMs looked_at = kNow + kHourMs;
  struct Row {
    std::string reason;
    std::optional<Look> look;
    TimeMs last_full_at;
    GroupState state;
  };
  const Look full = look_at(looked_at, 200, 200);
  const Look room = look_at(looked_at, 190, 200);
  for (const Row& row : std::initializer_list<Row>{
           {"gone", gone_at(looked_at), looked_at, GroupState::kGone},
           {"gone", gone_at(looked_at), looked_at + 1, GroupState::kFull},
           {"", gone_at(looked_at), looked_at, GroupState::kGone},
           {"", gone_at(looked_at), looked_at + 1, GroupState::kFull},
           {"gone", full, kNow, GroupState::kFull},
           {"gone", room, kNow, GroupState::kHasRoom},
           {"gone", room, looked_at + 1, GroupState::kFull},
           {"gone", std::nullopt, looked_at + 1, GroupState::kGone},
       }) {
    const TimeMs now = looked_at + 5000;
    Group group = *advance(begin_run(full_group(), 7), full_at(row.last_full_at), {});
    group = after_run(group, ended(RunState::kNothingToDo, row.reason, row.look), now, {});
    EXPECT_EQ(group.state, row.state) << row.reason << row.last_full_at;
    const bool by_event = row.last_full_at > looked_at && row.look;
    if (by_event) {
      EXPECT_EQ(group.full_since, row.last_full_at);
    }
    // No second run within the cool-down.
    if (group.state == GroupState::kFull) {
      EXPECT_EQ(group.next_check_at, now + kHourMs);
    }
  }
}

TEST(AfterRun, ReasonsDecideWhatComesNext) {
  const TimeMs now = kNow + kHourMs;
  const Look full = look_at(now, 200, 200);
  struct Row {
    RunState state;
    std::string reason;
    GroupState group;
    BlockReason block;
    std::optional<TimeMs> next;
  };
  for (const Row& row : std::initializer_list<Row>{
           {RunState::kPlanned, "", GroupState::kFull, BlockReason::kNone, now + kHourMs},
           {RunState::kPartial, "not_removed", GroupState::kFull, BlockReason::kNone, now + kHourMs},
           {RunState::kAwaitingApproval, "", GroupState::kFull, BlockReason::kNone, std::nullopt},
           {RunState::kFailed, "field_missing", GroupState::kBlocked, BlockReason::kImplausibleData, now + kDayMs},
           {RunState::kFailed, "capacity_unknown", GroupState::kBlocked, BlockReason::kImplausibleData, now + kDayMs},
           {RunState::kFailed, "members_missing", GroupState::kBlocked, BlockReason::kImplausibleData, now + kDayMs},
           {RunState::kFailed, "no_activity_data", GroupState::kBlocked, BlockReason::kImplausibleData, now + kDayMs},
           {RunState::kFailed, "no_permission", GroupState::kBlocked, BlockReason::kNoPermission, now + kDayMs},
           {RunState::kNothingToDo, "unsupported_type", GroupState::kBlocked, BlockReason::kUnsupportedType,
            now + kDayMs},
           {RunState::kNothingToDo, "exempt", GroupState::kBlocked, BlockReason::kExempt, std::nullopt},
           {RunState::kFailed, "interrupted", GroupState::kFull, BlockReason::kNone, now},
           {RunState::kFailed, "chat_unreachable", GroupState::kFull, BlockReason::kNone, now + 22500},
       }) {
    const Group group = after_run(full_group(), ended(row.state, row.reason, full), now, {});
    EXPECT_EQ(group.state, row.group) << row.reason;
    EXPECT_EQ(group.reason, row.block) << row.reason;
    EXPECT_EQ(group.next_check_at, row.next) << row.reason;
  }
}

TEST(AfterRun, WhatNobodyLookedAtDoesNotBecomeFull) {
  const TimeMs now = kNow + kHourMs;
  const Group gone = after_look(full_group(kNow - kHourMs), gone_at(kNow), std::nullopt, kNow, {}).group;
  struct Row {
    RunState state;
    std::string reason;
    TimeMs next;
  };
  for (const Row& row : std::initializer_list<Row>{
           {RunState::kFailed, "chat_unreachable", now + 22500},
           {RunState::kFailed, "interrupted", now},
           {RunState::kNothingToDo, "paused", now + Timing{}.retry_base},
           {RunState::kNothingToDo, "mode_changed", now + Timing{}.retry_base},
       }) {
    for (const Group& before : {roomy_group(kNow), gone}) {
      const Group after = after_run(begin_run(before, 7), ended(row.state, row.reason), now, {});
      EXPECT_EQ(after.state, GroupState::kHasRoom) << row.reason;
      EXPECT_EQ(after.reason, BlockReason::kNone) << row.reason;
      EXPECT_EQ(after.full_since, std::nullopt) << row.reason;
      EXPECT_EQ(after.next_check_at, row.next) << row.reason;
      EXPECT_EQ(after.seen_room_at, before.seen_room_at) << row.reason;
      // The webhook said so meanwhile.
      const Group filling = *advance(begin_run(before, 7), full_at(kNow + 5), {});
      const Group filled = after_run(filling, ended(row.state, row.reason), now, {});
      EXPECT_EQ(filled.state, GroupState::kFull) << row.reason;
      EXPECT_EQ(filled.full_since, kNow + 5) << row.reason;
      // The look before its plan has shown it full.
      RunEnd planned = ended(row.state, row.reason);
      planned.run.members_before = 200;
      EXPECT_EQ(after_run(begin_run(before, 7), planned, now, {}).full_since, now) << row.reason;
    }
    EXPECT_EQ(after_run(begin_run(full_group(), 7), ended(row.state, row.reason), now, {}).full_since, kNow);
  }
}

TEST(AfterRun, NobodyRemovableWaitsForTheFirstWhoCouldBe) {
  const TimeMs now = kNow + kHourMs;
  RunEnd end = ended(RunState::kNothingToDo, "nobody_removable", look_at(now, 200, 200));
  for (const auto& [wait, next] :
       {std::pair{now + 5 * kHourMs, now + 5 * kHourMs}, {now + 1, now + kHourMs}, {now + 9 * kDayMs, now + kDayMs}}) {
    end.wait_until = wait;
    EXPECT_EQ(after_run(full_group(), end, now, {}).next_check_at, next);
  }
  end.wait_until.reset();
  EXPECT_EQ(after_run(full_group(), end, now, {}).next_check_at, now + kDayMs);
}

TEST(AfterRun, FailuresBackOffAndSuccessForgetsThem) {
  Group group = full_group();
  DurationMs last = 0;
  for (int i = 0; i < 10; ++i) {
    group = after_run(group, ended(RunState::kFailed, "chat_unreachable"), kNow, {});
    EXPECT_GE(*group.next_check_at - kNow, last);
    last = *group.next_check_at - kNow;
  }
  EXPECT_LE(last, kHourMs);
  EXPECT_EQ(group.failures, 10);
  group = after_run(group, ended(RunState::kPlanned, "", look_at(kNow, 200, 200)), kNow, {});
  EXPECT_EQ(group.failures, 0);
}

TEST(Exemption, BlocksAndLifts) {
  Group group = after_exempted(full_group(), std::nullopt);
  EXPECT_EQ(group.state, GroupState::kBlocked);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  group = after_exemption_lifted(group, kNow + 5);
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.next_check_at, kNow + 5);
  EXPECT_EQ(after_exempted(roomy_group(kNow), std::nullopt).state, GroupState::kHasRoom);
}

TEST(BackOff, DoublesWithinItsBounds) {
  EXPECT_EQ(back_off(0, 1000, 10000, 1.0), 1000);
  EXPECT_EQ(back_off(1, 1000, 10000, 1.0), 2000);
  EXPECT_EQ(back_off(9, 1000, 10000, 1.0), 10000);
  EXPECT_EQ(back_off(1000000, 1000, 10000, 0.0), 5000);
  EXPECT_GE(back_off(0, 0, 0, 0.0), 1);
}

// A year of one group in virtual time: whatever comes in, a full group always has a next look, and one with room none.
TEST(GroupState, AYearOfEventsNeverLosesAGroup) {
  const Timing timing;
  Group group = full_group(kNow);
  std::uint64_t random = 88172645463325252ULL;
  const auto next = [&random] { return random ^= random << 13, random ^= random >> 7, random ^= random << 17; };
  for (TimeMs now = kNow; now < kNow + 365 * kDayMs; now += static_cast<TimeMs>(next() % (6 * kHourMs))) {
    switch (next() % 4) {
      case 0:
        group = *advance(group, event_at(Command::kGroupFull, now, now - static_cast<TimeMs>(next() % kDayMs)), timing);
        break;
      case 1:
        group = *advance(group, event_at(Command::kMemberExit, now), timing);
        break;
      case 2:
        if (group.next_check_at && *group.next_check_at <= now) {
          group = after_look(group, look_at(now, next() % 2 == 0 ? 200 : 190, 200), std::nullopt, now, timing).group;
        }
        break;
      default:
        if (group.state == GroupState::kFull && is_stale(group, now, timing)) {
          const auto state = next() % 2 == 0 ? RunState::kPlanned : RunState::kFailed;
          group = after_run(group,
                            ended(state, state == RunState::kFailed ? "chat_unreachable" : "", look_at(now, 200, 200)),
                            now, timing);
        }
    }
    if (group.state == GroupState::kFull) {
      ASSERT_TRUE(group.next_check_at.has_value() && group.full_since.has_value());
      ASSERT_LE(*group.next_check_at, now + timing.retry_max + timing.cooldown);
    }
  }
}

TEST(AfterWaiting, TheCoolDownBegins) {
  const Timing timing;
  Group group = full_group(kNow - kHourMs);
  group.next_check_at.reset();
  const Group after = after_waiting(group, kNow, timing);
  EXPECT_EQ(after.state, GroupState::kFull);
  EXPECT_EQ(after.cooldown_until, kNow + timing.cooldown);
  EXPECT_EQ(after.next_check_at, kNow + timing.cooldown);
}

TEST(AfterWaiting, AGroupThatMovedMeanwhileStaysWhereItIs) {
  const Timing timing;
  const Group roomy = after_waiting(roomy_group(kNow), kNow, timing);
  EXPECT_EQ(roomy.state, GroupState::kHasRoom);
  EXPECT_FALSE(roomy.next_check_at);
  EXPECT_EQ(roomy.cooldown_until, kNow + timing.cooldown);
  const Group exempt = after_waiting(after_exempted(full_group(), kNow + 5), kNow, timing);
  EXPECT_EQ(exempt.reason, BlockReason::kExempt);
  EXPECT_EQ(exempt.next_check_at, kNow + 5);
  Group unsupported = full_group();
  unsupported.state = GroupState::kBlocked;
  unsupported.reason = BlockReason::kUnsupportedType;
  unsupported.next_check_at.reset();
  EXPECT_TRUE(after_waiting(unsupported, kNow, timing).next_check_at);
}

}  // namespace
}  // namespace headroom
