// What Chat says to the delete call, or does not.
#include <gmock/gmock.h>

#include <utility>

#include "tests/engine/execution_fixture.h"

namespace headroom {
namespace {

using support::kNow;

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
