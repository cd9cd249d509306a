#include "engine/runs/runner.h"

#include <gmock/gmock.h>

#include <utility>

#include "engine/event_intake.h"
#include "engine/runs/approval.h"
#include "headroom/run_state.h"
#include "tests/support/pruning_world.h"

// Runs against a Chat in memory, in virtual time.
namespace headroom {
namespace {

using support::kNow;

class RunnerTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  RunnerTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.policy.protect_online = false;
    take_over();
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }
  // The first `idle` of them are removable; an active one has spoken just now.
  void list_members(std::int64_t idle) {
    std::vector<Member>& members = chat_.members["g"];
    members.clear();
    for (std::int64_t i = 0; i < kMembers; ++i) {
      members.push_back(idle_member(i));
      if (i >= idle) members.back().last_sent_time_s = kNow / 1000 - 60;
    }
  }
  std::int64_t start_operator_run() {
    Run run;
    run.group_id = "g";
    run.trigger = RunTrigger::kOperator;
    run.mode = RunMode::kPrune;
    run.started_at = kNow;  // as where no other node may begin it
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.save_group(begin_run(*storage.find_group("g"), run.id));
    });
    return run.id;
  }
  Runner::Progress prune() { return runner_.prune_group("g"); }
  Run last_run() { return *view().find_run(*view().find_group("g")->last_run_id); }

  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

// One whose plan waits, for what it lists is more than three times the share of the run before.
class JumpTest : public RunnerTest, public testing::WithParamInterface<RunState> {
 protected:
  JumpTest() {
    Run before;
    before.group_id = "g";
    before.state = RunState::kSucceeded;
    before.mode = RunMode::kPrune;
    before.created_at = kNow - kDayMs;
    before.considered = kMembers;
    before.eligible = 2;
    database_.commit([&](Transaction& storage) { storage.insert_run(before); });
  }
};

TEST_P(JumpTest, APlanThatNobodyApprovedIsNothingToGoBy) {
  prune();
  for (int times = 0; times < 3; ++times) {
    const Run waiting = last_run();
    ASSERT_EQ(waiting.state, RunState::kAwaitingApproval);
    EXPECT_EQ(waiting.waits_for, WaitsFor::kJump);
    database_.commit([&](Transaction& storage) { end_waiting(storage, waiting, GetParam(), settings_, clock_.now()); });
    clock_.advance(settings_.timing.cooldown);
    prune();
    EXPECT_GT(last_run().id, waiting.id);
  }
  EXPECT_EQ(chat_.calls("delete_group_member"), 0);
}

INSTANTIATE_TEST_SUITE_P(States, JumpTest, testing::Values(RunState::kRejected, RunState::kExpired),
                         [](const auto& of) { return of.param == RunState::kRejected ? "Rejected" : "Expired"; });

TEST_F(RunnerTest, AGroupThatGoesWhileAnOperatorsRunListsItIsGone) {
  const std::int64_t id = start_operator_run();
  chat_.list_members_refusals.assign(1, {ChatOutcome::kRefused, chat_code::kGroupGone});
  chat_.before_look = [this] {
    if (chat_.calls("get_group_member_info") > 0) chat_.groups.erase("g");
  };
  runner_.carry_out(id);
  EXPECT_EQ(last_run().reason, "gone");
  EXPECT_EQ(view().find_group("g")->state, GroupState::kGone);
}

// Chat calls it gone in the answer to one call alone, and shows it alive: that is an error, and nothing is over.
TEST_F(RunnerTest, AGroupThatOnlyItsListingCallsGoneIsNot) {
  const std::int64_t id = start_operator_run();
  chat_.list_members_refusals.assign(1, {ChatOutcome::kRefused, chat_code::kGroupGone});
  runner_.carry_out(id);
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, "chat_error_10010");
  EXPECT_EQ(view().find_group("g")->state, GroupState::kFull);
}

TEST_F(RunnerTest, AGroupThatOnlyTheDeleteCallsGoneIsNot) {
  for (const int code : {chat_code::kGroupGone, chat_code::kGroupIdIllegal}) {
    chat_.delete_refusals.assign(1, {ChatOutcome::kRefused, code});
    prune();
    EXPECT_EQ(chat_.calls("delete_group_member"), code == chat_code::kGroupGone ? 1 : 2);
    EXPECT_EQ(last_run().state, RunState::kFailed);
    EXPECT_EQ(last_run().reason, "chat_error_" + std::to_string(code));
    const Group group = *view().find_group("g");
    EXPECT_EQ(group.state, GroupState::kFull);
    EXPECT_GT(group.next_check_at, clock_.now()) << "it backs off";
    clock_.set(*group.next_check_at);
  }
}

TEST_F(RunnerTest, AGroupThatIsGoneEndsTheRunBeforeItsNextBatch) {
  chat_.delete_refusals.assign(1, {ChatOutcome::kRefused, chat_code::kGroupGone});
  chat_.before_look = [this] {
    if (chat_.calls("delete_group_member") > 0) chat_.groups.erase("g");
  };
  prune();
  EXPECT_EQ(chat_.calls("delete_group_member"), 1);
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_EQ(last_run().reason, "gone");
  EXPECT_EQ(view().find_group("g")->state, GroupState::kGone);
}

// The group was created anew, say, and filled while Chat was asked for the old one.
TEST_F(RunnerTest, AnUnconfirmedGroupWhoseFullEventComesMeanwhileIsNotForgotten) {
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->observed_at.reset();
    storage.save_group(*group);
  });
  chat_.groups.erase("g");
  chat_.before_look = [this] {
    Event event;
    event.group_id = "g";
    event.received_at = clock_.now();
    event.event_time = clock_.now() - 500;  // Chat's clock is behind
    database_.commit([&](Transaction& storage) { store_event(storage, event, settings_); });
  };
  prune();
  ASSERT_TRUE(view().find_group("g"));
  EXPECT_EQ(view().find_group("g")->next_check_at, kNow + kSecondMs);
  chat_.before_look = {};
  clock_.advance(kSecondMs);
  prune();
  EXPECT_FALSE(view().find_group("g")) << "nobody says so any more";
}

// Nobody is listed who has been removed meanwhile, and the group keeps what that run has left it.
TEST_F(RunnerTest, APlanThatAnOperatorsRunHasOvertakenIsDropped) {
  std::int64_t theirs = 0;
  chat_.before_look = [&] {
    if (theirs != 0) return;
    theirs = start_operator_run();
    database_.commit([&](Transaction& storage) {
      Run run = *storage.find_run(theirs);
      close_run(run, {}, Reason::kHasRoom, true, clock_.now());
      storage.update_run(run);
      Group group = *storage.find_group("g");
      group.state = GroupState::kFull;
      group.next_check_at = clock_.now() + kHourMs;
      storage.save_group(group);
    });
  };
  prune();
  EXPECT_EQ(last_run().id, theirs);
  EXPECT_EQ(view().find_group("g")->next_check_at, clock_.now() + kHourMs);
  EXPECT_EQ(chat_.calls("delete_group_member"), 0);
}

TEST_F(RunnerTest, APlanThatAnApprovalHasOvertakenIsDropped) {
  settings_.mode = SchedulerMode::kApprove;
  take_over();
  prune();
  const std::int64_t waiting = last_run().id;
  ASSERT_EQ(last_run().state, RunState::kAwaitingApproval);
  chat_.before_look = [&] {
    database_.commit([&](Transaction& storage) {
      Run run = *storage.find_run(waiting);
      if (run.state != RunState::kAwaitingApproval) return;
      begin_approved(run, clock_.now());
      close_run(run, {}, Reason::kInterrupted, false, clock_.now());
      storage.update_run(run);
    });
  };
  prune();
  EXPECT_EQ(last_run().id, waiting);
}

// The daemon is told to stop while that look is on its way: it is not answered any more, nor is any after it.
class StopTest : public RunnerTest {
 protected:
  void stop_at_look(int look) {
    chat_.before_look = [this, look] {
      if (chat_.calls("get_group_info") != look) return;
      gate_.stop();
      clock_.stop();
      chat_.look_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 0});
    };
  }
  void expect_interrupted(const Run& run) {
    EXPECT_EQ(run.state, RunState::kFailed);
    EXPECT_EQ(run.reason, "interrupted");
    const Group group = *view().find_group("g");
    EXPECT_EQ(group.state, GroupState::kFull);
    EXPECT_EQ(group.next_check_at, kNow);
    EXPECT_EQ(group.cooldown_until, std::nullopt);
    EXPECT_EQ(group.failures, 0);
    EXPECT_EQ(chat_.calls("delete_group_member"), 0);
  }
};

TEST_F(StopTest, TheSchedulersRunIsNotStored) {
  stop_at_look(1);
  prune();
  EXPECT_EQ(view().find_group("g")->last_run_id, std::nullopt);
  EXPECT_EQ(view().find_group("g")->next_check_at, kNow);
}

TEST_F(StopTest, AnOperatorsRunIsInterrupted) {
  const std::int64_t id = start_operator_run();
  stop_at_look(1);
  runner_.carry_out(id);
  expect_interrupted(last_run());
}

TEST_F(StopTest, AnExecutionIsInterrupted) {
  stop_at_look(2);
  prune();
  expect_interrupted(last_run());
}

// What Chat itself has said holds.
TEST_F(StopTest, RejectedCredentialsAreNews) {
  stop_at_look(2);
  const auto stop = std::exchange(chat_.before_look, {});
  chat_.before_look = [this, stop] {
    stop();
    if (!chat_.look_refusals.empty()) chat_.look_refusals.front() = {ChatOutcome::kCredentialsRejected, 70009};
  };
  prune();
  EXPECT_EQ(last_run().reason, "chat_error_70009");
}

}  // namespace
}  // namespace headroom
