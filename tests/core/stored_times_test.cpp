#include <gtest/gtest.h>

#include "headroom/group_state.h"
#include "headroom/sweep.h"
#include "tests/core/group_steps.h"

// What a clock that was ahead has stored, once the clock is right again.
namespace headroom {
namespace {

using namespace group_steps;

constexpr DurationMs kAhead = 400 * kDayMs;

// As all its rules together would leave it at most, `now`.
Group furthest(TimeMs now, const Timing& timing) {
  Group group = full_group(now - kHourMs);
  group.full_since = group.last_full_at = group.seen_room_at = group.observed_at = now + 5 * kMinuteMs;
  group.exit_look_at = now + kExitLookEvery;
  group.cooldown_until = now + kDayMs;
  group.next_check_at = std::max(now + timing.retry_max, *group.full_since + timing.stale_after);
  return group;
}

TEST(StoredTimes, WhatARuleCanSetStays) {
  for (const Timing& timing : {Timing{}, Timing{.stale_after = 365 * kDayMs}, Timing{.retry_max = 7 * kDayMs}}) {
    const Group group = furthest(kNow, timing);
    EXPECT_EQ(pulled_back(group, kNow, timing), group);
  }
}

TEST(StoredTimes, WhatIsFurtherAheadCountsAsNow) {
  const Group group = pulled_back(furthest(kNow + kAhead, {}), kNow, {});
  EXPECT_EQ(group.full_since, kNow);
  EXPECT_EQ(group.last_full_at, kNow);
  EXPECT_EQ(group.seen_room_at, kNow);
  EXPECT_EQ(group.observed_at, kNow);
  EXPECT_EQ(group.exit_look_at, kNow);
  EXPECT_EQ(group.cooldown_until, kNow);
  EXPECT_EQ(group.next_check_at, kNow);
}

TEST(StoredTimes, AFullGroupIsParkedForNoDay) {
  Group group = full_group(kNow);
  group.next_check_at = kNow + 20 * kHourMs;
  EXPECT_EQ(pulled_back(group, kNow, {}).next_check_at, kNow);
  group.cooldown_until = kNow + 20 * kHourMs;
  EXPECT_EQ(pulled_back(group, kNow, {}).next_check_at, kNow + 20 * kHourMs) << "a cool-down may have set it";
  group.cooldown_until.reset();
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kNobodyRemovable;
  EXPECT_EQ(pulled_back(group, kNow, {}).next_check_at, kNow + 20 * kHourMs);
}

// The calendar may be another by now, or have been asked by a wrong clock.
TEST(StoredTimes, WhatWaitsForTheCalendarIsAskedAnew) {
  const Group group = park_run(begin_run(full_group(kNow), 7), kNow + kMinuteMs);
  EXPECT_EQ(pulled_back(group, kNow, {}).next_check_at, kNow);
  EXPECT_EQ(pulled_back(begin_run(full_group(kNow), 7), kNow, {}).next_check_at, std::nullopt) << "one that runs";
}

TEST(StoredTimes, AnOperatorsWordIsNoRule) {
  Group group = after_exempted(full_group(kNow), kNow + kAhead);
  EXPECT_EQ(pulled_back(group, kNow, {}).next_check_at, kNow + kAhead);
  EXPECT_EQ(pulled_back(group, kNow, {}, ExemptUntil{kNow + kAhead}).next_check_at, kNow + kAhead);
  EXPECT_EQ(pulled_back(group, kNow, {}, ExemptUntil{}).next_check_at, kNow + kAhead);
  EXPECT_EQ(pulled_back(after_exempted(full_group(kNow), {}), kNow, {}, ExemptUntil{}).next_check_at, std::nullopt);
}

// A look that Chat did not answer was put off by a clock that was ahead, and had called the exemption over.
TEST(StoredTimes, AnExemptGroupWaitsForTheEndOfItsExemptionAndNoLonger) {
  const Group group = after_exempted(full_group(kNow), kNow + kAhead);
  EXPECT_EQ(pulled_back(group, kNow, {}, ExemptUntil{kNow + kHourMs}).next_check_at, kNow + kHourMs);
  EXPECT_EQ(pulled_back(group, kNow, {}, std::nullopt).next_check_at, kNow) << "it is over";
}

// Five free seats, and a full event of next year.
TEST(StoredTimes, ALookThatSeesRoomWinsOverAnEventThatIsStillToCome) {
  Group group = full_group(kNow);
  group.full_since = group.last_full_at = kNow + kAhead;
  const Look look = look_at(kNow + kHourMs, 195, 200);
  EXPECT_EQ(after_look(group, look, std::nullopt, kNow + kHourMs, {}).group.state, GroupState::kHasRoom);
  const Group run = begin_run(group, 7);
  EXPECT_EQ(after_run(run, ended(RunState::kSucceeded, "", look), kNow + kHourMs, {}).state, GroupState::kHasRoom);
}

TEST(StoredTimes, ANewFullEventFreesAGroupThatWasSeenWithRoomNextYear) {
  Group group = roomy_group(kNow);
  group.seen_room_at = kNow + kAhead;
  group.cooldown_until = kNow + kAhead;
  const Group full = *advance(group, full_at(kNow + kHourMs), {});
  EXPECT_EQ(full.state, GroupState::kFull);
  EXPECT_EQ(full.full_since, kNow + kHourMs);
  EXPECT_EQ(full.next_check_at, kNow + kHourMs + Timing{}.stale_after);
}

TEST(StoredTimes, ASweepFreesIt) {
  Group group = roomy_group(kNow);
  group.seen_room_at = kNow + kAhead;
  group.cooldown_until = kNow + kAhead;
  const auto find = find_full(group, look_at(kNow + kHourMs, 200, 200), kNow + kHourMs, {});
  ASSERT_TRUE(find);
  EXPECT_EQ(find->group.state, GroupState::kFull);
  EXPECT_LE(*find->group.next_check_at, kNow + kHourMs + Timing{}.stale_after);
}

TEST(StoredTimes, ARunThatMetAWrongClockLeavesItsGroupAsDueAsItWas) {
  const Group due = full_group(kNow);
  for (const DurationMs error : {kAhead, -kAhead}) {
    const TimeMs now = kNow + kHourMs + error;
    const Group group = after_run(due, ended(RunState::kFailed, "clock_skew", look_at(now, 195, 200)), now, {});
    EXPECT_EQ(group.state, GroupState::kFull);
    EXPECT_EQ(group.next_check_at, due.next_check_at);
    EXPECT_EQ(group.cooldown_until, std::nullopt);
    EXPECT_EQ(group.observed_at, due.observed_at);
    EXPECT_EQ(group.failures, 0);
    EXPECT_EQ(group.last_run_id, 7);
    const Group begun = after_run(begin_run(due, 7), ended(RunState::kPartial, "clock_skew"), now, {});
    EXPECT_EQ(begun.state, GroupState::kFull);
    EXPECT_LE(*begun.next_check_at, kNow);
    const Group roomy = after_run(begin_run(roomy_group(kNow), 7), ended(RunState::kFailed, "clock_skew"), now, {});
    EXPECT_EQ(roomy.state, GroupState::kHasRoom) << "nobody saw it full";
    EXPECT_LE(*roomy.next_check_at, kNow) << "looked at soon";
  }
}

}  // namespace
}  // namespace headroom
