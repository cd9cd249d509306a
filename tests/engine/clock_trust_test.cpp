#include "engine/gate/clock_trust.h"

#include <gtest/gtest.h>

#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'790'000'000'000;

class ClockTrustTest : public testing::Test {
 protected:
  bool trusted() { return trust_.trusted_now(true).has_value(); }
  bool trusted_in_observe() { return trust_.trusted_now(false).has_value(); }

  VirtualClock clock_{kNow};
  ClockTrust trust_{clock_};
};

TEST_F(ClockTrustTest, OneThatNobodyHasCheckedIsNotTrusted) {
  EXPECT_FALSE(trusted());
  EXPECT_TRUE(trusted_in_observe());
  trust_.heard(0);
  EXPECT_EQ(trust_.trusted_now(true), kNow);
}

TEST_F(ClockTrustTest, ChatHasToHaveAgreedWithinTheHour) {
  trust_.heard(2 * kMinuteMs);
  clock_.advance(kHourMs - 1);
  EXPECT_TRUE(trusted());
  clock_.advance(1);
  EXPECT_FALSE(trusted());
  trust_.heard(-2 * kMinuteMs);
  EXPECT_TRUE(trusted());
  trust_.heard(2 * kMinuteMs + 1);
  EXPECT_FALSE(trusted());
}

TEST_F(ClockTrustTest, AStepIsRememberedForAnHour) {
  for (const DurationMs step : {kMinuteMs + 1, -kMinuteMs - 1, 100 * kDayMs, -200 * kDayMs}) {
    trust_.heard(0);
    EXPECT_TRUE(trusted());
    clock_.step(step);
    EXPECT_FALSE(trusted()) << step;
    EXPECT_FALSE(trusted_in_observe());
    trust_.heard(0);
    clock_.advance(kHourMs - 1);
    trust_.heard(0);
    EXPECT_FALSE(trusted()) << "although Chat agrees";
    clock_.advance(1);
    EXPECT_TRUE(trusted());
  }
}

TEST_F(ClockTrustTest, AStepAndBackIsSeenWhenSomebodyAskedMeanwhile) {
  trust_.heard(0);
  clock_.step(100 * kDayMs);
  EXPECT_FALSE(trusted());
  clock_.step(-100 * kDayMs);
  clock_.advance(kHourMs - 1);
  trust_.heard(0);
  EXPECT_FALSE(trusted());
}

TEST_F(ClockTrustTest, SmallCorrectionsAreNoStepAndDoNotAddUp) {
  for (int hour = 0; hour < 10; ++hour) {
    clock_.step(kMinuteMs / 2);
    trust_.heard(0);
    EXPECT_TRUE(trusted()) << hour;
    clock_.advance(kHourMs);
  }
  trust_.heard(0);
  clock_.step(kMinuteMs);
  EXPECT_TRUE(trusted());
  clock_.step(kMinuteMs);
  EXPECT_FALSE(trusted()) << "two of them within the hour";
}

TEST_F(ClockTrustTest, WhatChatSaidOfAnotherClockSaysNothingOfThisOne) {
  trust_.heard(0);
  EXPECT_TRUE(trust_.agreed_at());
  clock_.step(kHourMs);
  EXPECT_FALSE(trust_.agreed_at());
  EXPECT_EQ(trust_.disturbed_at(), clock_.steady_now());
}

// A reload into mode observe, while the daemon is paused for its clock.
TEST_F(ClockTrustTest, WhatChatHasCalledWrongIsNotTrustedInObserve) {
  trust_.heard(100 * kDayMs);
  clock_.advance(3 * kHourMs);
  EXPECT_FALSE(trusted_in_observe());
  clock_.step(100 * kDayMs);
  EXPECT_FALSE(trusted_in_observe());
  clock_.advance(kHourMs);
  EXPECT_TRUE(trusted_in_observe()) << "another clock, and nobody says anything of it";
}

}  // namespace
}  // namespace headroom
