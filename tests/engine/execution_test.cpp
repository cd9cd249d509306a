#include "engine/runs/execution.h"

#include <gmock/gmock.h>

#include <utility>

#include "tests/engine/execution_fixture.h"

// A stored plan against a Chat in memory, in virtual time: what happens between the last looks and the delete call.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using Accounts = std::vector<std::string>;

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

// Chat may call a group gone that is there: whoever was sent to it, and comes back, has to be known.
TEST_F(ExecutionTest, WhatBecameOfWhoWasSentToAGroupThatIsGoneIsUnknown) {
  chat_.role_refusals = {{ChatOutcome::kRefused, 10010}};
  chat_.after_delete = [this] { chat_.groups.erase("g"); };
  const auto end = execute(2);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(end.run.reason, "gone");
  EXPECT_EQ(outcome_of("m0"), Outcome::kUnknown);
  EXPECT_EQ(database_.view().removals("g", {"m0"}).size(), 1U);
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

TEST_F(ExecutionTest, WhoJoinedAnewIsSomebodyElse) {
  member("m0").join_time_s = kNow / 1000 - 100 * 86400;
  execute(2);
  EXPECT_THAT(chat_.deletes, ElementsAre(Accounts{"m1"}));
}

}  // namespace
}  // namespace headroom
