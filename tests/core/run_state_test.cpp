#include "headroom/run_state.h"

#include <gtest/gtest.h>

#include "tests/support/reason_words.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'000'000;

std::vector<RunMember> plan_of(const std::vector<Outcome>& outcomes, int code = 0) {
  std::vector<RunMember> plan;
  for (const Outcome outcome : outcomes) {
    RunMember& member = plan.emplace_back();
    member.outcome = outcome;
    if (outcome == Outcome::kError || outcome == Outcome::kFailed) member.error_code = code;
  }
  return plan;
}

// Each fact alone, and whom it hinders.
TEST(RunState, MayBegin) {
  struct Row {
    const char* what;
    StartFacts facts;
    Hindrance scheduled, ordered, approved, restored;
  };
  using enum Hindrance;
  StartFacts free, unknown, observes, operators, own, exempt, closed, cooling, overtaken, other;
  unknown.group_known = false;
  observes.mode = SchedulerMode::kObserve;
  operators.operator_pause = true;
  own.own_pause = true;
  exempt.group_exempt = true;
  closed.closed = true;
  cooling.cools_down = true;
  overtaken.overtaken = true;
  other.other_open = 7;
  for (const Row& row : std::initializer_list<Row>{
           {"nothing", free, kNone, kNone, kNone, kNone},
           {"unknown", unknown, kGroupUnknown, kGroupUnknown, kGroupUnknown, kNone},
           {"observe", observes, kNone, kObserves, kObserves, kObserves},
           {"an operator's pause", operators, kNone, kPaused, kPaused, kNone},
           {"an own pause", own, kNone, kPausedItself, kPausedItself, kPausedItself},
           {"exempt", exempt, kNone, kGroupExempt, kGroupExempt, kNone},
           {"a closed calendar", closed, kNone, kClosed, kNone, kNone},
           {"a cool-down", cooling, kCoolsDown, kNone, kNone, kNone},
           {"a run that came and went", overtaken, kOvertaken, kOvertaken, kOvertaken, kOvertaken},
           {"another run", other, kOtherRun, kOtherRun, kOtherRun, kOtherRun},
       }) {
    EXPECT_EQ(may_begin(Start::kScheduled, row.facts), row.scheduled) << row.what;
    EXPECT_EQ(may_begin(Start::kOrdered, row.facts), row.ordered) << row.what;
    EXPECT_EQ(may_begin(Start::kApproved, row.facts), row.approved) << row.what;
    EXPECT_EQ(may_begin(Start::kRestored, row.facts), row.restored) << row.what;
  }
}

TEST(RunState, WhatAPlanDoes) {
  struct Row {
    RunMode mode;
    RunState state;
    WaitsFor asks;
    AfterPlan next;
    WaitsFor waits_for;
  };
  for (const Row& row : std::initializer_list<Row>{
           {RunMode::kPlan, RunState::kPlanned, WaitsFor::kNobody, AfterPlan::kIsAll, WaitsFor::kNobody},
           {RunMode::kPlan, RunState::kPlanned, WaitsFor::kJump, AfterPlan::kIsAll, WaitsFor::kNobody},
           {RunMode::kApprove, RunState::kPlanned, WaitsFor::kNobody, AfterPlan::kWaits, WaitsFor::kMode},
           {RunMode::kApprove, RunState::kPlanned, WaitsFor::kJump, AfterPlan::kWaits, WaitsFor::kMode},
           {RunMode::kPrune, RunState::kPlanned, WaitsFor::kNobody, AfterPlan::kBegins, WaitsFor::kNobody},
           {RunMode::kPrune, RunState::kPlanned, WaitsFor::kJump, AfterPlan::kWaits, WaitsFor::kJump},
           {RunMode::kPrune, RunState::kPlanned, WaitsFor::kFirstShare, AfterPlan::kWaits, WaitsFor::kFirstShare},
           {RunMode::kPrune, RunState::kFailed, WaitsFor::kNobody, AfterPlan::kIsAll, WaitsFor::kNobody},
           {RunMode::kApprove, RunState::kNothingToDo, WaitsFor::kNobody, AfterPlan::kIsAll, WaitsFor::kNobody},
       }) {
    headroom::Run run;
    run.mode = row.mode;
    run.state = row.state;
    EXPECT_EQ(after_plan(run, row.asks), row.next) << static_cast<int>(row.mode) << static_cast<int>(row.asks);
    if (row.next == AfterPlan::kWaits) await_approval(run, row.asks);
    EXPECT_EQ(run.waits_for, row.waits_for) << static_cast<int>(row.mode) << static_cast<int>(row.asks);
  }
}

TEST(RunState, Stops) {
  headroom::Run run;
  stop_run(run, Reason::kDailyLimit);
  EXPECT_EQ(run.state, RunState::kNothingToDo);
  stop_run(run, Reason::kFieldMissing);
  EXPECT_EQ(run.state, RunState::kFailed);
  EXPECT_EQ(run.reason, "field_missing");
  fail_run(run, Reason::kGone);
  EXPECT_EQ(run.state, RunState::kFailed);
}

TEST(RunState, AnApprovalBeginsAnewWhatWasOver) {
  headroom::Run run;
  plan_made(run);
  EXPECT_EQ(run.state, RunState::kPlanned);
  run.finished_at = kNow;
  run.reason = Reason::kClosed;
  run.forced = true;
  run.waits_for = WaitsFor::kJump;
  begin_approved(run, kNow + 1);
  EXPECT_EQ(run.waits_for, WaitsFor::kNobody);
  EXPECT_TRUE(run.reason.empty());
  EXPECT_FALSE(run.forced);
  EXPECT_EQ(run.state, RunState::kRunning);
  EXPECT_EQ(run.mode, RunMode::kApprove);
  EXPECT_EQ(run.started_at, kNow + 1);
  EXPECT_EQ(run.finished_at, std::nullopt);
}

TEST(RunState, ARunWaitsForTheCalendarAndGoesOn) {
  headroom::Run run;
  begin(run, kNow);
  EXPECT_FALSE(is_parked(run));
  park(run);
  EXPECT_TRUE(is_parked(run));
  EXPECT_EQ(run.state, RunState::kRunning);
  EXPECT_EQ(run.reason, Reason::kClosed);
  EXPECT_FALSE(run.finished_at);
  unpark(run);
  EXPECT_FALSE(is_parked(run));
  EXPECT_TRUE(run.reason.empty());
  run.reason = Reason::kClosed;
  for (const RunState state : {RunState::kPlanned, RunState::kPartial, RunState::kNothingToDo}) {
    run.state = state;
    EXPECT_FALSE(is_parked(run)) << "it does not run";
  }
}

TEST(RunState, WaitingEnds) {
  headroom::Run run;
  run.mode = RunMode::kPrune;
  await_approval(run, WaitsFor::kFirstShare);
  EXPECT_EQ(run.waits_for, WaitsFor::kFirstShare);
  EXPECT_TRUE(is_open(run.state));
  headroom::Run rejected = run;
  end_unapproved(rejected, RunState::kRejected, kNow);
  EXPECT_EQ(rejected.state, RunState::kRejected);
  EXPECT_EQ(rejected.finished_at, kNow);
  EXPECT_EQ(rejected.waits_for, WaitsFor::kNobody);
  end_with_group(run, kNow);
  EXPECT_EQ(run.state, RunState::kNothingToDo);
  EXPECT_EQ(run.reason, "gone");
  EXPECT_EQ(run.finished_at, kNow);
  EXPECT_EQ(run.waits_for, WaitsFor::kNobody);
}

TEST(RunState, HowARunEnded) {
  struct Row {
    const char* what;
    std::vector<RunMember> plan;
    Reason reason;
    bool room;
    RunState state;
    const char* word;
  };
  using enum Outcome;
  for (const Row& row : std::initializer_list<Row>{
           {"all are gone", plan_of({kRemoved, kLeft, kBecameProtected}), {}, false, RunState::kSucceeded, ""},
           {"enough are gone", plan_of({kRemoved, Outcome::kNone}), {}, true, RunState::kSucceeded, ""},
           {"some are gone", plan_of({kRemoved, kStillMember}), {}, false, RunState::kPartial, ""},
           {"some, then a pause", plan_of({kRemoved, Outcome::kNone}), Reason::kPaused, false, RunState::kPartial,
            "paused"},
           {"all, then a pause", plan_of({kRemoved}), Reason::kPaused, false, RunState::kSucceeded, ""},
           {"all, then an error", plan_of({kRemoved}), Reason::kClockSkew, false, RunState::kSucceeded, "clock_skew"},
           {"none is left to go",
            plan_of({kLeft, kBecameProtected}),
            {},
            false,
            RunState::kNothingToDo,
            "nobody_removable"},
           {"room came by itself", plan_of({Outcome::kNone}), {}, true, RunState::kNothingToDo, "has_room"},
           {"Chat refused", plan_of({kError, kLeft}, 10004), {}, false, RunState::kFailed, "chat_error_10004"},
           {"a reason says more than a refusal", plan_of({kError}, 10004), Reason::kNoPermission, false,
            RunState::kFailed, "no_permission"},
           {"the group is gone", plan_of({kLeft}), Reason::kGone, false, RunState::kNothingToDo, "gone"},
           {"nobody knows", plan_of({kUnknown}), Reason::kInterrupted, false, RunState::kFailed, "interrupted"},
       }) {
    headroom::Run run;
    close_run(run, row.plan, row.reason, row.room, kNow);
    EXPECT_EQ(run.state, row.state) << row.what;
    EXPECT_EQ(run.reason, row.word) << row.what;
    EXPECT_EQ(run.finished_at, kNow) << row.what;
  }
}

TEST(RunState, HowARestoreEnded) {
  struct Row {
    const char* what;
    std::vector<RunMember> plan;
    Reason reason;
    RunState state;
    const char* word;
  };
  using enum Outcome;
  for (const Row& row : std::initializer_list<Row>{
           {"all are back", plan_of({kRestored, kAlreadyMember}), {}, RunState::kSucceeded, ""},
           {"invited", plan_of({kPending}), {}, RunState::kSucceeded, ""},
           {"no room for one", plan_of({kRestored, kNoRoom}), {}, RunState::kPartial, ""},
           {"one failed", plan_of({kRestored, kFailed}, 10019), {}, RunState::kPartial, "chat_error_10019"},
           {"one is in doubt", plan_of({kRestored, kUnknown}), {}, RunState::kPartial, ""},
           {"all failed", plan_of({kFailed}, 10016), {}, RunState::kFailed, "chat_error_10016"},
           {"all are there", plan_of({kAlreadyMember}), {}, RunState::kNothingToDo, ""},
           {"the group is gone", plan_of({kFailed}, 10010), Reason::kGone, RunState::kNothingToDo, "gone"},
       }) {
    headroom::Run run;
    close_restore(run, row.plan, row.reason, kNow);
    EXPECT_EQ(run.state, row.state) << row.what;
    EXPECT_EQ(run.reason, row.word) << row.what;
    EXPECT_EQ(run.finished_at, kNow) << row.what;
  }
}

TEST(RunState, RoomIsWhatWasWanted) {
  headroom::Run run;
  run.wanted = 10;
  EXPECT_FALSE(has_wanted_room(run, std::nullopt));
  Look look;
  EXPECT_FALSE(has_wanted_room(run, look)) << "Chat did not say";
  look.info.member_num = 191;
  look.info.max_member_num = 200;
  EXPECT_FALSE(has_wanted_room(run, look));
  look.info.member_num = 190;
  EXPECT_TRUE(has_wanted_room(run, look));
  look.gone = true;
  EXPECT_FALSE(has_wanted_room(run, look));
}

}  // namespace
}  // namespace headroom
