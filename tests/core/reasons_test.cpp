#include "headroom/reasons.h"

#include <gtest/gtest.h>

#include "headroom/group.h"
#include "headroom/names.h"

namespace headroom {
namespace {

TEST(Reasons, EveryReasonOfARunHasWords) {
  for (const char* reason : {"has_room",         "gone",          "nobody_removable", "unsupported_type",
                             "no_permission",    "daily_limit",   "exempt",           "paused",
                             "mode_changed",     "interrupted",   "chat_unreachable", "members_missing",
                             "no_activity_data", "field_missing", "capacity_unknown", "clock_skew",
                             "chat_too_slow",    "too_small",     "not_removed",      "storage_failing",
                             "closed",           "replication"}) {
    const Explanation why = explain(reason);
    EXPECT_NE(why.what, "") << reason;
    EXPECT_NE(why.what, reason);
  }
}

TEST(Reasons, WhatBlocksAGroupHasWordsAndAHint) {
  for (int i = static_cast<int>(BlockReason::kNone) + 1; i <= static_cast<int>(kLastBlockReason); ++i) {
    const std::string reason(name_of(static_cast<BlockReason>(i)));
    EXPECT_NE(explain(reason).what, reason);
    EXPECT_NE(explain(reason).hint, "") << reason;
  }
}

TEST(Reasons, CodesOfChat) {
  EXPECT_EQ(explain("chat_error_70009").what, "Chat answered 70009: the UserSig was signed with another app's key");
  EXPECT_NE(explain("chat_error_70009").hint.find("chat.secret_key_file"), std::string::npos);
  EXPECT_EQ(explain("chat_error_12345").what, "Chat answered with the error code 12345");
  EXPECT_NE(explain("chat_error_12345").hint, "");
}

TEST(Reasons, AnythingElseIsItsOwnExplanation) {
  for (const char* reason : {"", "deploy", "chat_error_", "chat_error_1x", "chat_error_99999999999"}) {
    EXPECT_EQ(explain(reason).what, reason);
    EXPECT_EQ(explain(reason).hint, "");
  }
}

}  // namespace
}  // namespace headroom
