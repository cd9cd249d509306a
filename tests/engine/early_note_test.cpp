// Whom a plan will want to have seen before is noted when the group becomes full.
#include "tests/engine/early_note_fixture.h"

namespace headroom {
namespace {

using support::kNow;

TEST_F(EarlyNoteTest, TheDayBeginsWithTheFirstFullEventAndNotWithTheFirstPlan) {
  fills();
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U) << "three for each of the two seats";
  const TimeMs seen = noted().at("m0").seen_at;
  EXPECT_LE(seen, kNow + kMinuteMs);
  EXPECT_TRUE(runs().empty());
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().full_since, kNow);
  EXPECT_EQ(group().next_check_at, kNow + settings_.timing.stale_after) << "its plan comes as it would have";
  EXPECT_EQ(group().last_run_id, std::nullopt);

  go_on(6 * kHourMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].reason, Reason::kSecondLook);
  EXPECT_EQ(runs()[0].created_at, kNow + settings_.timing.stale_after);
  EXPECT_EQ(noted().at("m0").seen_at, seen) << "the plan begins no other day";
  EXPECT_EQ(group().next_check_at, seen + kDayMs);

  go_on(kDayMs - 6 * kHourMs);
  ASSERT_EQ(runs().size(), 2U);
  EXPECT_EQ(runs()[0].state, RunState::kSucceeded);
  EXPECT_EQ(runs()[0].removed, 2);
  EXPECT_EQ(runs()[0].created_at, seen + kDayMs);
}

TEST_F(EarlyNoteTest, WhereAGroupMayBeFullForADayItsFirstPlanNeedNotWait) {
  settings_.timing.stale_after = 2 * kDayMs;
  take_over();
  fills();
  go_on(2 * kDayMs + kMinuteMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].state, RunState::kSucceeded);
  EXPECT_EQ(runs()[0].removed, 2);
}

TEST_F(EarlyNoteTest, WhoReadsAfterTheNoteStays) {
  settings_.timing.stale_after = 2 * kDayMs;
  take_over();
  fills();
  go_on(kHourMs);
  chat_.members["g"][0].msg_seq = 11;
  go_on(2 * kDayMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].removed, 2);
  EXPECT_EQ(view().plan(runs()[0].id)[0].account, "m1");
  EXPECT_TRUE(noted().at("m0").moved_at);
}

TEST_F(EarlyNoteTest, OneNoteADayHoweverOftenTheGroupFills) {
  for (int i = 0; i < 20; ++i) {
    chat_.groups["g"].member_num = kMembers;
    fills();
    fills();
    go_on(5 * kMinuteMs);
    chat_.groups["g"].member_num = kMembers - 1;
    Event exit;
    exit.command = Command::kMemberExit;
    exit.group_id = "g";
    exit.received_at = clock_.now();
    database_.commit([&](Transaction& storage) { store_event(storage, exit, settings_); });
    go_on(5 * kMinuteMs);
    ASSERT_EQ(group().state, GroupState::kHasRoom);
  }
  EXPECT_EQ(listings(), 1);
  go_on(kDayMs);
  chat_.groups["g"].member_num = kMembers;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 2);
}

TEST_F(EarlyNoteTest, ADayAfterThatSomebodyElseIsNotedAndNobodyBeginsAnew) {
  settings_.timing.stale_after = 30 * kDayMs;
  take_over();
  fills();
  go_on(kDayMs + kHourMs);
  const TimeMs seen = noted().at("m0").seen_at;
  chat_.members["g"][1].msg_seq = 11;
  chat_.groups["g"].member_num = kMembers - 1;
  Event exit;
  exit.command = Command::kMemberExit;
  exit.group_id = "g";
  exit.received_at = clock_.now();
  database_.commit([&](Transaction& storage) { store_event(storage, exit, settings_); });
  go_on(kMinuteMs);
  chat_.groups["g"].member_num = kMembers;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 2);
  EXPECT_EQ(noted().at("m0").seen_at, seen);
  EXPECT_GT(noted().at("m1").seen_at, seen);
}

TEST_F(EarlyNoteTest, NotWhereAPlanHasListedThemWithinTheDay) {
  settings_.timing.stale_after = 0;
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  fills();
  go_on(kMinuteMs);
  ASSERT_EQ(runs().size(), 1U);
  ASSERT_EQ(listings(), 1);
  settings_.timing.stale_after = 6 * kHourMs;
  take_over();
  start();
  for (const bool later : {false, true}) {
    database_.commit([&](Transaction& storage) {
      Group roomy = *storage.find_group("g");
      roomy.state = GroupState::kHasRoom;
      roomy.full_since.reset();
      roomy.cooldown_until.reset();
      roomy.next_check_at.reset();
      roomy.seen_room_at = clock_.now() - kHourMs;
      storage.save_group(roomy);
    });
    fills();
    go_on(later ? kHourMs : 2 * kHourMs);
    EXPECT_EQ(listings(), later ? 2 : 1);
    clock_.advance(kDayMs - 2 * kHourMs);
  }
}

TEST_F(EarlyNoteTest, ASweepThatFindsAFullGroupIsItsFirstFullEvent) {
  Look look;
  look.sent_at = kNow;
  look.info = chat_.groups["g"];
  database_.commit(
      [&](Transaction& storage) { storage.save_group(find_full(std::nullopt, look, kNow, settings_.timing)->group); });
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U);
}

}  // namespace
}  // namespace headroom
