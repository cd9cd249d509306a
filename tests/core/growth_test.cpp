#include "headroom/growth.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace headroom {
namespace {

constexpr Day kToday = 20'000;

// The members of one day after the other, up to today.
std::vector<GrowthPoint> days(const std::vector<std::int64_t>& members, std::int64_t limit = 200) {
  std::vector<GrowthPoint> points;
  Day day = kToday - static_cast<Day>(members.size()) + 1;
  for (const std::int64_t count : members) points.push_back({day++, count, limit});
  return points;
}

std::vector<GrowthPoint> growing(std::size_t count, std::int64_t last, std::int64_t a_day, std::int64_t limit = 200) {
  std::vector<std::int64_t> members;
  for (std::size_t i = count; i > 0; --i) members.push_back(last - a_day * static_cast<std::int64_t>(i - 1));
  return days(members, limit);
}

TEST(Forecast, AtASteadyPaceAllThreeDaysAreTheSame) {
  const auto found = forecast(growing(10, 190, 2));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (Forecast{kToday + 5, kToday + 5, kToday + 5, 14}));
}

TEST(Forecast, ABrokenSeatIsADayMore) {
  EXPECT_EQ(forecast(growing(10, 190, 3))->full_on, kToday + 4) << "ten seats at three a day";
  EXPECT_EQ(forecast(growing(10, 199, 3))->full_on, kToday + 1) << "never today: it has room";
}

TEST(Forecast, WantsSevenPoints) {
  EXPECT_FALSE(forecast({}));
  EXPECT_FALSE(forecast(growing(6, 190, 2)));
  EXPECT_TRUE(forecast(growing(7, 190, 2)));
}

TEST(Forecast, WhatDoesNotGrowIsNeverFull) {
  EXPECT_FALSE(forecast(growing(10, 190, 0)));
  EXPECT_FALSE(forecast(growing(10, 150, -2)));
  EXPECT_FALSE(forecast(days({180, 180, 180, 180, 180, 180, 180, 180, 190}))) << "one day is no growth";
}

TEST(Forecast, AFullGroupHasNone) {
  EXPECT_FALSE(forecast(growing(10, 200, 2)));
  EXPECT_FALSE(forecast(growing(10, 205, 2)));
}

TEST(Forecast, WhatIsTooFarAwayIsNone) {
  // A member each week, and forty or 53 seats.
  const auto weekly = [](std::int64_t limit) {
    std::vector<GrowthPoint> points;
    for (int i = 8; i >= 0; --i) points.push_back({kToday - 7 * i, 160 - i, limit});
    return points;
  };
  EXPECT_EQ(forecast(weekly(200))->full_on, kToday + 280);
  EXPECT_FALSE(forecast(weekly(213))) << "371 days";
}

// A tenth of the days may say anything.
TEST(Forecast, ASingleOddDayMovesLittle) {
  auto points = growing(20, 180, 1);
  for (const std::int64_t odd : {0L, 199L, 1'000'000L}) {
    points[9].members = odd;
    EXPECT_EQ(forecast(points)->full_on, kToday + 20) << odd;
    EXPECT_EQ(forecast(points)->members_per_week, 7) << odd;
  }
}

TEST(Forecast, TheSpreadIsThatOfTheSlopes) {
  // By turns one and three more a day. Of the 55 slopes five are 1 and five are 3; next to them, over three days, 5/3
  // and 7/3; the median is 2.
  std::vector<std::int64_t> members{150};
  for (int i = 0; i < 10; ++i) members.push_back(members.back() + (i % 2 == 0 ? 1 : 3));
  const auto found = forecast(days(members));
  ASSERT_TRUE(found);
  EXPECT_EQ(members.back(), 170);
  EXPECT_EQ(found->full_on, kToday + 15);
  EXPECT_EQ(found->soonest, kToday + 13) << "thirty seats at 7/3 a day";
  EXPECT_EQ(found->latest, kToday + 18) << "at 5/3";
}

TEST(Forecast, OfAnEvenNumberTheMedianLiesBetweenTheMiddleTwo) {
  // The middle two of 28 slopes are 1.5 and 1.6; 38 seats are gone in 26 or in 24 days at those.
  EXPECT_EQ(forecast(days({150, 153, 156, 156, 158, 158, 161, 162}))->full_on, kToday + 25);
}

TEST(Forecast, AtTheSlowestPaceItMayNeverBeFull) {
  const auto found = forecast(days({150, 160, 155, 165, 150, 170, 160, 175, 165}));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->latest);
  EXPECT_LE(found->soonest, found->full_on);
}

TEST(Forecast, GapsAreDaysToo) {
  std::vector<GrowthPoint> points;
  for (int i = 0; i < 7; ++i) points.push_back({kToday - 3 * (6 - i), 164 + 6 * i, 220});
  EXPECT_EQ(forecast(points)->full_on, kToday + 10) << "twenty seats at two a day";
}

TEST(Forecast, TheNewestLimitCounts) {
  auto points = growing(10, 190, 2);
  points.back().limit = 240;
  EXPECT_EQ(forecast(points)->full_on, kToday + 25);
}

TEST(Forecast, SoonestIsNeverLaterThanLatest) {
  std::uint32_t dice = 1;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int64_t> members{150};
    for (int i = 0; i < 6 + round % 54; ++i) {
      dice = dice * 1664525U + 1013904223U;
      members.push_back(members.back() + static_cast<std::int64_t>(dice >> 24U) % 5 - 1);
    }
    const auto found = forecast(days(members, 500));
    if (!found) continue;
    EXPECT_LE(found->soonest, found->full_on);
    EXPECT_GT(found->soonest, kToday);
    if (found->latest) {
      EXPECT_GE(*found->latest, found->full_on);
    }
  }
}

Look look_at(std::optional<std::int64_t> members, std::optional<std::int64_t> seats, Day day = kToday) {
  Look look;
  look.sent_at = day * kDayMs + kHourMs;
  look.info = {"g", 0, "Public", "Book club", members, seats, 7};
  return look;
}

TEST(FillingUp, IsMoreThanSevenTenths) {
  EXPECT_EQ(is_filling_up(look_at(140, 200), 20), false);
  EXPECT_EQ(is_filling_up(look_at(141, 200), 20), true);
  EXPECT_EQ(is_filling_up(look_at(200, 200), 20), true);
  EXPECT_EQ(is_filling_up(look_at(700'001, 1'000'000), 20), true);
  EXPECT_EQ(is_filling_up(look_at(0, 200), 0), false);
}

TEST(FillingUp, ATableIsMeantToBeFull) {
  EXPECT_EQ(is_filling_up(look_at(19, 19), 20), false);
  EXPECT_EQ(is_filling_up(look_at(19, 20), 20), true);
}

TEST(FillingUp, AnswersThatDoNotSayLeaveWhatIsKnown) {
  EXPECT_EQ(is_filling_up(look_at(std::nullopt, 200), 20), std::nullopt);
  EXPECT_EQ(is_filling_up(look_at(190, std::nullopt), 20), std::nullopt);
  EXPECT_EQ(is_filling_up(look_at(190, 0), 20), std::nullopt);
  EXPECT_EQ(is_filling_up(look_at(40, 1), 0), std::nullopt) << "its members contradict the limit";
  EXPECT_EQ(is_filling_up(look_at(203, 200), 20), true);
  Look failed = look_at(190, 200);
  failed.info.error_code = 10002;
  EXPECT_EQ(is_filling_up(failed, 20), std::nullopt);
  Look gone;
  gone.gone = true;
  EXPECT_EQ(is_filling_up(gone, 20), false);
  Look unlimited = look_at(190, 200);
  unlimited.info.type = "AVChatRoom";
  EXPECT_EQ(is_filling_up(unlimited, 20), false);
}

TEST(Grown, ADayHasOnePointAndTheNewestLookMakesIt) {
  const auto first = grown(std::nullopt, look_at(150, 200));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->group_id, "g");
  EXPECT_EQ(first->name, "Book club");
  EXPECT_EQ(first->seen_at, kToday * kDayMs + kHourMs);
  EXPECT_FALSE(grown(first, look_at(150, 200))) << "nothing new";
  const auto second = grown(first, look_at(151, 200));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->points, (std::vector<GrowthPoint>{{kToday, 151, 200}}));
  EXPECT_TRUE(grown(second, look_at(151, 240))) << "another limit";
  EXPECT_EQ(grown(second, look_at(151, 200, kToday + 1))->points.size(), 2U) << "the same on another day";
}

TEST(Grown, SixtyDaysAreKept) {
  std::optional<Growth> growth;
  for (Day day = 0; day < 100; ++day) growth = grown(growth, look_at(150 + day, 300, kToday + day));
  ASSERT_EQ(growth->points.size(), 60U);
  EXPECT_EQ(growth->points.front().day, kToday + 40);
  EXPECT_EQ(growth->points.back().day, kToday + 99);
  ASSERT_TRUE(growth->forecast);
  EXPECT_EQ(growth->forecast->members_per_week, 7);
  growth = grown(growth, look_at(250, 300, kToday + 200));
  EXPECT_EQ(growth->points.size(), 1U) << "all others are too old by now";
  EXPECT_FALSE(growth->forecast);
}

TEST(Grown, ADayThatIsStillToComeWasAWrongClocks) {
  auto growth = grown(std::nullopt, look_at(150, 200, kToday));
  growth = grown(growth, look_at(190, 200, kToday + 4000));
  growth = grown(growth, look_at(151, 200, kToday + 1));
  EXPECT_EQ(growth->points.size(), 1U);
  EXPECT_EQ(growth->points.back(), (GrowthPoint{kToday + 1, 151, 200}));
}

TEST(Grown, TellsWhenItWillBeFull) {
  std::optional<Growth> growth;
  for (Day day = 0; day < 7; ++day) {
    EXPECT_FALSE(growth && growth->forecast);
    growth = grown(growth, look_at(180 + 2 * day, 200, kToday + day));
  }
  ASSERT_TRUE(growth->forecast);
  EXPECT_EQ(growth->forecast->full_on, kToday + 6 + 4);
  EXPECT_FALSE(grown(growth, look_at(200, 200, kToday + 7))->forecast) << "it is full";
}

}  // namespace
}  // namespace headroom
