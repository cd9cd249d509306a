#include <gtest/gtest.h>

#include "engine/runs/late_calls.h"

namespace headroom {
namespace {

TEST(LateCalls, OnlyALookThatWentOutWhenItIsOverSaysThatNothingCameOfIt) {
  LateCalls late(7 * kSecondMs);
  const SteadyMs sent{100};
  EXPECT_FALSE(late.may_come("u"));
  late.lost("u", sent);
  for (const DurationMs after : {DurationMs{0}, 7 * kSecondMs - 1}) {
    late.not_done("u", sent + after);
    EXPECT_TRUE(late.may_come("u")) << after;
  }
  late.not_done("u", sent + 7 * kSecondMs);
  EXPECT_FALSE(late.may_come("u"));
}

TEST(LateCalls, TheNewestCallCounts) {
  LateCalls late(7 * kSecondMs);
  const SteadyMs first{100};
  late.lost("u", first);
  late.lost("u", first + 5 * kSecondMs);
  late.not_done("u", first + 7 * kSecondMs);
  EXPECT_TRUE(late.may_come("u"));
  EXPECT_EQ(late.wait(first + 7 * kSecondMs), 5 * kSecondMs);
}

TEST(LateCalls, TheLongestIsWaitedForAndWhoIsSettledIsNot) {
  LateCalls late(7 * kSecondMs);
  const SteadyMs now{9000};
  EXPECT_EQ(late.wait(now), 0);
  late.lost("u", now + -8 * kSecondMs);
  EXPECT_EQ(late.wait(now), 0) << "it is over, and no look has said so";
  EXPECT_TRUE(late.may_come("u"));
  late.lost("v", now + -kSecondMs);
  late.lost("w", now);
  EXPECT_EQ(late.wait(now), 7 * kSecondMs);
  late.settled("w");
  EXPECT_EQ(late.wait(now), 6 * kSecondMs);
  late.clear();
  EXPECT_FALSE(late.may_come("v"));
}

}  // namespace
}  // namespace headroom
