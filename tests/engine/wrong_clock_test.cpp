#include <gmock/gmock.h>

#include "tests/engine/wrong_clock_fixture.h"

// A wall clock that is wrong for a while: nothing is lost by it, and once it is right again nothing is left of it.
namespace headroom {
namespace {

using support::kNow;
using test::WrongClockTest;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(WrongClockTest, FarBehindAtTheStartLosesNothingThatWasAcknowledged) {
  wrong_by(-200 * kDayMs);
  restart();
  receive(60, clock_.now(), true_now());
  run_for(kMinuteMs);
  wrong_by(0);
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 60U);
}

// And behind Chat's clock for good, by less than anybody minds: the newest events are of a time that is yet to come.
TEST_F(WrongClockTest, WhatCameWhileItWasFarBehindStaysWhenItIsOnlySetRoughly) {
  settings_.timing.stale_after = 0;
  chat_.put_group("g", "Public", 100, 200);
  wrong_by(-200 * kDayMs);
  restart();
  receive(60, clock_.now(), true_now());
  wrong_by(-90 * kSecondMs);
  restart();
  full_event("g");  // Chat is asked, and agrees
  run_for(80 * kSecondMs);
  EXPECT_EQ(events(), 60U);
}

TEST_F(WrongClockTest, FarAheadForSecondsForgetsNoEvent) {
  receive(150, kNow, kNow);
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  wrong_by(100 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(50 * kMinuteMs);
  EXPECT_EQ(events(), 157U) << "nor what is old: nobody knows yet which time is right";
  run_for(2 * kHourMs);
  EXPECT_EQ(events(), 150U) << "and then retention goes on";
}

TEST_F(WrongClockTest, AClockThatNobodyHasCheckedForgetsNothing) {
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  chat_.look_refusals.assign(10000, {ChatOutcome::kOutcomeUnknown, 0});
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 7U);
  chat_.look_refusals.clear();
  run_for(kHourMs);
  EXPECT_EQ(events(), 0U) << "a quiet daemon asks Chat for its time";
}

TEST_F(WrongClockTest, ModeObserveAsksNobodyAndForgetsByAClockThatWasNotSet) {
  settings_.mode = SchedulerMode::kObserve;
  restart();
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  run_for(kMinuteMs);
  EXPECT_EQ(events(), 0U);
  receive(7, kNow, kNow);
  wrong_by(100 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 7U);
  EXPECT_EQ(chat_.all_calls(), 0);
}

TEST_F(WrongClockTest, AheadForSecondsEndsNoExemption) {
  exempt("g", ExemptionKind::kGroup, kNow + kDayMs);
  for (const char* account : {"a", "b", "c"}) exempt(account, ExemptionKind::kMember, kNow + kDayMs);
  run_for(10 * kMinuteMs);
  wrong_by(2 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(kMinuteMs);
  restart();
  EXPECT_EQ(view_->exempt_members({"a", "b", "c"}, clock_.now()).size(), 3U);
  EXPECT_TRUE(view_->find_exemption(ExemptionKind::kGroup, "g", clock_.now()));
  EXPECT_THAT(view_->exemptions({}, clock_.now()).items, SizeIs(4));
}

TEST_F(WrongClockTest, AnExemptionThatIsOverMakesItsGroupDueAndItsRowStaysForThirtyDays) {
  chat_.put_group("g", "Public", 200, 200);
  full_event("g");
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->observed_at = kNow;
    group->full_since = kNow - kHourMs;
    storage.save_group(after_exempted(*group, kNow + 2 * kHourMs));
  });
  exempt("g", ExemptionKind::kGroup, kNow + 2 * kHourMs);
  settings_.mode = SchedulerMode::kObserve;  // where no look would notice
  restart();
  run_for(2 * kHourMs - kMinuteMs);
  EXPECT_EQ(state("g"), GroupState::kBlocked);
  run_for(2 * kMinuteMs);
  EXPECT_EQ(state("g"), GroupState::kFull);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1));
  clock_.advance(29 * kDayMs);
  run_for(2 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1));
  clock_.advance(kDayMs);
  run_for(2 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1)) << "nobody has checked the clock";
  settings_.mode = SchedulerMode::kPlan;  // where Chat does
  restart();
  run_for(5 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), IsEmpty());
}

TEST_F(WrongClockTest, AheadForSecondsExpiresNoPlan) {
  headroom::Run plan;
  plan.group_id = "g";
  plan.mode = RunMode::kApprove;
  plan.state = RunState::kAwaitingApproval;
  plan.created_at = kNow;
  database_.commit([&](Transaction& storage) { storage.insert_run(plan); });
  run_for(kMinuteMs);
  wrong_by(2 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(kHourMs + kMinuteMs);
  EXPECT_THAT(finished_, IsEmpty());
  EXPECT_THAT(view_->waiting_runs(10), SizeIs(1));
  clock_.advance(23 * kHourMs);
  run_for(10 * kMinuteMs);
  ASSERT_THAT(finished_, SizeIs(1));
  EXPECT_EQ(finished_[0].state, RunState::kExpired);
}

}  // namespace
}  // namespace headroom
