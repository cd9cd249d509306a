#include <gtest/gtest.h>

#include "headroom/group_state.h"
#include "tests/core/group_steps.h"

namespace headroom {
namespace {

using namespace group_steps;

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
           {"gone", std::nullopt, looked_at + 1, GroupState::kFull},
       }) {
    const TimeMs now = looked_at + 5000;
    Group group = *advance(begin_run(full_group(), 7), full_at(row.last_full_at), {});
    group = after_run(group, ended(RunState::kNothingToDo, row.reason, row.look), now, {});
    EXPECT_EQ(group.state, row.state) << row.reason << row.last_full_at;
    const bool by_event = row.last_full_at > looked_at && row.look;
    if (by_event) {
      EXPECT_EQ(group.full_since, row.last_full_at);
    }
    // No second run within the cool-down, unless nobody has looked.
    if (group.state == GroupState::kFull) {
      EXPECT_EQ(group.next_check_at, row.look ? now + kHourMs : now);
    }
  }
}

// In observe a webhook's word is believed, and the run that it meets has no look.
TEST(AfterRun, WhatIsGoneInTheStoreStaysSoWithoutALook) {
  Group group = begin_run(full_group(), 7);
  group.state = GroupState::kGone;
  EXPECT_EQ(after_run(group, ended(RunState::kNothingToDo, "gone"), kNow + kHourMs, {}).state, GroupState::kGone);
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

TEST(AfterRun, NoRunShortensACoolDown) {
  const TimeMs now = kNow + kHourMs;
  const TimeMs cooled = now + 8 * kHourMs;
  for (const auto& [state, word] :
       std::initializer_list<std::pair<RunState, std::string>>{{RunState::kFailed, "chat_unreachable"},
                                                               {RunState::kFailed, "not_removed"},
                                                               {RunState::kPlanned, ""},
                                                               {RunState::kNothingToDo, "nobody_removable"},
                                                               {RunState::kNothingToDo, "second_look"},
                                                               {RunState::kFailed, "no_permission"}}) {
    for (const std::int64_t members : {200, 190}) {
      Group group = full_group();
      group.cooldown_until = cooled;
      group = after_run(group, ended(state, word, look_at(now, members, 200)), now, {});
      EXPECT_GE(group.cooldown_until, cooled) << word;
    }
    Group unseen = full_group();
    unseen.cooldown_until = cooled;
    EXPECT_GE(after_run(unseen, ended(state, word), now, {}).cooldown_until, cooled) << word;
    EXPECT_GE(after_waiting(unseen, now, {}).cooldown_until, cooled);
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

// A closed calendar: its run ended because the plan had grown too old, or a plan was made that opens too late.
TEST(AfterRun, AClosedCalendarIsNoFailure) {
  const TimeMs now = kNow + kHourMs;
  const Group waiting = park_run(begin_run(full_group(), 7), now);
  for (const RunState state : {RunState::kNothingToDo, RunState::kPartial}) {
    const Group after = after_run(waiting, ended(state, "closed", look_at(now, 200, 200)), now, {});
    EXPECT_EQ(after.state, GroupState::kFull);
    EXPECT_EQ(after.next_check_at, now) << "another plan is made";
    EXPECT_EQ(after.failures, 0);
  }
  RunEnd planned = ended(RunState::kPlanned, "closed", look_at(now, 200, 200));
  planned.wait_until = now + 3 * kDayMs;
  const Group after = after_run(full_group(), planned, now, {});
  EXPECT_EQ(after.next_check_at, now + 3 * kDayMs) << "the opening";
  EXPECT_EQ(after.cooldown_until, now + kHourMs) << "no look for an exit plans again before";
  EXPECT_EQ(after.failures, 0);
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

// Chat says OK, and they are all still members: each try costs the day's limit.
TEST(AfterRun, WhatWasNotRemovedIsTriedEverMoreRarely) {
  Group group = full_group();
  DurationMs last = 0;
  for (int i = 0; i < 12; ++i) {
    group = after_run(group, ended(RunState::kFailed, "not_removed", look_at(kNow, 200, 200)), kNow, {});
    const DurationMs wait = *group.next_check_at - kNow;
    EXPECT_GE(wait, kHourMs) << "the cool-down";
    EXPECT_GE(wait, last);
    EXPECT_EQ(group.cooldown_until, group.next_check_at);
    last = wait;
  }
  EXPECT_GE(last, 12 * kHourMs);
  EXPECT_LE(last, kDayMs);
  group = after_run(group, ended(RunState::kSucceeded, "", look_at(kNow, 190, 200)), kNow, {});
  EXPECT_EQ(group.failures, 0);
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
