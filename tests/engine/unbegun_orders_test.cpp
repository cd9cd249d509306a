#include <gmock/gmock.h>
#include <sqlite3.h>

#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "headroom/run_state.h"
#include "tests/engine/operations_fixture.h"
#include "tests/support/pruning_world.h"

// Orders that one node has acknowledged, and that no leader had begun when the leader ended.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;

class UnbegunOrderTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  UnbegunOrderTest() : PruningWorld(SchedulerMode::kApprove) { run_.group_id = "g"; }
  // An approved plan for m0.
  void approve() {
    run_.trigger = RunTrigger::kScheduler;
    run_.mode = RunMode::kApprove;
    run_.wanted = 1;
    run_.selected = 1;
    run_.members_before = kMembers;
    run_.max_members = kMembers;
    run_.policy = settings_.policy;
    RunMember member;
    member.account = "m0";
    member.joined_at_s = chat_.members["g"][0].join_time_s;
    store({member});
  }
  void order(RunMode mode) {
    run_.trigger = RunTrigger::kOperator;
    run_.mode = mode;
    run_.policy = settings_.policy;
    store({});
  }
  void store(const std::vector<RunMember>& plan) {
    run_.state = RunState::kRunning;
    run_.created_at = kNow;
    database_.commit([&](Transaction& storage) {
      Run run = run_;
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, plan);
      storage.save_group(begin_run(full_group(), run.id));
      run_.id = run.id;
    });
  }
  Run stored() { return *view().find_run(run_.id); }
  // What the next leader gives to a worker.
  std::optional<Work::Kind> handed_over() {
    scheduler_.take_over();
    if (!work_.ready()) scheduler_.step();
    return work_.ready() ? std::optional(work_.pop()->kind) : std::nullopt;
  }

  Run run_;
  WorkQueue work_{10};
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
  Scheduler scheduler_{chat_, database_,          view(),    clock_,     cell_, gate_, pause_,
                       work_, [] { return 0.5; }, observer_, self_pause_};
};

TEST_F(UnbegunOrderTest, AnApprovedPlanIsCarriedOutByTheNextLeader) {
  approve();
  ASSERT_EQ(handed_over(), Work::Kind::kExecute);
  bool begun = false;
  chat_.before_delete = [&] { begun = stored().started_at.has_value(); };
  EXPECT_EQ(runner_.execute_plan(run_.id), Runner::Progress::kDone);
  EXPECT_TRUE(begun) << "whoever leads after a death in the middle has to resolve it";
  EXPECT_EQ(stored().state, RunState::kSucceeded) << stored().reason;
  EXPECT_EQ(stored().removed, 1);
}

TEST_F(UnbegunOrderTest, AnOrderedRunIsPlannedByTheNextLeader) {
  order(RunMode::kPlan);
  ASSERT_EQ(handed_over(), Work::Kind::kCarryOut);
  EXPECT_EQ(runner_.carry_out(run_.id), Runner::Progress::kDone);
  EXPECT_EQ(stored().state, RunState::kPlanned) << stored().reason;
  EXPECT_EQ(stored().started_at, clock_.now());
}

TEST_F(UnbegunOrderTest, WhatALeaderHadBegunIsResolved) {
  run_.started_at = kNow;
  approve();
  EXPECT_EQ(handed_over(), Work::Kind::kResolve);
}

TEST_F(UnbegunOrderTest, OneThatIsTooOldIsEndedInsteadAndRemovesNobody) {
  approve();
  clock_.advance(settings_.approval_ttl);
  ASSERT_EQ(handed_over(), Work::Kind::kResolve);
  EXPECT_EQ(runner_.resolve(run_.id), Runner::Progress::kDone);
  EXPECT_EQ(stored().state, RunState::kFailed);
  EXPECT_EQ(stored().reason, "interrupted");
  EXPECT_TRUE(chat_.deletes.empty());
}

TEST_F(UnbegunOrderTest, OneThatHasEndedMeanwhileIsNotBegun) {
  approve();
  database_.before_commit = [this] {
    database_.commit([this](Transaction& storage) {
      Run run = *storage.find_run(run_.id);
      run.state = RunState::kFailed;
      storage.update_run(run);
    });
  };
  EXPECT_EQ(runner_.execute_plan(run_.id), Runner::Progress::kDone);
  EXPECT_TRUE(chat_.deletes.empty());
  EXPECT_EQ(stored().state, RunState::kFailed);
}

TEST_F(UnbegunOrderTest, OneWhosePlanningAStopEndsIsLeftToTheNextLeader) {
  order(RunMode::kPrune);
  chat_.before_look = [this] { gate_.stop(); };
  chat_.look_refusals.assign(10, {ChatOutcome::kOutcomeUnknown, 0});
  EXPECT_EQ(runner_.carry_out(run_.id), Runner::Progress::kDone);
  scheduler_.resolve_later(stored(), 1);  // as of every run that is open behind a worker
  EXPECT_TRUE(is_unbegun(stored())) << stored().reason;
  EXPECT_TRUE(chat_.deletes.empty());
}

// A full disk of the server, say, or a lock that somebody holds: it can be read, and nothing be stored.
TEST_F(UnbegunOrderTest, OneWhoseBeginningCouldNotBeStoredIsBegunLater) {
  approve();
  ASSERT_EQ(handed_over(), Work::Kind::kExecute);
  database_.before_commit = [] { throw StorageError(StorageError::Kind::kFull, "no room"); };
  EXPECT_THROW(runner_.execute_plan(run_.id), StorageError);
  work_.finish("g");
  scheduler_.resolve_later(stored(), 1);
  EXPECT_TRUE(is_unbegun(stored())) << stored().reason;
  const SteadyMs since = clock_.steady_now();
  while (!work_.ready() && clock_.steady_now() < since + kHourMs) clock_.set(scheduler_.step());
  ASSERT_TRUE(work_.ready());
  EXPECT_GE(clock_.steady_now(), since + kSecondMs) << "not at once: what has failed fails again";
  const Work again = *work_.pop();
  EXPECT_EQ(again.kind, Work::Kind::kExecute);
  EXPECT_EQ(again.attempt, 1);
  EXPECT_EQ(runner_.execute_plan(run_.id), Runner::Progress::kDone);
  EXPECT_EQ(stored().removed, 1);
}

TEST_F(UnbegunOrderTest, OneWhoseBeginningCanNotBeStoredIsEndedWhenItIsTooOld) {
  approve();
  ASSERT_EQ(handed_over(), Work::Kind::kExecute);
  work_.finish("g");
  clock_.advance(settings_.approval_ttl - kSecondMs);
  scheduler_.resolve_later(stored(), 9);
  const SteadyMs since = clock_.steady_now();
  while (!work_.ready() && clock_.steady_now() < since + kHourMs) clock_.set(scheduler_.step());
  EXPECT_LE(clock_.steady_now(), since + kMinuteMs + settings_.tick) << "somebody waits for it";
  ASSERT_TRUE(work_.ready());
  EXPECT_EQ(work_.pop()->kind, Work::Kind::kResolve) << "it was young enough when the wait began";
  EXPECT_FALSE(is_unbegun(stored()));
}

// A row that a stranger has locked, or that is damaged: the step fails, and the next ones go on without it.
TEST_F(UnbegunOrderTest, OneThatCanNotEvenBeEndedHoldsUpNobodyElse) {
  approve();
  clock_.advance(settings_.approval_ttl);
  scheduler_.resolve_later(stored(), 1);
  clock_.advance(kMinuteMs);
  database_.before_commit = [] { throw StorageError(StorageError::Kind::kOther, "refused"); };
  EXPECT_THROW(scheduler_.step(), StorageError);
  EXPECT_FALSE(work_.busy("g"));
  scheduler_.step();
  EXPECT_FALSE(work_.busy("g")) << "not at once";
  clock_.advance(kMinuteMs);
  scheduler_.step();
  EXPECT_TRUE(work_.busy("g"));
}

// A worker leaves it, and the view is the scheduler's thread's own.
TEST_F(UnbegunOrderTest, WhoLeavesItToBeBegunLaterReadsNothing) {
  approve();
  const Run left = stored();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(database_.path().c_str(), &other), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(other, "ALTER TABLE run_member RENAME TO out_of_reach", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  ASSERT_ANY_THROW(view().plan(left.id));
  EXPECT_NO_THROW(scheduler_.resolve_later(left, 1));
}

TEST_F(UnbegunOrderTest, OneThatALeaderLeftInDoubtIsResolved) {
  approve();
  database_.commit([this](Transaction& storage) { storage.add_doubt(run_.id, 0, 0); });
  EXPECT_EQ(handed_over(), Work::Kind::kResolve);
}

class OrdersOfNodesTest : public support::OperationsTest {
 protected:
  struct OfSeveral : RunningDaemon {
    bool shared() const override { return several; }
    bool several = true;
  } several_;
  Operations orders_{queue_, settings_, gate_, pause_, work_, clock_, *this, several_};

  std::int64_t plan(const std::string& group_id) {
    store_group(group_id);
    headroom::Run run;
    run.group_id = group_id;
    run.mode = RunMode::kApprove;
    run.state = RunState::kAwaitingApproval;
    run.created_at = support::kFixedNow;
    run.wanted = 1;
    run.selected = 1;
    run.members_before = 40;
    run.max_members = 40;
    queue_.commit([&](Transaction& storage) {
      headroom::Run copy = run;
      run.id = storage.insert_run(copy);
      RunMember member;
      member.account = "m0";
      storage.insert_run_members(run.id, {member});
    });
    return run.id;
  }
  std::vector<bool> begun() {
    const auto approved = ask<headroom::Run>([id = plan(several_.several ? "a" : "b"), this](Done<headroom::Run> done) {
      orders_.approve_run(actor_, id, std::move(done));
    });
    const std::string group_id = several_.several ? "c" : "d";
    store_group(group_id);
    const auto ordered = ask<headroom::Run>(
        [&, this](Done<headroom::Run> done) { orders_.start_run(actor_, group_id, RunMode::kPlan, std::move(done)); });
    std::vector<bool> result;
    for (const auto& run : {approved, ordered}) {
      EXPECT_EQ(status_of(run), 0);
      const headroom::Run told = std::get<headroom::Run>(run);
      const headroom::Run stored = *view_.find_run(told.id);
      EXPECT_EQ(told.started_at, stored.started_at);
      EXPECT_EQ(stored.state, RunState::kRunning);
      result.push_back(stored.started_at.has_value());
    }
    return result;
  }
};

TEST_F(OrdersOfNodesTest, AmongSeveralWhoeverLeadsBeginsThem) {
  EXPECT_THAT(begun(), ElementsAre(false, false));
  several_.several = false;
  EXPECT_THAT(begun(), ElementsAre(true, true)) << "alone, the next start resolves what a death leaves open";
}

}  // namespace
}  // namespace headroom
