#include "tests/engine/second_look_fixture.h"

// What waits for a person, and what the scope keeps out.
namespace headroom {
namespace {

using support::kNow;
using test::SecondLookTest;

TEST_F(SecondLookTest, AFirstListingAboveTheShareWaitsForAPerson) {
  settings_.policy.first_share = Share::percent(50);
  take_over();
  prune();
  clock_.sleep(kDayMs);
  prune();
  Run run = last_run();
  ASSERT_EQ(run.state, RunState::kAwaitingApproval);
  EXPECT_EQ(run.waits_for, WaitsFor::kFirstShare);
  approve_it(run);
  EXPECT_EQ(view().find_run(run.id)->waits_for, WaitsFor::kNobody);
  runner_.execute_plan(run.id);
  EXPECT_EQ(view().find_run(run.id)->removed, 2);
  EXPECT_TRUE(group().share_settled);
}

TEST_F(SecondLookTest, APlanOfModePlanCountsWhenItIsADayOld) {
  settings_.policy.first_share = Share::percent(50);
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  prune();
  clock_.sleep(kDayMs);
  prune();
  ASSERT_EQ(last_run().state, RunState::kPlanned);
  ASSERT_EQ(group().first_planned_at, clock_.now());
  EXPECT_FALSE(is_share_settled(group(), clock_.now() + kDayMs - 1));
  clock_.sleep(kDayMs);
  settings_.mode = SchedulerMode::kPrune;
  take_over();
  prune();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

// Its listing selects nobody, so that nobody is asked about it: the next one is compared with the one before.
TEST_F(SecondLookTest, AJumpIsNotForgottenWhileASecondLookIsWaitedFor) {
  settings_.policy.first_share = Share::percent(100);
  take_over();
  const auto active = [this](bool yes) {
    for (Member& member : chat_.members["g"]) {
      member.last_sent_time_s = yes ? clock_.now() / 1000 - 60 : kNow / 1000 - 300 * 24 * 3600;
    }
  };
  active(true);
  prune();
  ASSERT_EQ(last_run().reason, Reason::kNobodyRemovable);
  ASSERT_GT(last_run().considered, 0);
  clock_.sleep(kDayMs);
  active(false);
  prune();
  ASSERT_EQ(last_run().reason, Reason::kSecondLook);
  clock_.sleep(kDayMs);
  prune();
  EXPECT_EQ(last_run().state, RunState::kAwaitingApproval);
  EXPECT_EQ(last_run().waits_for, WaitsFor::kJump);
  EXPECT_TRUE(chat_.deletes.empty());
}

TEST_F(SecondLookTest, AGroupOutsideTheScopeGetsNoRun) {
  settings_.policy.scope.except_groups = *Globs::parse("g*");
  take_over();
  prune();
  EXPECT_EQ(group().state, GroupState::kBlocked);
  EXPECT_EQ(group().reason, BlockReason::kOutOfScope);
  EXPECT_FALSE(group().last_run_id);
}

TEST_F(SecondLookTest, AScopeThatShrankHoldsForAPlanThatWasMadeBefore) {
  const Run run = plan_of_two_looks();
  ASSERT_EQ(run.state, RunState::kAwaitingApproval);
  approve_it(run);
  settings_.policy.scope.types = *GroupTypes::parse("Private");
  take_over();
  runner_.execute_plan(run.id);
  EXPECT_EQ(view().find_run(run.id)->state, RunState::kNothingToDo);
  EXPECT_EQ(view().find_run(run.id)->reason, Reason::kOutOfScope);
  EXPECT_EQ(view().find_run(run.id)->removed, 0);
  EXPECT_EQ(group().reason, BlockReason::kOutOfScope);
}

}  // namespace
}  // namespace headroom
