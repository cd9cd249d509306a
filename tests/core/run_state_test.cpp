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

// What a run that sets a limit came to.
TEST(RunState, OfARaise) {
  struct Row {
    const char* what;
    RunMode mode;
    bool sent;
    std::optional<std::int64_t> limit;  // by the look behind it
    Reason reason;
    RunState state;
    const char* word;
  };
  constexpr auto kRaise = RunMode::kRaise;  // from 200 to 240
  constexpr auto kBack = RunMode::kRestore;
  for (const Row& row : std::initializer_list<Row>{
           {"done", kRaise, true, 240, {}, RunState::kSucceeded, ""},
           {"cut", kRaise, true, 220, {}, RunState::kSucceeded, ""},
           {"more than was asked for", kRaise, true, 500, {}, RunState::kSucceeded, ""},
           {"OK, and nothing set", kRaise, true, 200, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"lowered at once", kRaise, true, 150, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"refused", kRaise, false, 200, Reason::of_chat(10038), RunState::kFailed, "chat_error_10038"},
           {"refused, and raised by somebody else", kRaise, false, 300, Reason::of_chat(10007), RunState::kFailed,
            "chat_error_10007"},
           {"no answer, and nothing set", kRaise, true, 200, Reason::of_chat(0), RunState::kFailed, "chat_unreachable"},
           {"room again", kRaise, false, 200, Reason::kHasRoom, RunState::kNothingToDo, "has_room"},
           {"the rules do not allow it any more", kRaise, false, 200, Reason::kNotRaised, RunState::kNothingToDo,
            "not_raised"},
           {"paused", kRaise, false, 200, Reason::kPaused, RunState::kNothingToDo, "paused"},
           {"paused, and a lost call was done", kRaise, true, 240, Reason::kPaused, RunState::kSucceeded, ""},
           {"interrupted before it was sent", kRaise, false, std::nullopt, Reason::kInterrupted, RunState::kNothingToDo,
            "interrupted"},
           {"interrupted, and nothing came of it", kRaise, true, 200, Reason::kInterrupted, RunState::kNothingToDo,
            "interrupted"},
           {"interrupted, and done", kRaise, true, 240, Reason::kInterrupted, RunState::kSucceeded, "interrupted"},
           {"nobody will ever know", kRaise, true, std::nullopt, Reason::kInterrupted, RunState::kFailed,
            "interrupted"},
           {"gone", kRaise, true, std::nullopt, Reason::kGone, RunState::kNothingToDo, "gone"},
           {"set back", kBack, true, 200, {}, RunState::kSucceeded, ""},
           {"set back, and not quite", kBack, true, 240, Reason::kNotRaised, RunState::kFailed, "not_raised"},
           {"back already", kBack, false, 200, {}, RunState::kNothingToDo, "not_raised"},
       }) {
    headroom::Run run;
    run.mode = row.mode;
    run.raise.emplace();
    run.raise->from = row.mode == kBack ? 240 : 200;
    run.raise->to = row.mode == kBack ? 200 : 240;
    if (row.sent) run.raise->sent_at = kNow;
    close_raise(run, row.reason, row.limit, kNow);
    EXPECT_EQ(run.state, row.state) << row.what;
    EXPECT_EQ(run.reason, row.word) << row.what;
    EXPECT_EQ(run.finished_at, kNow) << row.what;
  }
}

TEST(RunState, ARaiseKeepsItsModeAndActsByTheWordOfWhoBeganIt) {
  headroom::Run run;
  run.mode = RunMode::kRaise;
  run.raise = Raise{200, 240, RunMode::kPlan, std::nullopt};
  plan_made(run);
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kIsAll);
  run.raise->as = RunMode::kApprove;
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kWaits);
  await_approval(run, WaitsFor::kNobody);
  EXPECT_EQ(run.waits_for, WaitsFor::kMode);
  plan_made(run);
  run.raise->as = RunMode::kPrune;
  EXPECT_EQ(after_plan(run, WaitsFor::kNobody), AfterPlan::kBegins);
  run.raise->as = RunMode::kPlan;
  begin_approved(run, kNow);
  EXPECT_EQ(run.mode, RunMode::kRaise);
  EXPECT_EQ(acts_as(run), RunMode::kApprove);
}

TEST(RunState, AnotherLimitIsAnotherAnswer) {
  headroom::Run last;
  last.mode = RunMode::kRaise;
  last.raise = Raise{200, 240, RunMode::kPlan, std::nullopt};
  plan_made(last);
  headroom::Run run = last;
  EXPECT_TRUE(says_the_same(last, run));
  run.raise->to = 250;
  EXPECT_FALSE(says_the_same(last, run));
}

TEST(RunState, AnUnheardCallIsWaitedForNoLongerThanItMayLast) {
  constexpr DurationMs kLast = 7000;
  EXPECT_EQ(may_yet_be_done_for(std::nullopt, kNow, kLast), 0);
  EXPECT_EQ(may_yet_be_done_for(kNow, kNow, kLast), 7000);
  EXPECT_EQ(may_yet_be_done_for(kNow - 6999, kNow, kLast), 1);
  EXPECT_EQ(may_yet_be_done_for(kNow - 7000, kNow, kLast), 0);
  EXPECT_EQ(may_yet_be_done_for(kNow + 6999, kNow, kLast), 7000) << "the clock went back meanwhile";
  EXPECT_EQ(may_yet_be_done_for(kNow + kDayMs, kNow, kLast), 0) << "it went back by far: nothing can be said";
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

TEST(RunState, TheSameAnswerUnderTheSamePolicy) {
  headroom::Run last;
  plan_made(last);
  headroom::Run run = last;
  run.id = 8;
  EXPECT_TRUE(says_the_same(last, run));
  run.policy.protect_online = !run.policy.protect_online;
  EXPECT_FALSE(says_the_same(last, run));
  run = last;
  run.reason = Reason::kDailyLimit;
  EXPECT_FALSE(says_the_same(last, run));
  run = last;
  run.mode = RunMode::kPrune;
  EXPECT_FALSE(says_the_same(last, run));
}

TEST(RunState, AConfirmedRunHasTheLimitsOfToday) {
  headroom::Run last;
  last.id = 7;
  last.policy.max_removals_per_day = 100;
  headroom::Run run;
  run.policy.max_removals_per_day = 10;
  confirm(last, run, kNow);
  EXPECT_EQ(last.id, 7);
  EXPECT_EQ(last.policy.max_removals_per_day, 10);
  EXPECT_EQ(last.confirmed_at, kNow);
}

TEST(RunState, ARunThatListedNobodyGetsTheListingOfItsConfirmation) {
  headroom::Run last;
  headroom::Run run;
  run.members_before = 200;
  run.max_members = 200;
  run.wanted = 20;
  run.considered = 200;
  run.eligible = 150;
  run.limited_by = LimitedBy::kDay;
  run.kept = {{Why::kOwner, 1}, {Why::kActive, 49}};
  run.kept_stored = false;
  run.evidence = ListingEvidence{42, 7, false, true, "Public", {}};
  confirm(last, run, kNow);
  EXPECT_EQ(last.considered, 200);
  EXPECT_EQ(last.eligible, 150);
  EXPECT_EQ(last.kept, run.kept);
  EXPECT_FALSE(last.kept_stored);
  EXPECT_EQ(last.evidence, run.evidence);
  EXPECT_EQ(last.members_before, 200);
  EXPECT_EQ(last.wanted, 20);
  EXPECT_EQ(last.limited_by, LimitedBy::kDay);
}

// What its rows were judged by.
TEST(RunState, AConfirmedRunKeepsTheListingThatItHas) {
  headroom::Run last;
  last.considered = 200;
  last.eligible = 150;
  headroom::Run run;
  run.considered = 201;
  run.eligible = 10;
  run.evidence.emplace();
  confirm(last, run, kNow);
  EXPECT_EQ(last.considered, 200);
  EXPECT_EQ(last.eligible, 150);
  EXPECT_EQ(last.evidence, std::nullopt);
  confirm(last, headroom::Run{}, kNow);
  EXPECT_EQ(last.considered, 200);
}

}  // namespace
}  // namespace headroom
