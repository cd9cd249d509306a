#include "tests/engine/second_look_fixture.h"

// What a plan has to remember.
namespace headroom {
namespace {

using support::kNow;
using test::SecondLookTest;

TEST_F(SecondLookTest, AFirstPlanWaitsAndTheNextOneTakesWhoWasSeenTwice) {
  prune();
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_EQ(last_run().reason, Reason::kSecondLook);
  EXPECT_EQ(last_run().kept.at(Why::kSecondLook), kMembers);
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().next_check_at, kNow + kDayMs);
  EXPECT_EQ(view().first_looks("g", {"m0", "m13", "m14"}).size(), 2U)
      << "three for each of the two seats, in order of accounts";

  clock_.sleep(kDayMs);
  for (Member& member : chat_.members["g"]) {
    if (member.account == "m0") member.msg_seq = 11;  // reads, far behind
  }
  prune();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(last_run().removed, 2);
  const auto plan = view().plan(last_run().id);
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].account, "m1");
  EXPECT_EQ(plan[0].evidence.first_seen_at, kNow);
  EXPECT_GE(plan[0].evidence.seen_again_at.value_or(0), kNow + kDayMs);
  EXPECT_EQ(plan[0].evidence.unread, 990);
  ASSERT_TRUE(last_run().evidence);
  EXPECT_EQ(last_run().evidence->next_msg_seq, 1001);
  EXPECT_EQ(last_run().evidence->histogram.at(Role::kMember).at(180), kMembers);
  EXPECT_TRUE(view().first_looks("g", {"m0"}).at("m0").moved_at);
}

TEST_F(SecondLookTest, WhoWasSeenToReadIsRememberedByLaterPlans) {
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  prune();
  clock_.sleep(kDayMs);
  for (Member& member : chat_.members["g"]) {
    if (member.account == "m0") member.msg_seq = 11;
  }
  prune();
  const TimeMs seen = view().first_looks("g", {"m0"}).at("m0").moved_at.value_or(0);
  ASSERT_GE(seen, kNow + kDayMs);
  for (int day = 0; day < 2; ++day) {
    clock_.sleep(kDayMs);
    prune();
  }
  EXPECT_EQ(view().first_looks("g", {"m0"}).at("m0").moved_at, seen);
  EXPECT_EQ(last_run().kept.at(Why::kReader), 1);
}

// What a clock that is a day behind calls seen now was seen a day ago when it is right again.
TEST_F(SecondLookTest, AClockThatIsSetWhileTheMembersAreListedHasSeenNobody) {
  for (const bool online : {false, true}) {
    settings_.policy.protect_online = online;
    take_over();
    (online ? chat_.before_presence : chat_.before_list) = [this] { wrong_by(-kDayMs); };
    prune();
    EXPECT_EQ(last_run().reason, Reason::kClockSkew) << online;
    EXPECT_TRUE(view().first_looks("g", {"m0", "m1", "m2"}).empty()) << online;
    chat_.before_list = chat_.before_presence = {};
    wrong_by(0);
  }
  prune();
  EXPECT_EQ(last_run().reason, Reason::kSecondLook);
  EXPECT_TRUE(chat_.deletes.empty());
}

// Since then they are protected, for a time that a clock of half a year ago would call over.
TEST_F(SecondLookTest, WhoIsSeenBackBeforeTheClockIsSetWasSeenByTheRightTime) {
  prune();
  clock_.sleep(kDayMs);
  prune();
  ASSERT_EQ(last_run().removed, 2);
  Member back = idle_member(0);
  back.join_time_s = clock_.now() / 1000;
  back.msg_seq = 10;
  chat_.members["g"].push_back(back);
  chat_.put_group("g", "Public", kMembers - 1, kMembers - 1);
  chat_.groups["g"].next_msg_seq = 1001;
  settings_.policy.protect_online = true;
  take_over();
  clock_.sleep(kDayMs);
  chat_.before_presence = [this] { wrong_by(-200 * kDayMs); };
  prune();
  ASSERT_GT(chat_.offset, 0);
  wrong_by(0);
  EXPECT_EQ(view().removals("g", {"m0"}).at("m0").rejoined_at, clock_.now());
}

TEST_F(SecondLookTest, WhoReadsBetweenThePlanAndTheBatchStays) {
  const Run run = plan_of_two_looks();
  ASSERT_EQ(run.state, RunState::kAwaitingApproval);
  for (Member& member : chat_.members["g"]) {
    if (member.account == "m0") member.msg_seq = 11;
  }
  approve_it(run);
  runner_.execute_plan(run.id);
  for (const RunMember& member : view().plan(run.id)) {
    EXPECT_EQ(member.outcome, member.account == "m0" ? Outcome::kBecameProtected : Outcome::kRemoved);
  }
}

TEST_F(SecondLookTest, AWordThatIsTakenBackStopsThePlanThatWentByIt) {
  const auto set_silent = [this](bool silent) {
    database_.commit([&](Transaction& storage) {
      Group group = *storage.find_group("g");
      group.silent = silent;
      storage.save_group(group);
    });
  };
  set_silent(true);
  const Run run = plan_of_two_looks();
  ASSERT_EQ(run.state, RunState::kAwaitingApproval);
  set_silent(false);
  approve_it(run);
  runner_.execute_plan(run.id);
  EXPECT_TRUE(chat_.deletes.empty());
  EXPECT_EQ(view().find_run(run.id)->reason, Reason::kModeChanged);
}

TEST_F(SecondLookTest, ASilentGroupIsJudgedByReadingThoughNobodyEverSpoke) {
  for (Member& member : chat_.members["g"]) member.last_sent_time_s = 0;
  prune();
  EXPECT_EQ(last_run().reason, Reason::kNoActivityData);
  database_.commit([](Transaction& storage) {
    Group silent = *storage.find_group("g");
    silent.silent = true;
    storage.save_group(silent);
  });
  clock_.sleep(kDayMs);
  prune();
  EXPECT_EQ(last_run().reason, Reason::kSecondLook);
  clock_.sleep(kDayMs);
  chat_.presence["m0"] = Presence::kOnline;
  prune();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(view().plan(last_run().id)[0].account, "m1");
}

// As many of the longest silent are online as a plan remembers: others go all the same.
TEST_F(SecondLookTest, InAChatRoomThoseWhoAreOnlineDoNotKeepTheOthersFromBeingSeenTwice) {
  settings_.policy.protect_online = false;
  take_over();
  chat_.put_group("g", "ChatRoom", kMembers, kMembers);
  chat_.groups["g"].next_msg_seq = 1001;
  for (const char* account : {"m0", "m1", "m10", "m11", "m12", "m13"}) chat_.presence[account] = Presence::kOnline;
  prune();
  EXPECT_EQ(last_run().reason, Reason::kSecondLook);
  clock_.sleep(kDayMs);
  prune();
  EXPECT_EQ(last_run().removed, 2);
  EXPECT_EQ(view().plan(last_run().id).at(0).account, "m14");
}

TEST_F(SecondLookTest, AGroupThatIsFullAgainSoonCoolsDownForTwiceAsLong) {
  settings_.policy.second_look = 0;
  settings_.timing.cooldown = kHourMs;
  settings_.timing.cooldown_max = 3 * kHourMs;
  settings_.policy.max_removals_per_group_day = 0;
  settings_.policy.max_removed_share = Share::percent(100);
  take_over();
  for (const DurationMs cooldown : {kHourMs, 2 * kHourMs, 3 * kHourMs, 3 * kHourMs}) {
    prune();
    ASSERT_EQ(last_run().state, RunState::kSucceeded);
    EXPECT_EQ(*group().cooldown_until - *group().made_room_at, cooldown);
    clock_.sleep(cooldown);
    chat_.put_group("g", "Public", kMembers, kMembers);
    chat_.groups["g"].next_msg_seq = 1001;
    for (std::int64_t i = 0; static_cast<std::int64_t>(chat_.members["g"].size()) < kMembers; ++i) {
      Member again = idle_member(1000 + static_cast<std::int64_t>(chat_.members["g"].size()) + i * 100);
      again.account += "-" + std::to_string(clock_.now());
      again.msg_seq = 10;
      chat_.presence[again.account] = Presence::kOffline;
      chat_.members["g"].push_back(again);
    }
    Group full = group();
    full.full_since = clock_.now() - 1;
    full.state = GroupState::kFull;
    full.next_check_at = clock_.now();
    database_.commit([&](Transaction& storage) { storage.save_group(full); });
  }
}

}  // namespace
}  // namespace headroom
