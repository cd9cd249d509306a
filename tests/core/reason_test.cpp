#include "headroom/reason.h"

#include <gtest/gtest.h>

#include <set>

#include "headroom/names.h"
#include "tests/support/reason_words.h"

namespace headroom {
namespace {

std::vector<Reason> all_reasons() {
  std::vector<Reason> all;
  for (int i = 0; i < static_cast<int>(Reason::kChatError); ++i) all.emplace_back(static_cast<Reason::Kind>(i));
  all.push_back(Reason::of_chat(10002));
  return all;
}

TEST(Reason, HasOneWordThatIsReadAgain) {
  std::set<std::string> words;
  for (const Reason& reason : all_reasons()) {
    const std::string word = name_of(reason);
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_EQ(named<Reason>(word), reason) << word;
  }
  EXPECT_EQ(name_of(Reason::of_chat(70009)), "chat_error_70009");
  EXPECT_EQ(name_of(Reason::of_chat(0)), "chat_unreachable");
}

TEST(Reason, OtherWordsAreNone) {
  for (const char* word :
       {"deploy", "chat_error_", "chat_error_1x", "chat_error_0", "chat_error_99999999999", "Gone"}) {
    EXPECT_EQ(named<Reason>(word), std::nullopt) << word;
  }
}

// What each word means, as the contract says it.
TEST(Reason, Table) {
  struct Row {
    const char* word;
    bool error;
    BlockReason blocks;
    PauseCause pauses = PauseCause::kOperatorNeeded;
  };
  using enum BlockReason;
  for (const Row& row :
       std::initializer_list<Row>{{"", false, kNone},
                                  {"has_room", false, kNone},
                                  {"gone", false, kNone},
                                  {"nobody_removable", false, kNobodyRemovable},
                                  {"unsupported_type", false, kUnsupportedType},
                                  {"too_small", false, kTooSmall},
                                  {"daily_limit", false, kDailyLimit},
                                  {"exempt", false, kExempt},
                                  {"paused", false, kNone},
                                  {"mode_changed", false, kNone},
                                  {"closed", false, kNone},
                                  {"interrupted", true, kNone},
                                  {"no_permission", true, kNoPermission},
                                  {"chat_unreachable", true, kNone},
                                  {"chat_too_slow", true, kNone},
                                  {"not_removed", true, kNone},
                                  {"not_raised", true, kNone},
                                  {"capacity_unknown", true, kImplausibleData},
                                  {"field_missing", true, kImplausibleData},
                                  {"members_missing", true, kImplausibleData},
                                  {"no_activity_data", true, kImplausibleData},
                                  {"clock_skew", true, kNone, PauseCause::kClockSkew},
                                  {"replication", true, kNone, PauseCause::kReplication},
                                  {"chat_error_10002", true, kNone},
                                  {"chat_error_60020", true, kNone},
                                  {"chat_error_70009", true, kNone, PauseCause::kCredentialsRejected}}) {
    EXPECT_EQ(is_error(reason(row.word)), row.error) << row.word;
    EXPECT_EQ(blocks_as(reason(row.word)), row.blocks) << row.word;
    EXPECT_EQ(pauses_as(reason(row.word)), row.pauses) << row.word;
  }
}

}  // namespace
}  // namespace headroom
