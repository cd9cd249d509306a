#include "engine/runs/parking.h"
#include "tests/engine/raising_fixture.h"

// A calendar that is closed, or closes while a raise is on its way: no limit is set, and it goes on at the opening.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::IsEmpty;

const TimeMs kOpening = (kNow / kDayMs + 1) * kDayMs;

class ClosedRaises : public RaisingTest {
 protected:
  void freeze_today() {
    settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs, "today"}};
    take_over();
  }
  void expect_parked() {
    EXPECT_THAT(chat_.limits_set, IsEmpty());
    EXPECT_EQ(last_run().mode, RunMode::kRaise);
    EXPECT_TRUE(is_parked(last_run())) << last_run().reason;
    EXPECT_EQ(last_run().raise->sent_at, std::nullopt);
    EXPECT_EQ(group().state, GroupState::kPruning);
    EXPECT_EQ(group().next_check_at, kOpening);
    EXPECT_EQ(view().raise_usage(0).reserved, 0) << "it holds nothing of the limits";
    EXPECT_FALSE(has_sent(view(), last_run()));
  }
  void open() {
    clock_.set(kOpening);
    runner_.execute_plan(last_run().id);
  }
  void expect_raised_at_the_opening() {
    const auto id = last_run().id;
    open();
    EXPECT_EQ(last_run().id, id);
    EXPECT_EQ(last_run().state, RunState::kSucceeded);
    EXPECT_TRUE(last_run().reason.empty()) << last_run().reason;
    EXPECT_EQ(limit(), 50);
  }
};

TEST_F(ClosedRaises, OneThatIsPlannedWaitsForTheOpening) {
  freeze_today();
  look();
  expect_parked();
  runner_.execute_plan(last_run().id);
  expect_parked();
  expect_raised_at_the_opening();
}

// The day's raises are used up, and nothing is to be raised any more: nobody waits for them.
TEST_F(ClosedRaises, OneThatTheRulesDoNotAllowAnyMoreGivesWayToAPruningRun) {
  freeze_today();
  look();
  expect_parked();
  use_up_a_raise();
  settings_.capacity.max_raises_per_day = 1;
  settings_.capacity.mode = CapacityMode::kOff;
  take_over();
  open();
  EXPECT_EQ(last_run().reason, Reason::kNotRaised);
  expect_pruned_next();
}

TEST_F(ClosedRaises, OneThatIsApprovedWaitsForTheOpening) {
  settings_.mode = SchedulerMode::kApprove;
  freeze_today();
  look();
  EXPECT_EQ(last_run().state, RunState::kAwaitingApproval);
  const auto approved = approve_last();
  ASSERT_TRUE(std::holds_alternative<Run>(approved));
  EXPECT_TRUE(is_parked(std::get<Run>(approved))) << "he is told";
  expect_parked();
  expect_raised_at_the_opening();
}

TEST_F(ClosedRaises, ClosingBehindThePlanHoldsIt) {
  after_plan = [this] { freeze_today(); };
  look();
  after_plan = {};
  expect_parked();
  expect_raised_at_the_opening();
}

// Whoever ordered it was told so before the call went out.
TEST_F(ClosedRaises, ClosingBehindTheLastLookHoldsIt) {
  int looks = 0;
  chat_.before_look = [&] {
    if (++looks == 2) freeze_today();
  };
  look();
  chat_.before_look = {};
  expect_parked();
  expect_raised_at_the_opening();
}

// It is known by a look what became of it, and nothing more is sent.
TEST_F(ClosedRaises, OneWhoseAnswerWasLostIsNotParked) {
  const auto id = begin_raise(kNow);
  freeze_today();
  chat_.groups["g"].max_member_num = 50;
  runner_.resolve(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

TEST_F(ClosedRaises, ADayThatIsUsedUpAtTheOpeningEndsIt) {
  settings_.capacity.max_raises_per_day = 1;
  freeze_today();
  look();
  expect_parked();
  database_.commit([](Transaction& storage) {
    Run other;
    other.group_id = "other";
    other.mode = RunMode::kRaise;
    other.state = RunState::kSucceeded;
    other.created_at = other.finished_at.emplace(kOpening - kHourMs);
    other.raise = Raise{40, 50, RunMode::kPrune, kOpening - kHourMs};
    storage.insert_run(other);
  });
  open();
  EXPECT_EQ(last_run().reason, "daily_limit");
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_EQ(group().state, GroupState::kBlocked) << "and nobody is removed for it";
  EXPECT_GE(group().next_check_at, kOpening + 23 * kHourMs) << "when the day leaves a raise again";
}

TEST_F(ClosedRaises, OneWhosePlanGrewTooOldEnds) {
  freeze_today();
  look();
  expect_parked();
  settings_.approval_ttl = kMinuteMs;
  take_over();
  open();
  EXPECT_EQ(last_run().reason, "closed");
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_EQ(group().state, GroupState::kFull);
}

TEST_F(ClosedRaises, AnOperatorsForceEndsOneThatWaits) {
  freeze_today();
  look();
  expect_parked();
  Run waiting = last_run();
  database_.commit([&](Transaction& storage) { EXPECT_TRUE(give_way(storage, waiting, clock_.now())); });
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_EQ(last_run().reason, "closed");
}

TEST_F(ClosedRaises, OneInDoubtIsLookedUpBeforeAnother) {
  freeze_today();
  const auto id = begin_raise(kNow);
  Run doubtful = *view().find_run(id);
  doubtful.reason = Reason::kClosed;
  EXPECT_TRUE(has_sent(view(), doubtful));
  database_.commit([&](Transaction& storage) { EXPECT_FALSE(give_way(storage, doubtful, clock_.now())); });
}

}  // namespace
}  // namespace headroom
