#include "engine/runs/execution.h"

#include <gmock/gmock.h>

#include <functional>
#include <utility>

#include "tests/support/pruning_world.h"

// A stored plan against a Chat in memory, in virtual time: what happens between the last looks and the delete call.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using Accounts = std::vector<std::string>;

class ExecutionTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  ExecutionTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.delete_batch = 2;
    take_over();
  }

  // A running plan of m0 … m(selected - 1), made by the policy in force.
  Run store_plan(std::int64_t selected) {
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kPrune;
    run.created_at = kNow;
    run.wanted = selected;
    run.selected = selected;
    run.members_before = kMembers;
    run.max_members = kMembers;
    run.policy = cell_.get()->policy;
    std::vector<RunMember> members;
    for (std::int64_t i = 0; i < selected; ++i) {
      RunMember& member = members.emplace_back();
      member.account = "m" + std::to_string(i);
      member.joined_at_s = kNow / 1000 - 400 * 86400;
    }
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      storage.save_group(begin_run(full_group(), run.id));
    });
    return run;
  }
  Execution::End execute(const Run& run) {
    ChatSession session(chat_, clock_, [] { return 0.5; });
    return Execution(session, database_, view(), clock_, cell_, gate_, observer_, run).execute();
  }
  Execution::End execute(std::int64_t selected) { return execute(run_ = store_plan(selected)); }
  Outcome outcome_of(const std::string& account) {
    for (const RunMember& member : view().plan(run_.id)) {
      if (member.account == account) return member.outcome;
    }
    ADD_FAILURE() << account << " is not in the plan";
    return Outcome::kNone;
  }
  Member& member(const std::string& account) {
    auto& all = chat_.members["g"];
    return *std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.account == account; });
  }
  void speak(const std::string& account) { member(account).last_sent_time_s = clock_.now() / 1000; }
  void exempt(ExemptionKind kind, const std::string& subject) {
    Exemption exemption;
    exemption.kind = kind;
    exemption.subject = subject;
    exemption.created_at = clock_.now();
    database_.commit([&](Transaction& storage) { storage.put_exemption(exemption); });
  }
  void pause() {
    PauseSwitch::State state;
    state.operator_reason = "an operator's";
    database_.commit([&](Transaction& storage) { PauseSwitch::write(storage, state); });
    pause_.show(state);
  }
  void set_policy(const std::function<void(Policy&)>& change) {
    change(settings_.policy);
    cell_.set(settings_);
  }
  std::int64_t sent_in_all() { return view().removal_usage(clock_.now() - kDayMs, std::nullopt).sent; }

  Run run_;
};

TEST_F(ExecutionTest, RemovesThePlanInBatches) {
  const auto end = execute(5);
  EXPECT_EQ(end.run.state, RunState::kSucceeded);
  EXPECT_EQ(end.run.removed, 5);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m0", "m1"}, Accounts{"m2", "m3"}, Accounts{"m4"}));
}

// Chat calls the group gone in its answer to the delete, and does not show it afterwards: nobody has seen that it is.
TEST_F(ExecutionTest, AGroupThatNobodyCouldLookAtIsNotGone) {
  chat_.delete_refusals = {{ChatOutcome::kRefused, 10015}};
  chat_.before_delete = [this] { chat_.look_refusals.assign(100, {ChatOutcome::kOperatorNeeded, 60010}); };
  const auto end = execute(2);
  EXPECT_EQ(end.run.state, RunState::kFailed);
  EXPECT_EQ(end.run.reason, "chat_error_10015");
  const Group group = after_run(*view().find_group("g"), {end.run, end.look, std::nullopt, 0.5}, kNow, {});
  EXPECT_EQ(group.state, GroupState::kFull);
}

// Chat did it, and then calls the group gone instead of saying who is out.
TEST_F(ExecutionTest, WhoWasSentToAGroupThatIsOnlyCalledGoneIsInDoubt) {
  chat_.role_refusals = {{ChatOutcome::kRefused, 10010}};
  EXPECT_TRUE(execute(2).in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kNone) << "nobody has looked";
}

TEST_F(ExecutionTest, WhoWasSentToAGroupThatIsGoneHasLeftWithIt) {
  chat_.role_refusals = {{ChatOutcome::kRefused, 10010}};
  chat_.after_delete = [this] { chat_.groups.erase("g"); };
  const auto end = execute(2);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(end.run.reason, "gone");
  EXPECT_EQ(outcome_of("m0"), Outcome::kLeft);
}

// The look after the delete sees who is back already: when they leave again, a restore leaves them out.
TEST_F(ExecutionTest, WhoIsBackRightAfterTheDeleteIsRemembered) {
  chat_.after_delete = [this] {
    Member back;
    back.account = "m0";
    back.role = Role::kMember;
    back.join_time_s = clock_.now() / 1000;
    chat_.members["g"].push_back(back);
  };
  execute(2);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
  const auto removals = view().removals("g", {"m0", "m1"});
  EXPECT_TRUE(removals.at("m0").back_at);
  EXPECT_FALSE(removals.at("m1").back_at);
}

// Three have left by themselves since the plan was made.
TEST_F(ExecutionTest, ABatchIsNoLargerThanTheSeatsThatAreStillNeeded) {
  settings_.delete_batch = 20;
  cell_.set(settings_);
  const Run plan = store_plan(5);
  chat_.groups["g"].member_num = kMembers - 3;
  execute(plan);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m0", "m1"}));
}

// 40 groups, one delete a second: a turn may be 40 s away.
TEST_F(ExecutionTest, TheTurnIsWaitedForBeforeTheLooks) {
  chat_.before_turn = [this] {
    clock_.advance(40 * kSecondMs);
    speak("m0");
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

TEST_F(ExecutionTest, WhatWasOrderedDuringTheWaitForTheTurnHolds) {
  chat_.before_turn = [this] {
    clock_.advance(40 * kSecondMs);
    pause();
  };
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "paused");
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(chat_.calls("query_online_status"), 0);
}

TEST_F(ExecutionTest, ATurnThatTheDaemonsStopEndsIsNone) {
  chat_.before_turn = [this] { gate_.stop(); };
  EXPECT_EQ(execute(2).run.reason, "interrupted");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

// Online status times out twice, then answers: the look at the members' activity is old by then.
TEST_F(ExecutionTest, LooksThatGrewOldBehindRetriesAreMadeAnew) {
  int asked = 0;
  chat_.before_presence = [&] {
    if (++asked > 2) return;
    clock_.advance(8 * kSecondMs);
    chat_.presence_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 0});
    speak("m0");
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

// Whatever takes the time: the commit of the intent, the limiter, the connection.
TEST_F(ExecutionTest, TheAgeOfTheLooksIsAskedForRightBeforeTheCall) {
  bool slow = true;
  chat_.before_delete = [&] {
    if (!std::exchange(slow, false)) return;
    clock_.advance(5 * kSecondMs + 1);
    speak("m0");
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
  EXPECT_EQ(sent_in_all(), 1) << "nothing went out for m0";
}

TEST_F(ExecutionTest, LooksOfFiveSecondsAreFresh) {
  chat_.before_delete = [this] { clock_.advance(5 * kSecondMs); };
  EXPECT_EQ(execute(2).run.removed, 2);
  EXPECT_EQ(chat_.calls("query_online_status"), 1);
}

TEST_F(ExecutionTest, AfterFiveVainTriesTheRunEnds) {
  chat_.before_presence = [this] { clock_.advance(6 * kSecondMs); };
  const auto end = execute(2);
  EXPECT_EQ(end.run.state, RunState::kFailed);
  EXPECT_EQ(end.run.reason, "chat_too_slow");
  EXPECT_EQ(chat_.calls("query_online_status"), 5);
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(chat_.calls("await_delete_turn"), 1) << "a turn that was not used is kept";
}

TEST_F(ExecutionTest, VainTriesInARowCountAndNoOthers) {
  settings_.delete_batch = 1;
  cell_.set(settings_);
  int asked = 0;
  // Four of five are too slow.
  chat_.before_presence = [&] { clock_.advance(++asked % 5 == 0 ? 0 : 6 * kSecondMs); };
  const auto end = execute(3);
  EXPECT_EQ(end.run.state, RunState::kSucceeded);
  EXPECT_EQ(asked, 15);
}

TEST_F(ExecutionTest, APauseThatIsAnsweredBeforeTheCallHolds) {
  chat_.before_delete = [this] { pause(); };
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "paused");
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_EQ(sent_in_all(), 0);
}

// What only the database knows yet (the switch shows it after the commit).
TEST_F(ExecutionTest, AStoredPauseHoldsTheIntent) {
  chat_.before_presence = [this] {
    database_.commit([](Transaction& storage) {
      PauseSwitch::State state;
      state.operator_reason = "an operator's";
      PauseSwitch::write(storage, state);
    });
  };
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "paused");
  EXPECT_EQ(chat_.calls("delete_group_member"), 0);
}

TEST_F(ExecutionTest, AMembersExemptionThatIsAnsweredBeforeTheCallHolds) {
  bool first = true;
  chat_.before_delete = [&] {
    if (std::exchange(first, false)) exempt(ExemptionKind::kMember, "m0");
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

TEST_F(ExecutionTest, AGroupsExemptionThatIsAnsweredBeforeTheCallHolds) {
  chat_.before_delete = [this] { exempt(ExemptionKind::kGroup, "g"); };
  EXPECT_EQ(execute(2).run.reason, "exempt");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, AModeThatIsReloadedBeforeTheCallHolds) {
  chat_.before_delete = [this] {
    settings_.mode = SchedulerMode::kPlan;
    cell_.set(settings_);
  };
  EXPECT_EQ(execute(2).run.reason, "mode_changed");
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, ThePolicyInForceProtectsToo) {
  set_policy([](Policy& policy) { policy.protect_online = false; });
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.protect_online = true; });
  chat_.presence["m0"] = Presence::kOnline;
  execute(run_);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
}

TEST_F(ExecutionTest, ThePlansPolicyGoesOnToProtect) {
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.protect_online = false; });
  chat_.presence["m0"] = Presence::kOnline;
  execute(run_);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
}

TEST_F(ExecutionTest, ALongerTimeInForceProtects) {
  run_ = store_plan(2);
  set_policy([](Policy& policy) { policy.inactive_for = 365 * kDayMs; });
  EXPECT_EQ(execute(run_).run.removed, 0);
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, APolicyThatIsReloadedBeforeTheCallHolds) {
  bool first = true;
  chat_.before_delete = [&] {
    if (std::exchange(first, false)) set_policy([](Policy& policy) { policy.inactive_for = 365 * kDayMs; });
  };
  execute(2);
  EXPECT_THAT(chat_.deletes, IsEmpty());
}

TEST_F(ExecutionTest, WhoJoinedAnewIsSomebodyElse) {
  member("m0").join_time_s = kNow / 1000 - 100 * 86400;
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
}

struct Refusal {
  const char* name;
  ChatOutcome outcome;
  int code;
  const char* reason;
};

// Chat says that it did nothing: the call costs neither the day nor the group.
class RefusedTest : public ExecutionTest, public testing::WithParamInterface<Refusal> {};

TEST_P(RefusedTest, CostsNoLimit) {
  chat_.delete_refusals.assign(50, {GetParam().outcome, GetParam().code});
  const auto end = execute(2);
  EXPECT_EQ(end.run.removed, 0);
  EXPECT_EQ(end.run.state, RunState::kFailed);
  EXPECT_EQ(end.run.reason, GetParam().reason);
  EXPECT_GT(chat_.calls("delete_group_member"), 0);
  EXPECT_EQ(sent_in_all(), 0);
  EXPECT_EQ(view().removal_usage(kNow - kDayMs, "g").sent, 0);
}

INSTANTIATE_TEST_SUITE_P(Codes, RefusedTest,
                         testing::Values(Refusal{"NoPermission", ChatOutcome::kRefused, 10007, "no_permission"},
                                         Refusal{"Throttled", ChatOutcome::kThrottled, 60007, "chat_error_60007"},
                                         Refusal{"AnAccount", ChatOutcome::kRefused, 10019, "chat_error_10019"},
                                         Refusal{"Unknown", ChatOutcome::kRefused, 12345, "chat_error_12345"},
                                         Refusal{"Credentials", ChatOutcome::kCredentialsRejected, 70009,
                                                 "chat_error_70009"},
                                         Refusal{"Operator", ChatOutcome::kOperatorNeeded, 60020, "chat_error_60020"}),
                         [](const auto& of) { return of.param.name; });

// A lost answer may have been a removal: it counts, and who is gone then was removed by us.
TEST_F(ExecutionTest, ALostAnswerCostsTheLimit) {
  chat_.delete_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 0});
  const auto end = execute(2);
  EXPECT_EQ(end.run.removed, 2);
  EXPECT_EQ(sent_in_all(), 2);
}

// The run is stopped meanwhile: its end waits until nothing can come of the call any more.
TEST_F(ExecutionTest, ACallThatIsCarriedOutBehindTheStopIsFoundOut) {
  chat_.delete_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}};
  const TimeMs began = clock_.now();
  bool stopped = false;
  clock_.on_waking = [&] {
    if (!chat_.deletes.empty() && !std::exchange(stopped, true)) {
      settings_.mode = SchedulerMode::kPlan;
      take_over();
    }
    if (clock_.now() < began + 6 * kSecondMs) return;
    std::erase_if(chat_.members["g"], [](const Member& member) { return member.account == "m0"; });
  };
  const auto end = execute(2);
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(end.run.removed, 1);
  EXPECT_EQ(end.run.reason, Reason::kModeChanged);
  EXPECT_EQ(chat_.deletes.size(), 1U);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
  EXPECT_NE(outcome_of("m1"), Outcome::kRemoved);
}

TEST_F(ExecutionTest, ADaemonThatStopsBehindALostAnswerLeavesTheRunOpen) {
  chat_.delete_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}};
  clock_.on_waking = [this] {
    if (chat_.deletes.empty()) return;
    gate_.stop();
    clock_.stop();
  };
  EXPECT_TRUE(execute(2).in_doubt);
}

TEST_F(ExecutionTest, ARefusalAfterALostAnswerDoesNotTakeItBack) {
  chat_.delete_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}, {ChatOutcome::kRefused, 10007}};
  const auto end = execute(2);
  EXPECT_EQ(end.run.reason, "no_permission");
  EXPECT_EQ(sent_in_all(), 2);
}

TEST_F(ExecutionTest, AnAccountThatTheAnswerOfRolesLeavesOutIsNotOut) {
  chat_.delete_refusals.assign(1, {ChatOutcome::kDone, 0});  // an OK that removes nobody
  chat_.roles_left_out = {"m0", "m1"};
  const auto end = execute(2);
  EXPECT_EQ(end.run.removed, 0);
  EXPECT_EQ(outcome_of("m0"), Outcome::kStillMember);
}

}  // namespace
}  // namespace headroom
