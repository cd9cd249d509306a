#include "daemon/operator_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/reason_words.h"

namespace headroom {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OperatorLogTest : public testing::Test {
 protected:
  std::string said() { return std::exchange(out_, {}).str(); }
  static headroom::Run run(RunState state, const std::string& word) {
    headroom::Run run;
    run.id = 12;
    run.group_id = "@TGS#1";
    run.state = state;
    run.reason = headroom::reason(word);
    return run;
  }
  static Group blocked(BlockReason reason) {
    Group group;
    group.group_id = "@TGS#1";
    group.state = GroupState::kBlocked;
    group.reason = reason;
    return group;
  }

  std::ostringstream out_;
  Log log_{out_, LogFormat::kText, LogLevel::kInfo, Log::Journal::kYes};
};

TEST_F(OperatorLogTest, ARunThatEndsBadlyIsAWarningWithWords) {
  operator_log::run_finished(log_, run(RunState::kFailed, "chat_error_70009"), "");
  EXPECT_THAT(said(), AllOf(StartsWith("<4>run finished run=12 group=@TGS#1"), HasSubstr("reason=chat_error_70009"),
                            HasSubstr("error=\"Chat answered 70009: the UserSig was signed with another app's key\""),
                            HasSubstr("hint=\"chat.secret_key_file is not the key")));
  operator_log::run_finished(log_, run(RunState::kPartial, "members_missing"), "");
  EXPECT_THAT(said(), AllOf(StartsWith("<4>run finished"), HasSubstr("error=\"Chat listed fewer members")));
  operator_log::run_finished(log_, run(RunState::kPartial, ""), "");
  EXPECT_THAT(said(), AllOf(StartsWith("<4>"), HasSubstr("hint=\"its members' outcomes say why: headroomctl run 12")));
  operator_log::run_finished(log_, run(RunState::kFailed, "chat_unreachable"), "could not resolve");
  EXPECT_THAT(said(), AllOf(StartsWith("<4>"), HasSubstr("(could not resolve)")));
}

TEST_F(OperatorLogTest, AnyOtherEndIsNone) {
  for (const RunState state : {RunState::kSucceeded, RunState::kNothingToDo, RunState::kPlanned, RunState::kRejected,
                               RunState::kExpired, RunState::kAwaitingApproval}) {
    operator_log::run_finished(log_, run(state, "has_room"), "");
    EXPECT_THAT(said(), AllOf(StartsWith("<6>run finished"), Not(HasSubstr("error="))));
  }
}

TEST_F(OperatorLogTest, ARunThatWaitsThoughTheModeDoesNotAskIsAWarningThatSaysWhy) {
  headroom::Run waits = run(RunState::kAwaitingApproval, "");
  waits.mode = RunMode::kPrune;
  waits.considered = 40;
  waits.eligible = 30;
  waits.kept[Why::kSecondLook] = 8;
  waits.waits_for = WaitsFor::kFirstShare;
  operator_log::run_finished(log_, waits, "");
  EXPECT_THAT(said(), AllOf(StartsWith("<4>more than policy.first_share of the first listing"),
                            HasSubstr("considered=40 eligible=38")));
  waits.waits_for = WaitsFor::kJump;
  operator_log::run_finished(log_, waits, "");
  EXPECT_THAT(said(), StartsWith("<4>far more could go than in the listing before"));
}

TEST_F(OperatorLogTest, AGroupThatBecomesBlockedIsAWarning) {
  for (const BlockReason reason : {BlockReason::kNobodyRemovable, BlockReason::kNoPermission, BlockReason::kDailyLimit,
                                   BlockReason::kImplausibleData, BlockReason::kUnsupportedType}) {
    operator_log::group_blocked(log_, blocked(reason));
    EXPECT_THAT(said(), AllOf(StartsWith("<4>group blocked group=@TGS#1"), HasSubstr("error="), HasSubstr("hint=")));
  }
  for (const BlockReason reason : {BlockReason::kExempt, BlockReason::kTooSmall}) {
    operator_log::group_blocked(log_, blocked(reason));
    EXPECT_THAT(said(), StartsWith("<6>group blocked")) << "its operator has said so";
  }
}

TEST_F(OperatorLogTest, ASweepThatFailsIsAWarning) {
  Sweep sweep;
  sweep.id = 3;
  sweep.state = SweepState::kFailed;
  sweep.reason = Reason::of_chat(60021);
  operator_log::sweep_ended(log_, sweep);
  EXPECT_THAT(said(), AllOf(StartsWith("<4>sweep ended sweep=3"), HasSubstr("add this machine's public address")));
  sweep.state = SweepState::kFinished;
  operator_log::sweep_ended(log_, sweep);
  EXPECT_THAT(said(), StartsWith("<6>sweep ended"));
}

TEST_F(OperatorLogTest, APauseOfItsOwnNamesItsCauseAndNoEmptyGroup) {
  operator_log::paused_itself(log_, Reason::of_chat(70009), "");
  EXPECT_THAT(said(), AllOf(StartsWith("<3>scheduler pauses itself reason=chat_error_70009 error="), HasSubstr("hint="),
                            Not(HasSubstr("group="))));
  operator_log::paused_itself(log_, Reason::kClockSkew, "g");
  EXPECT_THAT(said(), HasSubstr("group=g"));
}

TEST_F(OperatorLogTest, ChangesSayWhoseTheyAre) {
  operator_log::changed(log_, Change{"run: approve", "g", "ops", 12});
  EXPECT_EQ(said(), "<6>changed what=\"run: approve\" subject=g token=ops run=12\n");
  operator_log::changed(log_, Change{"pause", "deploy", "ops"});
  EXPECT_EQ(said(), "<6>changed what=pause subject=deploy token=ops\n");
  operator_log::changed(log_, Change{"own pause", "clock_skew", ""});
  EXPECT_EQ(said(), "<6>changed what=\"own pause\" subject=clock_skew\n");
  operator_log::changed(log_, std::vector<ChangedKey>{{"scheduler.mode", "plan", "prune"}});
  EXPECT_EQ(said(), "<6>changed key=scheduler.mode from=plan to=prune\n");
}

TEST_F(OperatorLogTest, AnOutage) {
  operator_log::chat_unreachable(log_, "console.tim.qq.com", "could not resolve");
  EXPECT_THAT(said(), StartsWith("<4>chat unreachable host=console.tim.qq.com cause=\"could not resolve\" hint="));
  operator_log::chat_reachable_again(log_, "h", 7'325'000);
  EXPECT_EQ(said(), "<6>chat reachable again host=h after=\"2h 2m\"\n");
  operator_log::chat_reachable_again(log_, "h", 61'000);
  EXPECT_EQ(said(), "<6>chat reachable again host=h after=\"1m 1s\"\n");
  operator_log::chat_reachable_again(log_, "h", 900);
  EXPECT_EQ(said(), "<6>chat reachable again host=h after=0s\n");
}

}  // namespace
}  // namespace headroom
