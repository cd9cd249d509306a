#include "admin/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::http::admin_test {
namespace {

TEST(AdminPolicy, DurationsInTheGreatestExactUnit) {
  EXPECT_EQ(duration_text(0), "0");
  EXPECT_EQ(duration_text(30 * kDayMs), "30d");
  EXPECT_EQ(duration_text(36 * kHourMs), "36h");
  EXPECT_EQ(duration_text(90 * kMinuteMs), "90m");
  EXPECT_EQ(duration_text(61 * kSecondMs), "61s");
  EXPECT_EQ(duration_text(1500), "1500ms");
}

TEST(AdminPolicy, PercentsWithoutTrailingZeros) {
  EXPECT_EQ(percent_text(50000), "5%");
  EXPECT_EQ(percent_text(1000000), "100%");
  EXPECT_EQ(percent_text(5000), "0.5%");
  EXPECT_EQ(percent_text(125000), "12.5%");
  EXPECT_EQ(percent_text(1), "0.0001%");
  EXPECT_EQ(percent_text(100100), "10.01%");
}

TEST(AdminPolicy, WritesEveryKey) {
  Policy policy;
  policy.target_headroom = Share::count(7);
  AdminWriter writer;
  write_policy(writer, policy);
  EXPECT_EQ(
      writer.finish(),
      R"({"inactive_for":"30d","newcomer_grace":"7d","target_headroom":7,"max_removals_per_run":100,)"
      R"("max_removals_per_day":1000,"max_removals_per_group_day":200,"max_removed_share":"10%","min_capacity":20,)"
      R"("protect_online":true,"reader_backlog":100,"silence":true,"reason":"inactive"})");
}

}  // namespace
}  // namespace headroom::http::admin_test
