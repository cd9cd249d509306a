#include "sqlite/checkpoint_pace.h"

#include <gtest/gtest.h>

#include <vector>

namespace headroom::sqlite {
namespace {

constexpr Store::Batch kOrdinary{};
constexpr Store::Batch kHousekeeping{.housekeeping = true};
constexpr Store::Batch kFull{.disk_is_full = true};

class CheckpointPaceTest : public testing::Test {
 protected:
  CheckpointPaceTest() { pace_.set_page_bytes(10); }

  std::vector<std::int64_t> told_;
  CheckpointPace pace_{{.growth = 1000,
                        .housekeeping_growth = 100,
                        .longest = 5000,
                        .told_from = 20'000,
                        .told = [this](std::int64_t bytes) { told_.push_back(bytes); }}};
};

TEST_F(CheckpointPaceTest, OneIsDueForSoMuchGrowth) {
  pace_.committed(99);
  EXPECT_EQ(pace_.due(kOrdinary, false), std::nullopt);
  pace_.committed(100);
  EXPECT_EQ(pace_.due(kOrdinary, false), LogAfter::kGoesOn);
  pace_.began();
  pace_.committed(199);
  EXPECT_EQ(pace_.due(kOrdinary, false), std::nullopt);
  pace_.committed(200);
  EXPECT_EQ(pace_.due(kOrdinary, false), LogAfter::kGoesOn);
}

TEST_F(CheckpointPaceTest, HousekeepingsAreSmaller) {
  pace_.committed(9);
  EXPECT_EQ(pace_.due(kHousekeeping, false), std::nullopt);
  pace_.committed(10);
  EXPECT_EQ(pace_.due(kHousekeeping, false), LogAfter::kGoesOn);
}

// The commit that begins the log anew wrote all that is in it.
TEST_F(CheckpointPaceTest, ALogThatBeganAnewHasGrownByItsLength) {
  pace_.committed(300);
  pace_.began();
  pace_.committed(7);
  EXPECT_EQ(pace_.log_bytes(), 70);
  EXPECT_EQ(pace_.growth_bytes(), 70);
}

TEST_F(CheckpointPaceTest, ALongLogIsToBeginAnew) {
  pace_.committed(499);
  EXPECT_EQ(pace_.due(kOrdinary, false), LogAfter::kGoesOn);
  EXPECT_FALSE(pace_.too_long());
  pace_.committed(500);
  EXPECT_EQ(pace_.due(kOrdinary, false), LogAfter::kBeginsAnew);
  EXPECT_TRUE(pace_.too_long());
}

TEST_F(CheckpointPaceTest, TheOneBeforeIsWaitedForOnlyWhenTheLogIsFarTooLong) {
  pace_.committed(999);
  EXPECT_EQ(pace_.due(kOrdinary, true), std::nullopt);
  pace_.committed(1000);
  EXPECT_EQ(pace_.due(kOrdinary, true), LogAfter::kBeginsAnew);
}

TEST_F(CheckpointPaceTest, AFullDiskNeedsTheRoomOfTheLog) {
  pace_.committed(99);
  EXPECT_EQ(pace_.due(kFull, true), std::nullopt);
  pace_.committed(100);
  EXPECT_EQ(pace_.due(kFull, true), LogAfter::kBeginsAnew);
  EXPECT_EQ(pace_.due(kFull, false), LogAfter::kBeginsAnew);
}

TEST_F(CheckpointPaceTest, ALongLogIsToldOnceAndWhenItHasDoubled) {
  for (const int pages : {1999, 2000, 2500, 3999, 4000, 7999, 999, 2000}) {
    pace_.committed(pages);
    pace_.tell_length();
  }
  EXPECT_EQ(told_, (std::vector<std::int64_t>{20'000, 40'000, 20'000}));
}

}  // namespace
}  // namespace headroom::sqlite
