#include <gmock/gmock.h>

#include <functional>
#include <set>
#include <utility>

#include "engine/runs/approval.h"
#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/pruning_world.h"

// A calendar that is closed, or closes in the middle of a run: nobody goes, and nothing else changes. It is Monday,
// 14:13:20 UTC, when these tests begin, and hours are 09:00 to 18:00 from Monday to Friday.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using Accounts = std::vector<std::string>;

constexpr TimeMs kMidnight = kNow / kDayMs * kDayMs;
constexpr TimeMs kClosing = kMidnight + 18 * kHourMs;
constexpr TimeMs kOpening = kMidnight + kDayMs + 9 * kHourMs;

std::vector<WeekSpan> office_hours() {
  std::vector<WeekSpan> spans;
  for (int day = 0; day < 5; ++day) {
    const int midnight = day * kDayMinutes;
    spans.push_back({midnight + 9 * 60, midnight + 18 * 60});
  }
  return spans;
}

class ClosedHoursTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  ClosedHoursTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.delete_batch = 2;
    settings_.policy.target_headroom = Share::count(4);
    settings_.calendar.hours = office_hours();
    take_over();
    start();
    database_.commit([&](Transaction& storage) { storage.save_group(full_group()); });
  }
  // As another process would.
  void start() {
    work_ = std::make_unique<WorkQueue>(10);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, view(), clock_, cell_, gate_, pause_, *work_, [] { return 0.5; }, observer_, self_pause_);
    scheduler_->adopt_running_runs();
  }
  // The scheduler's step, and a worker for all that it hands out.
  void step() {
    scheduler_->step();
    while (work_->in_hand() > 0) {
      const Work work = *work_->pop();
      if (work.kind == Work::Kind::kPrune) runner_.prune_group(work.group_id);
      if (work.kind == Work::Kind::kExecute) runner_.execute_plan(work.run_id);
      if (work.kind == Work::Kind::kResolve) runner_.resolve(work.run_id, work.doubted_at);
      work_->finish(work.group_id);
    }
  }
  // Until nothing more is due now.
  void steps() {
    for (int i = 0; i < 5; ++i) step();
  }
  Group group() { return *view().find_group("g"); }
  Run last_run() { return *view().find_run(*group().last_run_id); }
  RemovalUsage usage() { return view().removal_usage(clock_.now() - kDayMs, std::nullopt); }
  std::set<std::string> deleted() {
    std::set<std::string> all;
    for (const auto& call : chat_.deletes) all.insert(call.begin(), call.end());
    return all;
  }
  void expect_parked(TimeMs until) {
    EXPECT_EQ(last_run().state, RunState::kRunning);
    EXPECT_EQ(last_run().reason, "closed");
    EXPECT_FALSE(last_run().finished_at);
    EXPECT_EQ(group().state, GroupState::kPruning);
    EXPECT_EQ(group().next_check_at, until);
    EXPECT_EQ(group().failures, 0);
    EXPECT_EQ(usage().reserved, 0) << "it holds nothing of the limits";
    EXPECT_EQ(work_->in_hand(), 0U) << "nor a worker";
  }

  std::unique_ptr<WorkQueue> work_;
  std::unique_ptr<Scheduler> scheduler_;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

TEST_F(ClosedHoursTest, WhileItIsOpenNothingIsDifferent) {
  step();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, APlanIsMadeAndWaitsForTheOpening) {
  clock_.set(kClosing);
  step();
  expect_parked(kOpening);
  EXPECT_EQ(view().plan(last_run().id).size(), 4U);
  const auto id = last_run().id;
  clock_.set(kOpening - 1);
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, TheHourEndsBetweenTwoBatches) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  expect_parked(kOpening);
  EXPECT_EQ(last_run().removed, 2) << "what became of the batch before is looked up and kept";
  const auto id = last_run().id;
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(last_run().removed, 4);
  ASSERT_EQ(chat_.deletes.size(), 2U);
  EXPECT_EQ(deleted().size(), 4U) << "nobody twice";
}

TEST_F(ClosedHoursTest, WhoSpokeInTheNightStays) {
  chat_.after_delete = [this] {
    if (chat_.deletes.size() == 1) clock_.set(kClosing);
  };
  step();
  clock_.set(kOpening);
  for (Member& member : chat_.members["g"]) member.last_sent_time_s = kOpening / 1000 - 60;
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  EXPECT_EQ(last_run().removed, 2);
}

// Each wait of a batch lies once over the closing minute.
TEST_F(ClosedHoursTest, TheHourEndsInTheWaitForTheTurn) {
  clock_.set(kClosing - kSecondMs);
  int looks = 0;
  chat_.before_turn = [&] {
    clock_.set(kClosing);
    looks = chat_.all_calls();
  };
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(chat_.all_calls(), looks) << "nobody is looked at in vain";
  expect_parked(kOpening);
}

TEST_F(ClosedHoursTest, TheHourEndsInTheLastLooks) {
  clock_.set(kClosing - kSecondMs);
  chat_.before_presence = [this] {
    if (chat_.calls("await_delete_turn") > 0) clock_.set(kClosing);
  };
  chat_.before_delete = [] { ADD_FAILURE() << "no intent is written"; };
  step();
  EXPECT_GT(chat_.calls("query_online_status"), 0);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening);
  EXPECT_EQ(usage().sent, 0);
}

TEST_F(ClosedHoursTest, TheHourEndsBetweenTheIntentAndTheCall) {
  clock_.set(kClosing - kSecondMs);
  chat_.before_delete = [this] {
    EXPECT_EQ(usage().sent, 2) << "the intent is written";
    clock_.set(kClosing);
  };
  step();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening);
  EXPECT_EQ(usage().sent, 0) << "and withdrawn";
}

TEST_F(ClosedHoursTest, TheHourEndsWhileAThrottledCallIsRepeated) {
  clock_.set(kClosing - kSecondMs);
  chat_.delete_refusals.assign(1, {ChatOutcome::kThrottled, 60009});
  chat_.before_delete = [this] {
    if (chat_.deletes.empty()) clock_.set(kClosing - 10);  // the back-off is longer
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U) << "which was refused";
  expect_parked(kOpening);
}

TEST_F(ClosedHoursTest, AFreezeIsClosedAllDay) {
  settings_.calendar.hours = {};
  settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs, "today"}};
  take_over();
  step();
  expect_parked(kMidnight + kDayMs);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kMidnight + kDayMs);
  step();
  EXPECT_EQ(deleted().size(), 4U);
}

// Its plan would be too old at the opening: it is only a plan, and the group goes on being looked at.
TEST_F(ClosedHoursTest, ALongFreezeLeavesAPlanAndNoRun) {
  settings_.calendar.hours = {};
  settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs + 9, "ten days"}};
  take_over();
  steps();
  EXPECT_EQ(last_run().state, RunState::kPlanned);
  EXPECT_EQ(last_run().reason, "closed");
  EXPECT_EQ(last_run().selected, 4);
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().next_check_at, kMidnight + 10 * kDayMs);
  EXPECT_EQ(chat_.calls("get_group_member_info"), 1) << "not again and again";
  const auto id = last_run().id;
  clock_.set(kMidnight + 10 * kDayMs);
  step();
  EXPECT_GT(last_run().id, id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

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

TEST_F(ClosedHoursTest, AReloadThatOpensIsHeardAtOnce) {
  clock_.set(kClosing);
  steps();
  expect_parked(kOpening);
  settings_.calendar = {};
  take_over();
  steps();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(clock_.now(), kClosing);
}

TEST_F(ClosedHoursTest, AReloadThatClosesForLongerIsTheNewOpening) {
  clock_.set(kClosing);
  steps();
  settings_.calendar.freezes = {{kNow / kDayMs + 1, kNow / kDayMs + 1, "tomorrow"}};
  take_over();
  steps();
  expect_parked(kOpening + kDayMs);
  clock_.set(kOpening);
  steps();
  EXPECT_THAT(chat_.deletes, IsEmpty());
  expect_parked(kOpening + kDayMs);
}

TEST_F(ClosedHoursTest, AReloadInTheMiddleOfARunCloses) {
  chat_.after_delete = [this] {
    settings_.calendar.freezes = {{kNow / kDayMs, kNow / kDayMs, "from now on"}};
    take_over();
  };
  step();
  EXPECT_EQ(chat_.deletes.size(), 1U);
  expect_parked(kOpening);
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
  Run run;
  run.group_id = "g";
  run.trigger = RunTrigger::kOperator;
  run.mode = RunMode::kPrune;
  run.forced = true;
  database_.commit([&](Transaction& storage) {
    run.id = storage.insert_run(run);
    storage.save_group(begin_run(group(), run.id));
  });
  runner_.carry_out(run.id);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(deleted().size(), 4U);
}

TEST_F(ClosedHoursTest, AnOperatorsRunThatTheClosingMeetsWaits) {
  Run run;
  run.group_id = "g";
  run.trigger = RunTrigger::kOperator;
  run.mode = RunMode::kPrune;
  run.created_at = kNow;
  database_.commit([&](Transaction& storage) {
    run.id = storage.insert_run(run);
    storage.save_group(begin_run(group(), run.id));
  });
  clock_.set(kClosing);  // a worker has it only now
  runner_.carry_out(run.id);
  expect_parked(kOpening);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  clock_.set(kOpening);
  step();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
}

}  // namespace
}  // namespace headroom
