#include "admin/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::admin::admin_test {
namespace {

TEST(AdminPolicy, WritesEveryKey) {
  Policy policy;
  policy.target_headroom = Share::count(7);
  JsonObject writer;
  write_policy(writer, policy);
  EXPECT_EQ(
      writer.finish(),
      R"({"inactive_for":"30d","newcomer_grace":"7d","target_headroom":7,"max_removals_per_run":100,)"
      R"("max_removals_per_day":1000,"max_removals_per_group_day":200,"max_removed_share":"10%","min_capacity":20,)"
      R"("second_look":"0","first_share":"100%","only_groups":"","except_groups":"",)"
      R"("types":"Private, Public, ChatRoom, Community","protect_accounts":"",)"
      R"("protect_online":true,"reader_backlog":100,"silence":true,"reason":"inactive"})");
}

}  // namespace
}  // namespace headroom::admin::admin_test
