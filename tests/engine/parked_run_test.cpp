#include <functional>
#include <utility>

#include "engine/runs/approval.h"
#include "tests/engine/closed_hours_fixture.h"

// A run that waits for the calendar: how it goes on, and what ends it before it can.
namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Friday evening to Monday morning is longer than scheduler.approval_ttl.
TEST_F(ClosedHoursTest, ARunWhosePlanGrewTooOldEndsAndAnotherIsMade) {
  const TimeMs friday_closing = kMidnight + 4 * kDayMs + 18 * kHourMs;
  const TimeMs monday_opening = kMidnight + 7 * kDayMs + 9 * kHourMs;
  database_.commit([&](Transaction& storage) {
    Group due = full_group();
    due.id = group().id;
    due.next_check_at = friday_closing - kMinuteMs;
    storage.save_group(due);
  });
  clock_.set(friday_closing - kMinuteMs);
  chat_.after_delete = [&] {
    if (chat_.deletes.size() == 1) clock_.set(friday_closing);
  };
  step();
  expect_parked(monday_opening);
  const Run old = last_run();
  clock_.set(monday_opening);
  scheduler_->step();
  runner_.execute_plan(old.id);
  const Run ended = *view().find_run(old.id);
  EXPECT_EQ(ended.state, RunState::kPartial);
  EXPECT_EQ(ended.reason, "closed");
  EXPECT_EQ(ended.removed, 2);
  EXPECT_EQ(chat_.deletes.size(), 1U) << "not one more by a plan of Friday's";
}

TEST_F(ClosedHoursTest, APlanThatSentNobodyAndGrewTooOldIsNothingToDo) {
  settings_.approval_ttl = 20 * kHourMs;
  take_over();
  clock_.set(kClosing);
  step();
  expect_parked(kOpening);
  const auto id = last_run().id;
  clock_.set(kClosing + 20 * kHourMs);
  step();
  EXPECT_EQ(view().find_run(id)->state, RunState::kNothingToDo);
  EXPECT_EQ(view().find_run(id)->reason, "closed");
  EXPECT_EQ(group().failures, 0);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  step();
  EXPECT_GT(last_run().id, id) << "the group was due at once";
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

TEST_F(ClosedHoursTest, ARestartLeavesWhoSentNobodyWaiting) {
  clock_.set(kClosing);
  step();
  const auto id = last_run().id;
  start();
  steps();
  expect_parked(kOpening);
  EXPECT_EQ(last_run().id, id);
  clock_.set(kOpening);
  start();
  steps();
  EXPECT_EQ(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

TEST_F(ClosedHoursTest, ARestartClosesWhoSentSomebodyByLooking) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  step();
  const auto id = last_run().id;
  start();
  step();
  const Run run = *view().find_run(id);
  EXPECT_EQ(run.state, RunState::kPartial);
  EXPECT_EQ(run.reason, "interrupted");
  EXPECT_EQ(chat_.deletes.size(), 1U);
  EXPECT_NE(group().state, GroupState::kPruning);
}

// The answer to a delete was lost, they are all there still, and the hour ends: Chat may carry it out in the night.
TEST_F(ClosedHoursTest, WhoWasSentBeforeTheClosingAndIsGoneInTheMorningWasRemoved) {
  chat_.delete_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 10002});
  chat_.before_delete = [this] {
    if (chat_.deletes.empty()) clock_.set(kClosing - 10);
  };
  step();
  ASSERT_EQ(chat_.deletes.size(), 1U);
  expect_parked(kOpening);
  const Accounts sent = chat_.deletes.front();
  std::erase_if(chat_.members["g"], [&](const Member& member) { return member.account == sent.front(); });
  --*chat_.groups["g"].member_num;
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  for (const RunMember& member : view().plan(last_run().id)) {
    EXPECT_TRUE(member.account != sent.front() || member.outcome == Outcome::kRemoved);
  }
}

TEST_F(ClosedHoursTest, AnApprovalWhileItIsClosedWaits) {
  settings_.mode = SchedulerMode::kApprove;
  take_over();
  clock_.set(kClosing);
  step();
  Run waiting = last_run();
  ASSERT_EQ(waiting.state, RunState::kAwaitingApproval) << "plans are made";
  Result<Run> approved;
  database_.commit(
      [&](Transaction& storage) { approved = approve(storage, waiting, *cell_.get(), false, clock_.now()); });
  ASSERT_TRUE(std::holds_alternative<Run>(approved));
  EXPECT_EQ(std::get<Run>(approved).reason, "closed") << "it says at once that it waits";
  expect_parked(kOpening);
  runner_.execute_plan(waiting.id);  // the worker that an approval is given to
  expect_parked(kOpening);
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().id, waiting.id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

// Others have used the day's limit up to three since it was planned.
TEST_F(ClosedHoursTest, ItGoesOnWithWhatTheLimitsLeave) {
  clock_.set(kClosing);
  step();
  settings_.policy.max_removals_per_day = 3;
  take_over();
  clock_.set(kOpening);
  step();
  EXPECT_EQ(deleted().size(), 3U);
  EXPECT_EQ(last_run().selected, 3);
  EXPECT_EQ(last_run().limited_by, LimitedBy::kDay);
  EXPECT_EQ(last_run().kept.at(Why::kOverLimit) >= 1, true);
}

TEST_F(ClosedHoursTest, WhatItSentBeforeTheClosingCountsOnce) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  settings_.policy.max_removals_per_day = 3;
  take_over();
  step();
  expect_parked(kOpening);
  EXPECT_EQ(usage().sent, 2);
  clock_.set(kOpening);
  step();
  EXPECT_EQ(deleted().size(), 3U);
}

TEST_F(ClosedHoursTest, WithNothingLeftOfTheDayItEndsWithThat) {
  clock_.set(kClosing);
  step();
  const auto id = last_run().id;
  Run other;
  other.group_id = "other";
  other.state = RunState::kSucceeded;
  other.mode = RunMode::kPrune;
  settings_.policy.max_removals_per_day = 1;
  take_over();
  database_.commit([&](Transaction& storage) {
    other.id = storage.insert_run(other);
    std::vector<RunMember> members(1);
    members[0].account = "x";
    storage.insert_run_members(other.id, members);
    storage.mark_sent(other.id, {"x"}, kOpening - kHourMs);
  });
  clock_.set(kOpening);
  step();
  EXPECT_EQ(view().find_run(id)->state, RunState::kNothingToDo);
  EXPECT_EQ(view().find_run(id)->reason, "daily_limit");
  EXPECT_EQ(group().reason, BlockReason::kDailyLimit);
  EXPECT_EQ(group().next_check_at, kOpening - kHourMs + kLimitDayMs) << "when that removal leaves the window";
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ClosedHoursTest, WhatEndsARunEndsItOutsideOfTheHoursToo) {
  clock_.set(kClosing - kSecondMs);
  chat_.before_turn = [this] {
    clock_.set(kClosing);
    Exemption exemption;
    exemption.kind = ExemptionKind::kGroup;
    exemption.subject = "g";
    exemption.created_at = clock_.now();
    database_.commit([&](Transaction& storage) { storage.put_exemption(exemption); });
  };
  step();
  EXPECT_EQ(last_run().reason, "exempt");
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
}

TEST_F(ClosedHoursTest, AGroupThatWasMadeExemptMeanwhileLosesNobody) {
  clock_.set(kClosing);
  step();
  Exemption exemption;
  exemption.kind = ExemptionKind::kGroup;
  exemption.subject = "g";
  exemption.created_at = clock_.now();
  database_.commit([&](Transaction& storage) { storage.put_exemption(exemption); });
  clock_.set(kOpening);
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(last_run().reason, "exempt");
}

TEST_F(ClosedHoursTest, APauseAtTheOpeningHoldsIt) {
  clock_.set(kClosing);
  step();
  PauseSwitch::State state;
  state.operator_reason = "an operator's";
  pause_.show(state);
  clock_.set(kOpening);
  steps();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(last_run().reason, "closed");
  pause_.show({});
  steps();
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, ACallThatFailsAtTheOpeningIsAFailureLikeAnyOther) {
  clock_.set(kClosing);
  step();
  clock_.set(kOpening);
  chat_.look_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 0});
  step();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, "chat_unreachable");
}

// By a clock that is set to the evening while it is afternoon.
TEST_F(ClosedHoursTest, AClockThatWasWronglyInTheEveningLeavesNothingBehind) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.step(6 * kHourMs);
  };
  step();
  expect_parked(kOpening);
  chat_.offset = -6 * kHourMs;
  step();
  clock_.step(-6 * kHourMs);
  chat_.offset = 0;
  for (int i = 0; i < 10; ++i) {
    step();
    clock_.advance(kMinuteMs);
  }
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << "it does not wait for tomorrow";
  EXPECT_LT(clock_.now(), kClosing);
}

// The clock says that it is open, Chat's says that it is night.
TEST_F(ClosedHoursTest, AClockThatIsWronglyInTheAfternoonRemovesNobody) {
  chat_.offset = 8 * kHourMs;
  steps();
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

// By a clock that is a year ahead every plan is too old.
TEST_F(ClosedHoursTest, APlanThatIsTooOldByAWrongClockEndsForTheClock) {
  clock_.set(kClosing);
  step();
  const auto id = last_run().id;
  clock_.step(364 * kDayMs + 16 * kHourMs);
  chat_.offset = -364 * kDayMs - 16 * kHourMs;
  runner_.execute_plan(id);
  EXPECT_EQ(view().find_run(id)->reason, "clock_skew");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ClosedHoursTest, WhatAnOperatorForcesDoesNotWait) {
  clock_.set(kClosing);
  carry_out_order(true);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, AnOperatorsRunThatTheClosingMeetsWaits) {
  clock_.set(kClosing);  // a worker has it only now
  carry_out_order(false);
  expect_parked(kOpening);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

}  // namespace
}  // namespace headroom
