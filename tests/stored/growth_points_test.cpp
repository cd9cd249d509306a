#include "stored/growth_points.h"

#include <gtest/gtest.h>

#include <limits>

#include "headroom/storage_error.h"

namespace headroom::stored {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(GrowthPoints, ComeBackAsTheyWere) {
  const std::vector<std::vector<GrowthPoint>> lists = {
      {},
      {{0, 0, 0}},
      {{20000, 180, 200}, {20001, 181, 200}, {20005, 120, 400}},
      {{1, 63, 64}, {2, 127, 128}, {3, 0, 16384}, {4, 1, 1}},
      {{20000, kMost, 0}, {20001, 0, kMost}, {20002, kMost, 0}},
  };
  for (const auto& points : lists) EXPECT_EQ(unpacked(packed(points)), points);
}

TEST(GrowthPoints, ADayTakesThreeBytes) {
  std::vector<GrowthPoint> points;
  for (int i = 0; i < 60; ++i) points.push_back({20000 + i, 1000 + i % 7, 2000});
  EXPECT_LE(packed(points).size(), 60U * 3 + 4);
}

TEST(GrowthPoints, DamageIsNoPoints) {
  const std::string bytes = packed({{20000, 180, 200}, {20001, 181, 200}});
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    if (length == packed({{20000, 180, 200}}).size()) continue;  // one point, whole
    EXPECT_THROW(unpacked(bytes.substr(0, length)), StorageError) << length;
  }
  EXPECT_THROW(unpacked(std::string(30, '\xff')), StorageError);
}

}  // namespace
}  // namespace headroom::stored
