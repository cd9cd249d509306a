#include "tests/engine/raising_fixture.h"

// Answers that were lost, and daemons that died: what became of a raise is found out by looking.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RaisingTest, ALostAnswerThatWasDoneIsASuccess) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 0});
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50)) << "once";
}

TEST_F(RaisingTest, AnInternalErrorIsTriedAgain) {
  chat_.raise_refusals.assign(2, {ChatOutcome::kOutcomeUnknown, 10002});
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(chat_.limits_set.size(), 3U);
}

TEST_F(RaisingTest, ALostAnswerThatChangedNothingTeachesNothing) {
  chat_.raise_refusals.assign(20, {ChatOutcome::kOutcomeUnknown, 10002});
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, "chat_error_10002");
  EXPECT_EQ(chat_.limits_set.size(), 5U);
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
  EXPECT_GT(*group().next_check_at, clock_.now());
  EXPECT_TRUE(last_run().raise->sent_at) << "it may be carried out late";
}

// The run is stopped meanwhile: its end waits until nothing can come of the call any more.
TEST_F(RaisingTest, ACallThatIsCarriedOutBehindTheStopIsFoundOut) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 10002});
  chat_.before_look = [this] {
    if (chat_.limits_set.empty()) return;
    settings_.mode = SchedulerMode::kPlan;
    take_over();
  };
  clock_.on_waking = [this] {
    if (clock_.now() >= kNow + 6 * kSecondMs) chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  EXPECT_LE(clock_.now(), kNow + settings_.call_may_last + kSecondMs);
}

TEST_F(RaisingTest, ADaemonThatStopsMeanwhileLeavesItOpen) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 10002});
  chat_.before_look = [this] {
    if (chat_.limits_set.empty()) return;
    gate_.stop();
    clock_.stop();
  };
  EXPECT_EQ(look(), Runner::Progress::kInDoubt);
  EXPECT_EQ(last_run().state, RunState::kRunning);
}

TEST_F(RaisingTest, ARefusalOfWhatWasDoneIsASuccess) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, 10004});
  chat_.before_look = [this] {
    if (!chat_.limits_set.empty()) chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
  EXPECT_EQ(view().raise_usage(0).sent, 1);
}

// The first call, which nobody answered, is carried out while the second one is refused.
TEST_F(RaisingTest, ARefusalBehindACallThatIsCarriedOutLateIsASuccess) {
  chat_.raise_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}, {ChatOutcome::kRefused, 10007}};
  chat_.before_look = [this] {
    if (chat_.limits_set.size() == 2) chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50, 50));
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_EQ(view().raise_usage(0).sent, 1);
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
}

TEST_F(RaisingTest, ThrottlingIsWaitedFor) {
  chat_.raise_refusals.assign(2, {ChatOutcome::kThrottled, 60007});
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_GT(clock_.now(), kNow);
}

TEST_F(RaisingTest, WhoCanNotLookLeavesItOpenAndResolvesItLater) {
  chat_.after_raise = [this] { chat_.look_refusals.assign(20, {ChatOutcome::kOutcomeUnknown, 0}); };
  EXPECT_EQ(look(), Runner::Progress::kInDoubt);
  EXPECT_EQ(last_run().state, RunState::kRunning);
  EXPECT_EQ(group().state, GroupState::kPruning);
  chat_.look_refusals.clear();
  EXPECT_EQ(runner_.resolve(last_run().id), Runner::Progress::kDone);
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(group().state, GroupState::kHasRoom);
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_EQ(chat_.limits_set.size(), 1U);
}

TEST_F(RaisingTest, ACrashBeforeTheCallChangedNothing) {
  for (const auto& sent_at : {std::optional<TimeMs>(), std::optional(kNow)}) {
    const std::int64_t id = begin_raise(sent_at);
    const SteadyMs since = clock_.steady_now();
    if (sent_at) clock_.advance(settings_.call_may_last);
    EXPECT_EQ(runner_.resolve(id, since), Runner::Progress::kDone);
    const Run run = *view().find_run(id);
    EXPECT_EQ(run.state, RunState::kNothingToDo);
    EXPECT_EQ(run.reason, Reason::kInterrupted);
    EXPECT_EQ(group().state, GroupState::kFull);
    EXPECT_LE(*group().next_check_at, clock_.now()) << "due at once";
    EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
  }
  EXPECT_THAT(chat_.limits_set, IsEmpty()) << "it is closed by looking";
}

// Its answer comes when nothing can come of the call any more.
TEST_F(RaisingTest, ALookThatTakesLongIsAsOldAsItsSending) {
  const std::int64_t id = begin_raise(kNow);
  chat_.before_look = [this] { clock_.advance(settings_.call_may_last); };
  EXPECT_EQ(runner_.resolve(id, clock_.steady_now()), Runner::Progress::kInDoubt);
  chat_.groups["g"].max_member_num = 50;
  EXPECT_EQ(runner_.resolve(id), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
}

// The one behind the call itself, and the run is stopped meanwhile.
TEST_F(RaisingTest, ALookBehindTheCallThatTakesLongIsAsOldAsItsSending) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 10002});
  bool waited = false;
  chat_.before_look = [&] {
    if (chat_.limits_set.empty()) return;
    if (std::exchange(waited, true)) {
      chat_.groups["g"].max_member_num = 50;
      return;
    }
    clock_.advance(settings_.call_may_last);
    settings_.mode = SchedulerMode::kPlan;
    take_over();
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
}

TEST_F(RaisingTest, ACrashBehindTheCallIsFoundOutByLooking) {
  const std::int64_t id = begin_raise(kNow);
  chat_.groups["g"].max_member_num = 50;
  runner_.resolve(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_EQ(group().state, GroupState::kHasRoom);
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

// Chat may carry it out after the next start has looked.
TEST_F(RaisingTest, ALimitThatStandsAMomentAfterTheCallIsLookedAtAgain) {
  const std::int64_t id = begin_raise(kNow);
  EXPECT_EQ(runner_.resolve(id, clock_.steady_now()), Runner::Progress::kInDoubt);
  EXPECT_EQ(view().find_run(id)->state, RunState::kRunning);
  chat_.groups["g"].max_member_num = 50;
  clock_.advance(kSecondMs);
  EXPECT_EQ(runner_.resolve(id), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_EQ(group().raised_to, 50);
}

TEST_F(RaisingTest, AClockThatIsSetEndsNoWaitForALateCall) {
  const std::int64_t id = begin_raise(kNow);
  const SteadyMs since = clock_.steady_now();
  for (const DurationMs step : {kDayMs, -2 * kDayMs}) {
    clock_.step(step);
    EXPECT_EQ(runner_.resolve(id, since), Runner::Progress::kInDoubt);
  }
  clock_.advance(settings_.call_may_last);
  EXPECT_EQ(runner_.resolve(id, since), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kNothingToDo);
}

// In one process: set between the call and the end.
TEST_F(RaisingTest, AClockThatIsSetBehindTheCallEndsNoWaitForIt) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOutcomeUnknown, 10002});
  chat_.before_look = [this] {
    if (chat_.limits_set.empty() || settings_.mode == SchedulerMode::kPlan) return;
    clock_.step(kMinuteMs);
    settings_.mode = SchedulerMode::kPlan;
    take_over();
  };
  clock_.on_waking = [this] {
    if (clock_.steady_now() - chat_.sent_at >= 3 * kSecondMs) chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
}

// Neither says what became of the first call, which is carried out seconds later.
TEST_F(RaisingTest, ARefusalBehindALostCallIsWaitedBehind) {
  chat_.raise_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}, {ChatOutcome::kRefused, 10007}};
  std::optional<SteadyMs> refused_at;
  clock_.on_waking = [&] {
    if (chat_.limits_set.size() < 2) return;
    if (!refused_at) refused_at = clock_.steady_now();
    chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(view().raise_usage(0).sent, 1);
}

// What the look behind the refusal shows of it is a cut, whatever the refusal says.
class CutBehindRefusalTest : public RaisingTest, public testing::WithParamInterface<int> {};

TEST_P(CutBehindRefusalTest, TeachesTheCeilingOfTheGroup) {
  chat_.raise_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}, {ChatOutcome::kRefused, GetParam()}};
  clock_.on_waking = [this] {
    if (chat_.limits_set.size() == 2) chat_.groups["g"].max_member_num = 43;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(last_run().raise->to, 43);
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), 43);
  EXPECT_EQ(view().learned_ceiling("other", GroupType::kPublic, 0), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Codes, CutBehindRefusalTest, testing::Values(10005, 10007, 10038));

// Forty members, and a limit of one: that says nothing of the call.
TEST_F(RaisingTest, ALookThatContradictsItselfSaysNothingOfALostCall) {
  chat_.raise_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}, {ChatOutcome::kRefused, 10005}};
  clock_.on_waking = [this] {
    if (chat_.limits_set.size() == 2) chat_.groups["g"].max_member_num = 1;
  };
  EXPECT_EQ(look(), Runner::Progress::kInDoubt);
  EXPECT_EQ(last_run().state, RunState::kRunning) << last_run().reason;
  EXPECT_EQ(runner_.resolve(last_run().id), Runner::Progress::kInDoubt);
  chat_.groups["g"].max_member_num = 50;
  EXPECT_EQ(runner_.resolve(last_run().id), Runner::Progress::kDone);
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(group().raised_to, 50);
}

TEST_F(RaisingTest, ALookThatContradictsItselfTeachesNothing) {
  chat_.after_raise = [this] { chat_.groups["g"].max_member_num = 1; };
  EXPECT_EQ(look(), Runner::Progress::kInDoubt);
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
  chat_.groups["g"].max_member_num = 50;
  EXPECT_EQ(runner_.resolve(last_run().id), Runner::Progress::kDone);
  EXPECT_EQ(last_run().state, RunState::kSucceeded) << last_run().reason;
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
}

TEST_F(RaisingTest, ACrashBehindACallThatWasCutTeachesTheCeiling) {
  const std::int64_t id = begin_raise(kNow);
  chat_.groups["g"].max_member_num = 43;
  runner_.resolve(id);
  EXPECT_EQ(view().find_run(id)->state, RunState::kSucceeded);
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 43);
}

TEST_F(RaisingTest, ARunWhoseGroupNobodyCanLookAtIsGivenUp) {
  const std::int64_t id = begin_raise(kNow);
  chat_.look_refusals.assign(1000, {ChatOutcome::kRefused, 10005});
  for (int i = 0; i < Runner::kVainLooks - 1; ++i) {
    EXPECT_EQ(runner_.resolve(id, clock_.steady_now()), Runner::Progress::kInDoubt);
  }
  const SteadyMs since = clock_.steady_now();
  clock_.advance(Runner::kVainFor);
  EXPECT_EQ(runner_.resolve(id, since), Runner::Progress::kDone);
  EXPECT_EQ(view().find_run(id)->state, RunState::kFailed);
  EXPECT_EQ(view().find_run(id)->reason, Reason::kInterrupted);
}

TEST_F(RaisingTest, AGroupThatGoesMeanwhileIsGone) {
  chat_.before_raise = [this] { chat_.groups.erase("g"); };
  look();
  EXPECT_EQ(last_run().state, RunState::kNothingToDo);
  EXPECT_EQ(last_run().reason, Reason::kGone);
  EXPECT_EQ(group().state, GroupState::kGone);
}

}  // namespace
}  // namespace headroom
