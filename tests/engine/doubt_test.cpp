#include <gmock/gmock.h>

#include "engine/runs/allowance.h"
#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/pruning_world.h"

// Runs whose fate nobody could look up: what they hold, and how they end. And what a reservation does to others.
namespace headroom {
namespace {

using support::kNow;

class DoubtTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  DoubtTest() : PruningWorld(SchedulerMode::kPrune) {
    chat_.members.clear();
    run_.group_id = "g";
    run_.mode = RunMode::kPrune;
    run_.wanted = 3;
    run_.selected = 3;
    run_.members_before = 40;
    run_.max_members = 40;
    run_.started_at = kNow;
    database_.commit([&](Transaction& storage) {
      run_.id = storage.insert_run(run_);
      std::vector<RunMember> members(3);
      for (std::size_t i = 0; i < 3; ++i) members[i].account = "m" + std::to_string(i);
      storage.insert_run_members(run_.id, members);
      storage.mark_sent(run_.id, {"m0"}, kNow);
      storage.save_group(begin_run(full_group(), run_.id));
    });
  }
  Run stored() { return *database_.view().find_run(run_.id); }
  RemovalUsage usage() { return database_.view().removal_usage(kNow - kDayMs, std::nullopt); }
  // Tries to close it, as a worker would, that much later.
  Runner::Progress resolve_after(DurationMs wait) {
    const SteadyMs doubted_at = clock_.steady_now();
    clock_.advance(wait);
    return runner_.resolve(run_.id, doubted_at);
  }
  void refuse(ChatOutcome outcome, int code) { chat_.look_refusals.assign(1000, {outcome, code}); }

  WorkQueue work_{10};
  Run run_;
  Runner runner_{chat_, database_, database_.view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
  Scheduler scheduler_{chat_,  database_, database_.view(),   clock_,    cell_,      gate_,
                       pause_, work_,     [] { return 0.5; }, observer_, self_pause_};
};

TEST_F(DoubtTest, GivesBackAtOnceWhatItHasNotSent) {
  EXPECT_EQ(usage().reserved, 2);
  scheduler_.resolve_later(run_, 1);
  EXPECT_EQ(usage().reserved, 0);
  EXPECT_EQ(usage().sent, 1);
}

TEST_F(DoubtTest, SoDoesOneThatACrashLeftOpen) {
  scheduler_.take_over();
  EXPECT_EQ(usage().reserved, 0);
}

// The worker that had looked at it could not read what had become of it, so that nobody has it in hand.
TEST_F(DoubtTest, OneThatNobodyHasInHandIsLookedAtAndSendsNothing) {
  for (const bool in_doubt : {true, false}) {
    Run run = run_;
    run.group_id = in_doubt ? "h" : "i";
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      std::vector<RunMember> members(1);
      members[0].account = "m0";
      storage.insert_run_members(run.id, members);
      if (in_doubt) storage.add_doubt(run.id, 0, 0);
    });
  }
  scheduler_.adopt_runs();
  scheduler_.step();
  int resolved = 0;
  for (; work_.ready(); ++resolved) EXPECT_EQ(work_.pop()->kind, Work::Kind::kResolve);
  EXPECT_EQ(resolved, 3) << "and the one that has sent";
  EXPECT_EQ(usage().reserved, 0);
}

TEST_F(DoubtTest, TenVainLooksOverAnHourEndIt) {
  refuse(ChatOutcome::kOutcomeUnknown, 10002);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(resolve_after(10 * kMinuteMs), Runner::Progress::kInDoubt);
  EXPECT_EQ(stored().state, RunState::kRunning);
  EXPECT_EQ(resolve_after(10 * kMinuteMs), Runner::Progress::kDone);
  EXPECT_EQ(stored().state, RunState::kFailed);
  EXPECT_EQ(stored().reason, "interrupted");
  const auto plan = database_.view().plan(run_.id);
  EXPECT_EQ(plan[0].outcome, Outcome::kUnknown);
  EXPECT_EQ(plan[1].outcome, Outcome::kNone) << "it was never sent";
  EXPECT_EQ(usage().sent, 1) << "what is unknown may have been a removal";
  const Group group = *database_.view().find_group("g");
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.next_check_at, clock_.now());
}

TEST_F(DoubtTest, TenLooksInLessThanAnHourDoNot) {
  refuse(ChatOutcome::kOutcomeUnknown, 10002);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(resolve_after(kMinuteMs), Runner::Progress::kInDoubt);
  EXPECT_EQ(stored().state, RunState::kRunning);
}

TEST_F(DoubtTest, AWallClockThatIsSetAheadIsNoHour) {
  refuse(ChatOutcome::kOutcomeUnknown, 10002);
  clock_.step(100 * kDayMs);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(resolve_after(kSecondMs), Runner::Progress::kInDoubt);
}

// The cause is the app's: with the key mended everything can be looked up.
TEST_F(DoubtTest, ARejectedKeyEndsNoRun) {
  refuse(ChatOutcome::kCredentialsRejected, 70009);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(resolve_after(kHourMs), Runner::Progress::kInDoubt);
  EXPECT_EQ(stored().state, RunState::kRunning);
}

TEST_F(DoubtTest, ALookThatTheDaemonsStopEndsIsNone) {
  refuse(ChatOutcome::kOutcomeUnknown, 0);
  gate_.stop();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(resolve_after(kHourMs), Runner::Progress::kInDoubt);
  EXPECT_EQ(stored().state, RunState::kRunning);
}

TEST_F(DoubtTest, AnAnswerEndsIt) {
  refuse(ChatOutcome::kOutcomeUnknown, 10002);
  for (int i = 0; i < 5; ++i) resolve_after(10 * kMinuteMs);
  chat_.look_refusals.clear();
  EXPECT_EQ(resolve_after(kMinuteMs), Runner::Progress::kDone);
  EXPECT_EQ(stored().removed, 1) << "m0 is no member";
}

TEST_F(DoubtTest, InAGroupThatIsGoneNobodyKnowsWhatBecameOfThem) {
  chat_.groups.erase("g");
  EXPECT_EQ(resolve_after(kMinuteMs), Runner::Progress::kDone);
  EXPECT_EQ(stored().state, RunState::kNothingToDo);
  EXPECT_EQ(stored().reason, "gone");
  EXPECT_EQ(database_.view().plan(run_.id)[0].outcome, Outcome::kUnknown);
  EXPECT_EQ(view().removals("g", {"m0"}).size(), 1U) << "and who comes back, if Chat was wrong, is known";
}

// Killed while a delete call was on its way: Chat may carry it out after the next start has looked.
// Each is stored before the run is closed.
TEST_F(DoubtTest, WhomALookGaveUpIsLookedAtAgainByTheNextOneWhenTheRunDidNotEndWithIt) {
  database_.commit([&](Transaction& storage) { storage.finish_member(run_.id, "m0", Outcome::kUnknown, 0); });
  EXPECT_EQ(resolve_after(kMinuteMs), Runner::Progress::kDone);
  EXPECT_EQ(database_.view().plan(run_.id)[0].outcome, Outcome::kRemoved) << "m0 is no member";
  EXPECT_EQ(stored().removed, 1);
  EXPECT_EQ(stored().state, RunState::kPartial);
}

TEST_F(DoubtTest, WhoIsStillThereAMomentAfterTheCallIsLookedAtAgain) {
  Member still = idle_member(0);
  chat_.members["g"].push_back(still);
  EXPECT_EQ(resolve_after(0), Runner::Progress::kInDoubt);
  EXPECT_EQ(stored().state, RunState::kRunning);
  EXPECT_FALSE(stored().doubt_looks.value_or(0) > 0) << "Chat has answered";
  chat_.members["g"].clear();
  EXPECT_EQ(resolve_after(kSecondMs), Runner::Progress::kDone);
  EXPECT_EQ(stored().removed, 1);
  EXPECT_EQ(view().removals("g", {"m0"}).size(), 1U);
}

TEST_F(DoubtTest, WhoIsStillThereWhenNoCallCanBeOnItsWayStays) {
  chat_.members["g"].push_back(idle_member(0));
  EXPECT_EQ(resolve_after(settings_.call_may_last), Runner::Progress::kDone);
  EXPECT_EQ(stored().removed, 0);
  EXPECT_EQ(stored().reason, Reason::kInterrupted);
}

// Its first question went out while the call could be carried out.
TEST_F(DoubtTest, ALookThatTakesLongIsAsOldAsItsSending) {
  chat_.members["g"].push_back(idle_member(0));
  chat_.role_refusals = {{ChatOutcome::kOutcomeUnknown, 60008}};
  EXPECT_EQ(resolve_after(settings_.call_may_last - 1), Runner::Progress::kInDoubt);
  EXPECT_GE(clock_.now(), kNow + settings_.call_may_last);
  EXPECT_EQ(resolve_after(settings_.call_may_last), Runner::Progress::kDone);
}

// A clock that was set says nothing about how long ago the call was.
TEST_F(DoubtTest, AClockThatIsSetEndsNoWaitForALateCall) {
  chat_.members["g"].push_back(idle_member(0));
  for (const DurationMs step : {-kDayMs, 2 * kDayMs, -kDayMs - kMinuteMs}) {
    clock_.step(step);
    EXPECT_EQ(resolve_after(0), Runner::Progress::kInDoubt);
    EXPECT_EQ(resolve_after(settings_.call_may_last - 1), Runner::Progress::kInDoubt);
  }
  EXPECT_EQ(resolve_after(settings_.call_may_last), Runner::Progress::kDone);
}

TEST_F(DoubtTest, TheNextLookIsMadeWhenNothingCanComeOfItsCallsAnyMore) {
  settings_.timing.retry_base = settings_.timing.retry_max = 100;
  take_over();
  scheduler_.resolve_later(run_, 1);
  clock_.advance(settings_.call_may_last - 1);
  scheduler_.step();
  EXPECT_FALSE(work_.busy("g"));
  clock_.advance(1);
  scheduler_.step();
  EXPECT_TRUE(work_.busy("g"));
}

// It goes on as long as there is hope; then it, too, gives its group back.
TEST_F(DoubtTest, ARestoreInAGroupThatNobodyCanLookAtEndsToo) {
  Run restore;
  restore.group_id = "h";
  restore.mode = RunMode::kRestore;
  restore.state = RunState::kRunning;
  restore.source_run_id = run_.id;
  database_.commit([&](Transaction& storage) {
    Group group;
    group.group_id = "h";
    group.state = GroupState::kHasRoom;
    restore.id = storage.insert_run(restore);
    std::vector<RunMember> members(2);
    members[0].account = "sent";
    members[1].account = "waiting";
    storage.insert_run_members(restore.id, members);
    storage.mark_sent(restore.id, {"sent"}, kNow);
    storage.save_group(begin_run(group, restore.id));
  });
  refuse(ChatOutcome::kOutcomeUnknown, 10002);
  const auto resolve = [&] {
    const SteadyMs doubted_at = clock_.steady_now();
    clock_.advance(10 * kMinuteMs);
    return runner_.resolve(restore.id, doubted_at);
  };
  for (int i = 0; i < 9; ++i) EXPECT_EQ(resolve(), Runner::Progress::kInDoubt);
  EXPECT_EQ(resolve(), Runner::Progress::kDone);
  const Run ended = *database_.view().find_run(restore.id);
  EXPECT_EQ(ended.state, RunState::kFailed);
  EXPECT_EQ(ended.reason, "interrupted");
  const auto plan = database_.view().plan(restore.id);
  EXPECT_EQ(plan[0].outcome, Outcome::kUnknown);
  EXPECT_EQ(plan[1].outcome, Outcome::kFailed);
  EXPECT_FALSE(database_.view().open_run("h")) << "another run may begin";
}

Policy limited(std::int64_t day, std::int64_t group_day) {
  Policy policy;
  policy.max_removals_per_day = day;
  policy.max_removals_per_group_day = group_day;
  return policy;
}

// Two that a running run still means to send, one sent.
TEST_F(DoubtTest, WhatOnlyAReservationKeepsIsLookedAtAgainWithinAMinute) {
  database_.commit([&](Transaction& storage) { storage.finish_member(run_.id, "m0", Outcome::kRemoved, 0); });
  EXPECT_EQ(allowance(database_.view(), run_, limited(2, 0), kNow).day_limit_until, kNow + kMinuteMs);
  EXPECT_EQ(allowance(database_.view(), run_, limited(0, 3), kNow).day_limit_until, kNow + kMinuteMs);
  EXPECT_EQ(allowance(database_.view(), run_, limited(1, 0), kNow).day_limit_until, kNow + kLimitDayMs);
  EXPECT_EQ(allowance(database_.view(), run_, limited(2, 1), kNow).day_limit_until, kNow + kLimitDayMs);
  const Allowance left = allowance(database_.view(), run_, limited(5, 4), kNow);
  EXPECT_EQ(left.day_limit_until, std::nullopt);
  EXPECT_EQ(left.limit, 1);
}

// Its call may not have gone out yet, and Chat may refuse it: then it costs nothing.
TEST_F(DoubtTest, WhatIsBeingSentKeepsOthersOutForAMinuteOnly) {
  EXPECT_EQ(usage().undecided, 1);
  EXPECT_EQ(allowance(database_.view(), run_, limited(1, 0), kNow).day_limit_until, kNow + kMinuteMs);
  EXPECT_EQ(allowance(database_.view(), run_, limited(0, 1), kNow).day_limit_until, kNow + kMinuteMs);
}

}  // namespace
}  // namespace headroom
