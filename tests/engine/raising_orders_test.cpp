#include "tests/engine/raising_fixture.h"

// The day's limit of raises, plans and approvals of them, and operators' orders.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RaisingTest, ADayHasSoManyRaises) {
  settings_.capacity.max_raises_per_day = 1;
  take_over();
  look();
  ASSERT_EQ(last_run().state, RunState::kSucceeded);
  chat_.groups["g"].member_num = 50;
  clock_.advance(2 * kHourMs);
  look();
  EXPECT_EQ(last_run().mode, RunMode::kRaise);
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_EQ(last_run().reason, Reason::kDailyLimit);
  EXPECT_EQ(last_run().limited_by, LimitedBy::kDay);
  EXPECT_EQ(group().state, GroupState::kBlocked);
  EXPECT_EQ(group().reason, BlockReason::kDailyLimit);
  EXPECT_THAT(chat_.deletes, IsEmpty()) << "nobody is removed for it";
  EXPECT_NEAR(static_cast<double>(*group().next_check_at), static_cast<double>(kNow + kDayMs), 10'000);
  next_look();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50, 60)) << "one has left the window";
}

TEST_F(RaisingTest, ARaiseThatIsMeantIsReserved) {
  settings_.capacity.max_raises_per_day = 1;
  take_over();
  Run other;
  other.group_id = "other";
  other.mode = RunMode::kRaise;
  other.state = RunState::kRunning;
  other.raise = Raise{10, 20, RunMode::kPrune, std::nullopt};
  database_.commit([&](Transaction& storage) { storage.insert_run(other); });
  look();
  EXPECT_EQ(last_run().reason, Reason::kDailyLimit);
  EXPECT_LE(*group().next_check_at, kNow + kMinuteMs) << "it may be free any moment";
}

TEST_F(RaisingTest, InModePlanNothingIsSentAndTheSameLookConfirms) {
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  look();
  EXPECT_EQ(last_run().mode, RunMode::kRaise);
  EXPECT_EQ(last_run().state, RunState::kPlanned);
  EXPECT_EQ(group().state, GroupState::kFull);
  const std::int64_t id = last_run().id;
  next_look();
  EXPECT_EQ(last_run().id, id);
  EXPECT_TRUE(last_run().confirmed_at);
  settings_.capacity.step = Share::percent(60);
  take_over();
  next_look();
  EXPECT_NE(last_run().id, id) << "to another limit";
  EXPECT_EQ(last_run().raise->to, 70);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_EQ(view().raise_usage(0).sent + view().raise_usage(0).reserved, 0);
}

TEST_F(RaisingTest, AnApprovedPlanIsCarriedOutExactly) {
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  look();
  settings_.capacity.step = Share::percent(60);
  take_over();
  ASSERT_TRUE(std::holds_alternative<Run>(approve_last()));
  EXPECT_EQ(last_run().mode, RunMode::kRaise);
  EXPECT_EQ(last_run().state, RunState::kRunning);
  EXPECT_EQ(view().raise_usage(0).reserved, 1);
  EXPECT_FALSE(group().share_settled) << "nobody has approved a removal";
  runner_.execute_plan(last_run().id);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

TEST_F(RaisingTest, AnApprovalFindsTheDayUsedUp) {
  settings_.mode = SchedulerMode::kApprove;
  settings_.capacity.max_raises_per_day = 1;
  take_over();
  look();
  Run other;
  other.group_id = "other";
  other.mode = RunMode::kRaise;
  other.state = RunState::kSucceeded;
  other.raise = Raise{10, 20, RunMode::kPrune, kNow};
  database_.commit([&](Transaction& storage) { storage.insert_run(other); });
  const auto denied = approve_last();
  ASSERT_TRUE(std::holds_alternative<Denied>(denied));
  EXPECT_THAT(std::get<Denied>(denied).detail, testing::HasSubstr("daily limit"));
}

// By an operator's word.
class OrderedRaise : public RaisingTest {
 protected:
  Run order(RunMode mode) {
    Run run;
    run.group_id = "g";
    run.trigger = RunTrigger::kOperator;
    run.mode = mode;
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.save_group(begin_run(*storage.find_group("g"), run.id));
    });
    runner_.carry_out(run.id);
    return *view().find_run(run.id);
  }
};

TEST_F(OrderedRaise, PrunePrunesAndRaiseRaises) {
  EXPECT_EQ(order(RunMode::kPrune).removed, 2);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  chat_.groups["g"].member_num = 40;
  const Run run = order(RunMode::kRaise);
  EXPECT_EQ(run.mode, RunMode::kRaise);
  EXPECT_EQ(run.state, RunState::kSucceeded);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
}

TEST_F(OrderedRaise, WorksInEveryModeButNeverBeyondTheRules) {
  settings_.mode = SchedulerMode::kPlan;
  settings_.capacity.mode = CapacityMode::kSuggest;
  take_over();
  database_.commit([](Transaction& storage) { storage.learn_ceiling({false, "g", 40}, kNow); });
  EXPECT_EQ(order(RunMode::kRaise).state, RunState::kSucceeded) << "whoever orders it knows that the plan was upgraded";
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt) << "Chat has shown that it was wrong";
  chat_.groups["g"].member_num = 50;
  settings_.capacity.ceilings = *Ceilings::parse("Public:51");
  take_over();
  const Run at_ceiling = order(RunMode::kRaise);
  EXPECT_EQ(at_ceiling.state, RunState::kNothingToDo);
  EXPECT_EQ(at_ceiling.reason, Reason::kNotRaised);
  settings_.capacity.ceilings = *Ceilings::parse("Public:100");
  settings_.capacity.only_from = *DefaultLimits::parse("40");
  take_over();
  chat_.groups["g"].max_member_num = 49;
  chat_.groups["g"].member_num = 49;
  EXPECT_EQ(order(RunMode::kRaise).reason, Reason::kNotRaised) << "a limit that was set on purpose";
  chat_.groups["g"].member_num = 40;
  EXPECT_EQ(order(RunMode::kRaise).reason, Reason::kHasRoom);
  EXPECT_EQ(chat_.limits_set.size(), 1U);
}

TEST_F(OrderedRaise, ARefusalOfItPrunesNobodyBeforeTheCooldownIsOver) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, 10038});
  EXPECT_EQ(order(RunMode::kRaise).state, RunState::kFailed);
  EXPECT_GT(*group().next_check_at, clock_.now());
}

TEST_F(OrderedRaise, OneThatWasBeingPlannedWhenItCrashedChangedNothing) {
  Run run;
  run.group_id = "g";
  run.trigger = RunTrigger::kOperator;
  run.mode = RunMode::kRaise;
  database_.commit([&](Transaction& storage) {
    run.id = storage.insert_run(run);
    storage.save_group(begin_run(*storage.find_group("g"), run.id));
  });
  runner_.resolve(run.id);
  EXPECT_EQ(view().find_run(run.id)->state, RunState::kNothingToDo);
  EXPECT_EQ(view().find_run(run.id)->reason, Reason::kInterrupted);
}

}  // namespace
}  // namespace headroom
