#include "engine/schedule/unblocking.h"

#include <stdexcept>
#include <string>

#include "tests/engine/unblocking_fixture.h"

namespace headroom {
namespace {

using support::kNow;
using test::UnblockingTest;

TEST_F(UnblockingTest, AReloadThatRaisesALimitMakesThoseItBlockedDue) {
  block("limited", BlockReason::kDailyLimit);
  block("active", BlockReason::kNobodyRemovable);
  block("exempt", BlockReason::kExempt);
  settings_.policy.max_removals_per_day = 2000;
  settle();
  EXPECT_TRUE(due("limited"));
  EXPECT_FALSE(due("active"));
  EXPECT_FALSE(due("exempt"));
  settings_.policy.inactive_for -= kDayMs;
  settle();
  EXPECT_TRUE(due("active"));
  EXPECT_FALSE(due("exempt"));
}

// Two reloads within a second: the scheduler sees the second alone, and a worker has blocked a group by the first.
TEST_F(UnblockingTest, APolicyThatNoStepHasSeenCountsToo) {
  SettingsCell cell{settings_};
  settings_.policy.max_removals_per_day = 1;
  cell.set(settings_);
  block("limited", BlockReason::kDailyLimit);
  settings_.policy = {};
  settings_.policy.inactive_for += kDayMs;
  cell.set(settings_);
  settings_ = *cell.get();
  settle();
  EXPECT_TRUE(due("limited"));
}

TEST_F(UnblockingTest, NorDoRulesOfRaisesGoUnseen) {
  settings_.capacity.ceilings = *Ceilings::parse("Public:2000");
  settings_.capacity.mode = CapacityMode::kRaise;
  settle();
  SettingsCell cell{settings_};
  settings_.capacity.max_raises_per_day = 1;
  cell.set(settings_);
  block("limited", BlockReason::kDailyLimit);
  settings_.capacity.max_raises_per_day = 50;
  cell.set(settings_);
  settings_ = *cell.get();
  settle();
  EXPECT_TRUE(due("limited"));
}

TEST_F(UnblockingTest, AHigherLimitNeedsNobodyRemovedAfterAReloadAndAfterARestart) {
  settings_.capacity.ceilings = *Ceilings::parse("Public:2000, Private:500");
  settings_.capacity.only_from = *DefaultLimits::parse("200,500");
  settings_.capacity.step = Share::count(7);
  settings_.capacity.mode = CapacityMode::kSuggest;
  settle();
  block("active", BlockReason::kNobodyRemovable);
  settings_.capacity.mode = CapacityMode::kRaise;
  settle();
  EXPECT_TRUE(due("active"));
  block("limited", BlockReason::kDailyLimit);
  restart();
  EXPECT_LE(settle(), 1) << "what was stored is what is in force";
  EXPECT_FALSE(due("limited"));
  settings_.capacity.max_raises_per_day = 100;
  restart();
  settle();
  EXPECT_TRUE(due("limited"));
}

TEST_F(UnblockingTest, SoDoesASecondLookThatIsSwitchedOff) {
  settings_.policy.second_look = kDayMs;
  settle();
  block("readers", BlockReason::kNobodyRemovable);
  settings_.policy.second_look = 0;
  settle();
  EXPECT_TRUE(due("readers"));
}

TEST_F(UnblockingTest, NorDoesOneThatWasTakenBackAtOnceGoUnseen) {
  SettingsCell cell{settings_};
  settings_.policy.max_removals_per_day = 1;
  cell.set(settings_);
  block("limited", BlockReason::kDailyLimit);
  settings_.policy = {};
  cell.set(settings_);
  settings_ = *cell.get();
  settle();
  EXPECT_TRUE(due("limited"));
  block("later", BlockReason::kDailyLimit);
  EXPECT_EQ(settle(), 0) << "what was seen once is over";
  EXPECT_FALSE(due("later"));
}

// Another node led meanwhile, and has walked through the groups under each of the policies.
TEST_F(UnblockingTest, WhatAnEarlierLeaderHasDoneIsNotDoneAgain) {
  SettingsCell cell{settings_};
  settings_.policy.inactive_for -= kDayMs;
  cell.set(settings_);
  Unblocking(database_, *view_, clock_).step(kNow, at_, settings_);
  block("active", BlockReason::kNobodyRemovable);
  settings_ = *cell.get();
  for (const bool has_led : {true, false}) {
    if (!has_led) restart();
    unblocking_->take_over();
    settle();
    EXPECT_FALSE(due("active")) << has_led;
  }
  settings_.policy.inactive_for -= kDayMs;
  unblocking_->take_over();
  settle();
  EXPECT_TRUE(due("active")) << "for these rules nobody has";
}

TEST_F(UnblockingTest, OfManyReloadsInARowTheNewestAreKnown) {
  SettingsCell cell{settings_};
  for (int i = 0; i < 1000; ++i) cell.set(settings_);
  EXPECT_LE(cell.get()->replaced.size(), SettingsCell::kReplacedKept);
  settings_ = *cell.get();
  block("limited", BlockReason::kDailyLimit);
  settle();
  EXPECT_FALSE(due("limited")) << "they were all the same";
}

TEST_F(UnblockingTest, WhatItMakesDueIsLookedAtAtOnceHoweverLongTheTick) {
  block("limited", BlockReason::kDailyLimit);
  settings_.policy.max_removals_per_day = 2000;
  at_ = at_ + kSecondMs;
  SteadyMs next = unblocking_->step(kNow, at_, settings_);
  if (next > at_) next = unblocking_->step(kNow, at_ = next, settings_);  // a slow machine takes two steps
  EXPECT_EQ(next, at_);
}

TEST_F(UnblockingTest, SoDoesARestart) {
  block("small", BlockReason::kTooSmall);
  settings_.policy.min_capacity = 5;
  restart();
  settle();
  EXPECT_TRUE(due("small"));
}

TEST_F(UnblockingTest, AStricterPolicyAndTheSameOneLeaveThemAlone) {
  block("limited", BlockReason::kDailyLimit);
  settings_.policy.max_removals_per_day = 10;
  settle();
  EXPECT_FALSE(due("limited"));
  restart();
  EXPECT_EQ(settle(), 0) << "nothing has changed since";
  // From there on the old limit is a looser one.
  settings_.policy = {};
  settle();
  EXPECT_TRUE(due("limited"));
}

TEST_F(UnblockingTest, ManyAreDoneAFewAtATimeAndACrashLosesNone) {
  for (int i = 0; i < 95; ++i) block("g" + std::to_string(i), BlockReason::kDailyLimit);
  settings_.policy.max_removals_per_day = 0;
  for (int i = 0; i < 3; ++i) at_ = unblocking_->step(kNow, at_, settings_);
  int done = 0;
  for (int i = 0; i < 95; ++i) done += due("g" + std::to_string(i)) ? 1 : 0;
  EXPECT_GT(done, 0);
  EXPECT_LE(done, 40);
  restart();
  settle();
  for (int i = 0; i < 95; ++i) EXPECT_TRUE(due("g" + std::to_string(i))) << i;
}

TEST_F(UnblockingTest, AFullDiskSkipsNobody) {
  for (int i = 0; i < 45; ++i) block("g" + std::to_string(i), BlockReason::kDailyLimit);
  settings_.policy.max_removals_per_day = 0;
  at_ = unblocking_->step(kNow, at_, settings_);
  database_.failures = 2;
  settle();
  for (int i = 0; i < 45; ++i) EXPECT_TRUE(due("g" + std::to_string(i))) << i;
}

TEST_F(UnblockingTest, APolicyThatAFullDiskDidNotTakeIsKnownToTheNextReload) {
  block("active", BlockReason::kNobodyRemovable);
  settings_.policy.inactive_for += kDayMs;
  at_ = at_ + kSecondMs;
  database_.failures = 1;
  EXPECT_THROW(unblocking_->step(kNow, at_, settings_), std::runtime_error);
  settings_.policy.inactive_for -= kDayMs;  // as it was when the groups were last walked through, and is stored
  settle();
  EXPECT_TRUE(due("active"));
}

TEST_F(UnblockingTest, AFirstPolicyThatAFullDiskDidNotTakeIsKnownToTheNextReload) {
  database_.commit([](Transaction& storage) { storage.put_setting("unblocking.policy", ""); });
  restart();
  block("active", BlockReason::kNobodyRemovable);
  database_.failures = 1;
  EXPECT_THROW(unblocking_->step(kNow, at_, settings_), std::runtime_error);
  settings_.policy.inactive_for -= kDayMs;
  settle();
  EXPECT_TRUE(due("active"));
}

}  // namespace
}  // namespace headroom
