#include <gtest/gtest.h>

#include "headroom/group_state.h"
#include "tests/core/group_steps.h"

namespace headroom {
namespace {

using namespace group_steps;

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

// Acknowledged while the look was on its way: by its time, or, where Chat's clock is behind ours, by its coming.
TEST(AfterLook, AGroupIsNotForgottenWhoseFullEventCameMeanwhile) {
  Group before = full_group();
  before.observed_at.reset();
  Look look = gone_at(kNow + 5000);
  look.known = Known{before.id, before.full_events};
  EXPECT_EQ(after_look(before, look, std::nullopt, kNow + 6000, {}).result, LookResult::kForget);
  for (const TimeMs at : {kNow + 5500, kNow + 4000}) {
    const Group group = *advance(before, event_at(Command::kGroupFull, kNow + 5500, at), {});
    const AfterLook after = after_look(group, look, std::nullopt, kNow + 6000, {});
    EXPECT_EQ(after.result, LookResult::kStored);
    EXPECT_EQ(after.group.state, GroupState::kFull);
    EXPECT_EQ(after.group.next_check_at, kNow + 7000) << "Chat is asked once more";
  }
  // It gave way to others, and was told of again.
  Group again = before;
  again.id = 7;
  EXPECT_EQ(after_look(again, look, std::nullopt, kNow + 6000, {}).result, LookResult::kStored);
}

// An event's time may lie up to five minutes ahead: it is asked about once behind it, not each second until then.
TEST(AfterLook, AForgedTimeAheadCostsOneLook) {
  Group group = full_group();
  group.observed_at.reset();
  group = *advance(group, event_at(Command::kGroupFull, kNow + 1000, kNow + 5 * kMinuteMs), {});
  const AfterLook after = after_look(group, gone_at(kNow + 2000), std::nullopt, kNow + 2100, {});
  EXPECT_EQ(after.group.next_check_at, kNow + 5 * kMinuteMs + kSecondMs);
}

TEST(AfterLook, WhatCameMeanwhileIsLookedAtAgain) {
  const Group before = full_group();
  const Group group = *advance(before, event_at(Command::kGroupFull, kNow + 5500, kNow + 4000), {});
  for (Look look : {look_at(kNow + 5000, 150, 200), gone_at(kNow + 5000)}) {
    look.known = Known{before.id, before.full_events};
    const Group after = after_look(group, look, std::nullopt, kNow + 6000, {}).group;
    EXPECT_EQ(after.state, look.gone ? GroupState::kGone : GroupState::kHasRoom);
    EXPECT_EQ(after.next_check_at, kNow + 7000);
    look.known = Known{group.id, group.full_events};
    EXPECT_EQ(after_look(group, look, std::nullopt, kNow + 6000, {}).group.next_check_at, std::nullopt);
  }
}

// An id that is used again: the former group's runs are not repeated, its failures not counted on.
TEST(AfterLook, AGroupThatComesBackBeginsAnew) {
  Group group = full_group(kNow - kDayMs);
  group.failures = 9;
  group.last_run_id = 7;
  group.cooldown_until = kNow + kHourMs;
  group.share_settled = true;
  group.first_planned_at = kNow - 2 * kDayMs;
  group.silent = true;
  group.raised_to = 200;
  group = after_look(group, gone_at(kNow), std::nullopt, kNow, {}).group;
  EXPECT_EQ(group.failures, 0);
  EXPECT_EQ(group.full_since, std::nullopt);
  EXPECT_EQ(group.last_run_id, 7) << "of what it was";
  const Group told = *advance(group, full_at(kNow + 5000), {});
  EXPECT_EQ(told.last_run_id, std::nullopt);
  EXPECT_EQ(told.full_since, kNow + 5000);
  EXPECT_EQ(told.cooldown_until, kNow + kHourMs) << "keeps somebody, if it matters at all";
  for (const Look& look : {look_at(kNow + 5000, 150, 200), look_at(kNow + 5000, 200, 200)}) {
    EXPECT_EQ(after_look(group, look, std::nullopt, kNow + 5000, {}).group.last_run_id, std::nullopt);
  }
  for (const Group& another : {told, after_look(group, look_at(kNow, 200, 200), std::nullopt, kNow, {}).group}) {
    EXPECT_FALSE(is_share_settled(another, kNow)) << "nobody has approved anything of what is there now";
    EXPECT_FALSE(another.silent);
    EXPECT_EQ(another.raised_to, std::nullopt);
  }
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

}  // namespace
}  // namespace headroom
