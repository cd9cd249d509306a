// Delete calls whose answer was lost, and that Chat carries out later: what became of their members is said by a look
// that went out when nothing could come of the call any more.
#include <utility>

#include "tests/engine/execution_fixture.h"

namespace headroom {
namespace {

using support::kNow;

class LateCallsTest : public ExecutionTest {
 protected:
  LateCallsTest() { lose_first(); }
  // The first call's answer is lost, and it has done nothing yet. `second`: to the next one.
  void lose_first(const std::optional<support::FakeChat::Refusal>& second = std::nullopt) {
    chat_.delete_refusals = {{ChatOutcome::kOutcomeUnknown, 10002}};
    if (second) chat_.delete_refusals.push_back(*second);
  }
  void carry_out() { chat_.members["g"].erase(chat_.members["g"].begin(), chat_.members["g"].begin() + 2); }
  void carry_out_after(DurationMs wait) {
    clock_.on_waking = [this, wait] {
      if (clock_.now() >= kNow + wait && !std::exchange(carried_out_, true)) carry_out();
    };
  }
  // Behind the verification, at the look at the group before the call is made again.
  void before_next_try(const std::function<void()>& happens) {
    chat_.before_look = [this, happens] {
      if (!chat_.deletes.empty() && !std::exchange(tried_again_, true)) happens();
    };
  }
  int error_code_of(const std::string& account) {
    for (const RunMember& member : view().plan(run_.id)) {
      if (member.account == account) return member.error_code;
    }
    return -1;
  }

  bool carried_out_ = false;
  bool tried_again_ = false;
};

TEST_F(LateCallsTest, LooksThatFailUntilTheCallIsCarriedOutSayNothing) {
  before_next_try([this] {
    clock_.advance(settings_.call_may_last);
    carry_out();
    chat_.member_refusals.assign(5, {ChatOutcome::kOutcomeUnknown, 60008});
  });
  const auto end = execute(2);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
  EXPECT_EQ(end.run.removed, 2);
}

TEST_F(LateCallsTest, WhomNobodyCanLookAtByThenIsInDoubt) {
  before_next_try([this] {
    clock_.advance(settings_.call_may_last);
    chat_.member_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 60008});
  });
  EXPECT_TRUE(execute(2).in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kNone);
}

TEST_F(LateCallsTest, WhoIsSeenInTheGroupByThenStays) {
  before_next_try([this] {
    clock_.advance(settings_.call_may_last);
    chat_.look_refusals.assign(5, {ChatOutcome::kOutcomeUnknown, 0});
  });
  EXPECT_FALSE(execute(2).in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kError);
  EXPECT_EQ(chat_.calls("get_role_in_group"), 2) << "behind the call, and when it was over";
}

TEST_F(LateCallsTest, WhoIsProtectedMeanwhileMayBeRemovedYet) {
  before_next_try([this] { chat_.presence["m0"] = chat_.presence["m1"] = Presence::kOnline; });
  carry_out_after(3 * kSecondMs);
  EXPECT_EQ(execute(2).run.removed, 2);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
}

TEST_F(LateCallsTest, WhoIsProtectedMeanwhileAndStaysIsProtected) {
  before_next_try([this] { chat_.presence["m0"] = chat_.presence["m1"] = Presence::kOnline; });
  const auto end = execute(2);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kBecameProtected);
  EXPECT_EQ(error_code_of("m0"), 0);
  EXPECT_EQ(end.run.state, RunState::kNothingToDo);
  EXPECT_LE(clock_.now(), kNow + settings_.call_may_last + kSecondMs);
}

TEST_F(LateCallsTest, ARefusalOfTheNextTryIsNoneOfTheFirst) {
  settings_.delete_batch = 1;
  take_over();
  lose_first(support::FakeChat::Refusal{ChatOutcome::kRefused, chat_code::kAccountUnknown});
  carry_out_after(3 * kSecondMs);
  execute(1);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
}

TEST_F(LateCallsTest, WhoIsRefusedByTheNextTryAndStaysIsAnError) {
  lose_first(support::FakeChat::Refusal{ChatOutcome::kRefused, chat_code::kAccountUnknown});
  EXPECT_FALSE(execute(1).in_doubt);
  EXPECT_EQ(outcome_of("m0"), Outcome::kError);
  EXPECT_EQ(error_code_of("m0"), chat_code::kAccountUnknown);
}

TEST_F(LateCallsTest, AnOkOfTheNextTryIsNoneOfTheFirst) {
  lose_first(support::FakeChat::Refusal{ChatOutcome::kDone, 0});
  carry_out_after(5 * kSecondMs);
  EXPECT_EQ(execute(2).run.removed, 2);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
}

TEST_F(LateCallsTest, WhatBecameOfThemInAGroupThatIsGoneIsUnknownWhateverTheAnswerWas) {
  before_next_try([this] {
    chat_.groups.erase("g");
    chat_.role_refusals = {{ChatOutcome::kRefused, 10010}};
  });
  const auto end = execute(2);
  EXPECT_FALSE(end.in_doubt);
  EXPECT_EQ(end.run.reason, "gone");
  EXPECT_EQ(outcome_of("m0"), Outcome::kUnknown);
}

// It had waited for the calendar, and is stopped before it has looked at anything.
TEST_F(LateCallsTest, WhomARunHadSentBeforeItWentOnIsLookedAtWhenItIsStoppedAtOnce) {
  run_ = store_plan(2);
  database_.commit([&](Transaction& storage) { storage.mark_sent(run_.id, {"m0", "m1"}, kNow - kHourMs); });
  carry_out();
  exempt(ExemptionKind::kGroup, "g");
  EXPECT_EQ(execute(run_).run.removed, 2);
  EXPECT_EQ(outcome_of("m0"), Outcome::kRemoved);
  EXPECT_TRUE(chat_.deletes.empty());
}

}  // namespace
}  // namespace headroom
