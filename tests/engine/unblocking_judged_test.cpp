// Whom a run has judged by the rules in force: the walk leaves them alone, over reloads, restarts and wrong clocks.
#include <string>

#include "tests/engine/unblocking_fixture.h"

namespace headroom {
namespace {

using support::kNow;
using test::UnblockingTest;

// A run of after the reload, or after the restart that follows a kill, may be quicker than the walk.
TEST_F(UnblockingTest, WhoWasJudgedByThePolicyInForceIsLeftAlone) {
  settings_.policy.inactive_for -= kDayMs;
  settings_.in_force_since = kNow;
  const Reason nobody = Reason::kNobodyRemovable;
  block_by_a_run("judged", settings_.policy, nobody, kNow);
  block_by_a_run("by the old one", Policy(), nobody, kNow);
  block_by_a_run("before", settings_.policy, nobody, kNow - 1);
  block_by_a_run("by a wrong clock", settings_.policy, nobody, kNow + 1);
  block_by_a_run("looked at", settings_.policy, Reason::kHasRoom, kNow);
  restart();
  settle();
  EXPECT_FALSE(due("judged"));
  EXPECT_TRUE(due("by the old one"));
  EXPECT_TRUE(due("before"));
  EXPECT_TRUE(due("by a wrong clock"));
  EXPECT_TRUE(due("looked at"));
}

// Killed again and again before the walk ends, and a run is quicker each time.
TEST_F(UnblockingTest, SoIsWhoWasJudgedByItBeforeARestart) {
  block_by_a_run("before", settings_.policy, Reason::kNobodyRemovable, kNow - kHourMs - 1);
  block_many();
  settings_.policy.inactive_for -= kDayMs;
  restart_at(kNow - kHourMs);
  unblocking_->step(kNow, at_, settings_);
  ASSERT_FALSE(due("before"));
  block_by_a_run("since", settings_.policy, Reason::kNobodyRemovable, kNow - kMinuteMs);
  for (const DurationMs ago : {kSecondMs, DurationMs{1}}) {
    restart_at(kNow - ago);
    at_ = at_ + kSecondMs;
    if (ago > 1) unblocking_->step(kNow, at_, settings_);
  }
  settle();
  EXPECT_FALSE(due("since"));
  EXPECT_TRUE(due("before"));
}

TEST_F(UnblockingTest, ButNotWhereOthersWereInForceMeanwhile) {
  const Policy before = settings_.policy;
  for (const bool restarted : {true, false}) {
    const std::string name = restarted ? "by a restart" : "by a reload";
    block_many(name);
    settings_.policy.inactive_for = before.inactive_for - kDayMs;
    restart_at(kNow - kHourMs);
    if (restarted) unblocking_->step(kNow, at_, settings_);
    if (!restarted) settle();
    block_by_a_run(name, settings_.policy, Reason::kNobodyRemovable, kNow - kMinuteMs);
    for (const TimeMs since : {kNow - kSecondMs, kNow - 1}) {
      EXPECT_FALSE(due(name));
      settings_.policy.inactive_for = before.inactive_for - (since == kNow - 1 ? kDayMs : 0);
      settings_.in_force_since = since;
      if (restarted) restart();
      at_ = at_ + kSecondMs;
      settle();
    }
    EXPECT_TRUE(due(name));
    settings_.policy = before;
    settle();
  }
}

// By which rules of raises a run went does not stand in it.
TEST_F(UnblockingTest, SoIsWhoWasJudgedUnderTheRaisesInForce) {
  block_many();
  block_by_a_run("before", settings_.policy, Reason::kNobodyRemovable, kNow - kHourMs - 1);
  settings_.capacity.ceilings = *Ceilings::parse("Public:2000");
  settings_.capacity.mode = CapacityMode::kRaise;
  restart_at(kNow - kHourMs);
  unblocking_->step(kNow, at_, settings_);
  block_by_a_run("since", settings_.policy, Reason::kNobodyRemovable, kNow - kMinuteMs);
  restart_at(kNow);
  at_ = at_ + kSecondMs;
  settle();
  EXPECT_FALSE(due("since"));
  EXPECT_TRUE(due("before"));
}

// No step has seen the rules under which the run found nothing to raise.
TEST_F(UnblockingTest, ButNotUnderOthersThatWereTakenBackAtOnce) {
  settings_.capacity.ceilings = *Ceilings::parse("Public:2000");
  settings_.capacity.mode = CapacityMode::kRaise;
  settle();
  SettingsCell cell{settings_};
  settings_.capacity.mode = CapacityMode::kOff;
  cell.set(settings_);
  block_by_a_run("without raises", settings_.policy, Reason::kNobodyRemovable, kNow - kSecondMs);
  settings_.capacity.mode = CapacityMode::kRaise;
  settings_.in_force_since = kNow;
  cell.set(settings_);
  settings_ = *cell.get();
  settle();
  EXPECT_TRUE(due("without raises"));
}

TEST_F(UnblockingTest, AStartUnderAClockThatIsAheadDoesNotMakeThemDue) {
  block_many();
  settings_.policy.inactive_for -= kDayMs;
  restart_at(kNow + kDayMs);
  unblocking_->step(kNow, at_, settings_);
  restart_at(kNow - kSecondMs);
  block_by_a_run("since", settings_.policy, Reason::kNobodyRemovable, kNow);
  at_ = at_ + kSecondMs;
  settle();
  EXPECT_FALSE(due("since"));
}
}  // namespace
}  // namespace headroom
