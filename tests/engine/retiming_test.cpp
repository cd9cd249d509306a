#include "engine/schedule/retiming.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using support::kNow;

class RetimingTest : public testing::Test {
 protected:
  RetimingTest() {
    settings_.timing.stale_after = kDayMs;
    settle();
  }

  void fill(const std::string& group_id) {
    Group group;
    group.group_id = group_id;
    group.state = GroupState::kFull;
    group.full_since = kNow - kHourMs;
    group.next_check_at = *group.full_since + kDayMs;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  void settle() {
    for (int steps = 0; steps < 1000; ++steps) {
      try {
        const SteadyMs next = retiming_.step(kNow, at_, settings_);
        if (next > at_ + kDayMs) return;
        at_ = next;
      } catch (const std::runtime_error&) {  // as the scheduler's next step tries it again
        at_ = at_ + kSecondMs;
      }
    }
    ADD_FAILURE() << "no end";
  }
  TimeMs next_of(const std::string& group_id) { return *view_->find_group(group_id)->next_check_at; }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  Settings settings_;
  SteadyMs at_{7};
  VirtualClock clock_{kNow};
  Retiming retiming_{database_, *view_, clock_};
};

TEST_F(RetimingTest, AShorterStaleAfterGivesEachFullGroupItsNewTime) {
  for (int i = 0; i < 45; ++i) fill("g" + std::to_string(i));
  settings_.timing.stale_after = 2 * kHourMs;
  settle();
  for (int i = 0; i < 45; ++i) EXPECT_EQ(next_of("g" + std::to_string(i)), kNow + kHourMs) << i;
  settings_.timing.stale_after = kMinuteMs;
  settle();
  EXPECT_EQ(next_of("g7"), kNow) << "over already";
}

TEST_F(RetimingTest, WhatItMakesDueIsLookedAtAtOnceHoweverLongTheTick) {
  fill("g");
  settings_.timing.stale_after = kMinuteMs;
  at_ = at_ + kSecondMs;
  SteadyMs next = retiming_.step(kNow, at_, settings_);
  if (next > at_) next = retiming_.step(kNow, at_ = next, settings_);  // a slow machine takes two steps
  EXPECT_EQ(next, at_);
}

TEST_F(RetimingTest, ALongerOneIsLeftToTheLook) {
  fill("g");
  settings_.timing.stale_after = 2 * kDayMs;
  settle();
  EXPECT_EQ(next_of("g"), kNow - kHourMs + kDayMs);
}

TEST_F(RetimingTest, AFullDiskSkipsNobody) {
  for (int i = 0; i < 45; ++i) fill("g" + std::to_string(i));
  settings_.timing.stale_after = kMinuteMs;
  at_ = retiming_.step(kNow, at_, settings_);
  database_.failures = 2;
  settle();
  for (int i = 0; i < 45; ++i) EXPECT_EQ(next_of("g" + std::to_string(i)), kNow) << i;
}

}  // namespace
}  // namespace headroom
