#include <gmock/gmock.h>

#include "tests/storage/backend.h"

// Groups that fill up, as sweeps saw them.
namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using GrowthStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(GrowthStorageTest);

const Day kToday = day_of(kNow);

Growth a_growth(const std::string& group_id, std::optional<Day> full_on = kToday + 3) {
  Growth growth;
  growth.group_id = group_id;
  growth.type = "Public";
  growth.name = "Book club 读书会";
  growth.seen_at = kNow;
  growth.points = {{kToday - 2, 180, 200}, {kToday - 1, 170, 200}, {kToday, 190, 240}};
  if (full_on) growth.forecast = Forecast{*full_on, *full_on - 1, std::nullopt, 14};
  return growth;
}

std::vector<std::string> filling(ReadView& view, Day until, int limit = 1000) {
  std::vector<std::string> ids;
  PageRequest request{limit};
  for (int pages = 0; pages < 1000; ++pages) {
    const auto page = view.filling(until, request);
    EXPECT_LE(page.items.size(), static_cast<std::size_t>(limit));
    for (const Growth& growth : page.items) ids.push_back(growth.group_id);
    if (!page.next_before_id) return ids;
    EXPECT_TRUE(page.next_rank);
    request.before_id = page.next_before_id;
    request.rank = page.next_rank;
  }
  ADD_FAILURE() << "the pages have no end";
  return ids;
}

TEST_P(GrowthStorageTest, IsKeptAsItIs) {
  Growth growth = a_growth("g");
  growth.id = write([&](Transaction& s) { return s.save_growth(growth); });
  EXPECT_GT(growth.id, 0);
  EXPECT_EQ(storage().find_growth("g"), growth);
  EXPECT_FALSE(storage().find_growth("h"));
  backend().reopen();
  EXPECT_EQ(storage().find_growth("g"), growth);
  growth.points.push_back({kToday + 1, 0, std::numeric_limits<std::int64_t>::max()});
  growth.points.push_back({kToday + 2, std::numeric_limits<std::int64_t>::max(), 0});
  growth.forecast = Forecast{kToday + 9, kToday + 5, kToday + 40, 3};
  growth.seen_at = kNow + 1;
  growth.name = "Other";
  EXPECT_EQ(write([&](Transaction& s) { return s.save_growth(growth); }), growth.id);
  EXPECT_EQ(storage().find_growth("g"), growth);
  growth.forecast.reset();
  write([&](Transaction& s) { s.save_growth(growth); });
  EXPECT_EQ(storage().find_growth("g"), growth);
}

TEST_P(GrowthStorageTest, TheSoonestFirstUpToThatDay) {
  write([&](Transaction& s) {
    s.save_growth(a_growth("later", kToday + 9));
    s.save_growth(a_growth("soon", kToday + 2));
    s.save_growth(a_growth("never", std::nullopt));
    s.save_growth(a_growth("soon too", kToday + 2));
    s.save_growth(a_growth("overdue", kToday - 1));
  });
  const auto view = backend().open_view();
  EXPECT_THAT(filling(*view, kToday + 9), ElementsAre("overdue", "soon", "soon too", "later"));
  EXPECT_THAT(filling(*view, kToday + 8), ElementsAre("overdue", "soon", "soon too"));
  EXPECT_THAT(filling(*view, kToday - 2), IsEmpty());
}

TEST_P(GrowthStorageTest, PagesNeitherRepeatNorSkip) {
  std::vector<std::string> expected;
  write([&](Transaction& s) {
    for (int i = 0; i < 100; ++i) s.save_growth(a_growth("g" + std::to_string(i), kToday + i % 3));
  });
  for (int day = 0; day < 3; ++day) {
    for (int i = day; i < 100; i += 3) expected.push_back("g" + std::to_string(i));
  }
  for (const int limit : {1, 7, 33, 34, 99, 100, 1000}) EXPECT_EQ(filling(storage(), kToday + 5, limit), expected);
}

TEST_P(GrowthStorageTest, AreCountedWhateverBecomesOfThem) {
  const auto soon = [&] { return storage().counts(kNow, kNow).groups_filling; };
  EXPECT_EQ(soon(), 0);
  Growth growth = a_growth("g", kToday + kFillingSoon);
  growth.id = write([&](Transaction& s) {
    s.save_growth(a_growth("far", kToday + kFillingSoon + 1));
    s.save_growth(a_growth("never", std::nullopt));
    s.save_growth(a_growth("overdue", kToday - 1));
    return s.save_growth(growth);
  });
  EXPECT_EQ(soon(), 2);
  const auto moved_to = [&](std::optional<Day> day) {
    growth.forecast = day ? std::optional(Forecast{*day, *day, *day, 1}) : std::nullopt;
    write([&](Transaction& s) { s.save_growth(growth); });
    return soon();
  };
  EXPECT_EQ(moved_to(kToday + 40), 1);
  EXPECT_EQ(moved_to(kToday + 1), 2);
  EXPECT_EQ(moved_to(kToday + 1), 2);
  EXPECT_EQ(moved_to(std::nullopt), 1);
  EXPECT_EQ(moved_to(kToday + 1), 2);
  write([&](Transaction& s) {
    EXPECT_TRUE(s.delete_growth("g"));
    EXPECT_FALSE(s.delete_growth("g"));
    EXPECT_TRUE(s.delete_growth("never"));
  });
  EXPECT_EQ(soon(), 1);
  EXPECT_EQ(storage().counts(kNow + kDayMs, kNow).groups_filling, 2) << "a day later the far one is near";
  EXPECT_FALSE(storage().find_growth("g"));
}

TEST_P(GrowthStorageTest, WhatNoSweepSawForLongIsForgotten) {
  write([&](Transaction& s) {
    for (int i = 0; i < 10; ++i) {
      Growth growth = a_growth("g" + std::to_string(i));
      growth.seen_at = kNow + i;
      s.save_growth(growth);
    }
  });
  EXPECT_EQ(write([&](Transaction& s) { return s.drop_forecasts_before(kNow + 8, 5); }), 5);
  EXPECT_EQ(write([&](Transaction& s) { return s.drop_forecasts_before(kNow + 8, 5); }), 3);
  EXPECT_EQ(write([&](Transaction& s) { return s.drop_forecasts_before(kNow + 8, 5); }), 0);
  EXPECT_THAT(filling(storage(), kToday + 9), ElementsAre("g8", "g9"));
  EXPECT_EQ(storage().counts(kNow, kNow).groups_filling, 2);
  EXPECT_EQ(storage().find_growth("g0")->points.size(), 3U) << "the points stay";
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_growth_before(kNow + 9, 5); }), 5);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_growth_before(kNow + 9, 5); }), 4);
  EXPECT_FALSE(storage().find_growth("g8"));
  EXPECT_TRUE(storage().find_growth("g9"));
  EXPECT_EQ(storage().counts(kNow, kNow).groups_filling, 1);
}

}  // namespace
}  // namespace headroom::test
