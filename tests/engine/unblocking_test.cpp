#include "engine/schedule/unblocking.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using support::kNow;

class UnblockingTest : public testing::Test {
 protected:
  UnblockingTest() { settle(); }  // the first start of a database knows of no change

  void block(const std::string& group_id, BlockReason reason) {
    Group group;
    group.group_id = group_id;
    group.state = GroupState::kBlocked;
    group.reason = reason;
    group.full_since = kNow - kHourMs;
    group.next_check_at = kNow + kDayMs;
    group.cooldown_until = kNow + kDayMs;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  void block_by_a_run(const std::string& group_id, const Policy& policy, const Reason& reason, TimeMs ended) {
    headroom::Run run;
    run.group_id = group_id;
    run.policy = policy;
    run.state = RunState::kNothingToDo;
    run.reason = reason;
    run.finished_at = ended;
    block(group_id, BlockReason::kNobodyRemovable);
    database_.commit([&](Transaction& storage) {
      Group group = *storage.find_group(group_id);
      group.last_run_id = storage.insert_run(run);
      storage.save_group(group);
    });
  }
  // More than one step can make due, so that a walk through them can be cut off.
  void block_many(const std::string& name = "g") {
    for (int i = 0; i < 95; ++i) block(name + std::to_string(i), BlockReason::kNobodyRemovable);
  }
  void restart_at(TimeMs now) {
    settings_.in_force_since = now;
    restart();
  }
  void restart() { unblocking_.emplace(database_, *view_, clock_); }
  // Steps until there is nothing more to do; how many jobs that took.
  int settle() {
    const int before = database_.commits;
    for (int steps = 0; steps < 1000; ++steps) {
      try {
        const SteadyMs next = unblocking_->step(kNow, at_, settings_);
        if (next > at_ + kDayMs) return database_.commits - before;
        at_ = next;
      } catch (const std::runtime_error&) {  // as the scheduler's next step tries it again
        at_ = at_ + kSecondMs;
      }
    }
    ADD_FAILURE() << "no end";
    return 0;
  }
  bool due(const std::string& group_id) { return view_->find_group(group_id)->next_check_at == kNow; }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  Settings settings_;
  SteadyMs at_{7};
  VirtualClock clock_{kNow};
  std::optional<Unblocking> unblocking_{std::in_place, database_, *view_, clock_};
};

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
