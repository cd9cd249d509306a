#include "headroom/capacity.h"

#include <gtest/gtest.h>

#include <limits>

namespace headroom {
namespace {

GroupInfo of(std::optional<std::int64_t> members, std::optional<std::int64_t> seats) {
  GroupInfo info;
  info.member_num = members;
  info.max_member_num = seats;
  return info;
}

TEST(Capacity, IsKnownFromTwoNumbersThatFit) {
  EXPECT_TRUE(capacity_known(of(200, 200)));
  EXPECT_TRUE(capacity_known(of(1, 200)));
  EXPECT_FALSE(capacity_known(of(std::nullopt, 200)));
  EXPECT_FALSE(capacity_known(of(200, std::nullopt)));
  EXPECT_FALSE(capacity_known(of(0, 200)));
  EXPECT_FALSE(capacity_known(of(200, 0)));
  EXPECT_FALSE(capacity_known(of(200, -1)));
}

TEST(Capacity, IsUnknownWhenTheGroupIsFarOverIt) {
  EXPECT_FALSE(capacity_known(of(40, 1)));
  EXPECT_TRUE(capacity_known(of(4, 1))) << "three more than fit";
  EXPECT_FALSE(capacity_known(of(5, 1)));
  EXPECT_TRUE(capacity_known(of(210, 200))) << "5 %";
  EXPECT_FALSE(capacity_known(of(211, 200)));
  EXPECT_TRUE(capacity_known(of(23, 20)));
  EXPECT_FALSE(capacity_known(of(24, 20)));
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(capacity_known(of(kHuge, kHuge)));
  EXPECT_FALSE(capacity_known(of(kHuge, 1)));
}

TEST(Capacity, ALimitIsBelievedUnlessTheMembersContradictIt) {
  EXPECT_EQ(believable_limit(of(200, 240)), 240);
  EXPECT_EQ(believable_limit(of(203, 200)), 200);
  EXPECT_EQ(believable_limit(of(std::nullopt, 240)), 240);
  EXPECT_EQ(believable_limit(of(40, 1)), std::nullopt);
  EXPECT_EQ(believable_limit(of(40, std::nullopt)), std::nullopt);
  EXPECT_EQ(believable_limit(of(0, 0)), std::nullopt);
  EXPECT_EQ(believable_limit(of(std::numeric_limits<std::int64_t>::min(), 200)), 200);
}

TEST(Capacity, BelowTheLeastSeatsAGroupIsMeantToBeFull) {
  EXPECT_TRUE(is_too_small(of(5, 5), 20));
  EXPECT_TRUE(is_too_small(of(3, 19), 20));
  EXPECT_FALSE(is_too_small(of(20, 20), 20));
  EXPECT_FALSE(is_too_small(of(2, 2), 0));
  EXPECT_FALSE(is_too_small(of(40, 1), 20)) << "a number that is not believed makes no group small";
  EXPECT_FALSE(is_too_small(of(40, std::nullopt), 20));
}

}  // namespace
}  // namespace headroom
