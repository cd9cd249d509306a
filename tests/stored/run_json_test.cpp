#include "stored/run_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "headroom/storage.h"

namespace headroom::stored {
namespace {

TEST(RunJsonTest, APolicyComesBackExactly) {
  Policy policy;
  EXPECT_EQ(policy_from_json(policy_to_json(policy)), policy);
  policy.inactive_for = std::numeric_limits<std::int64_t>::max();
  policy.newcomer_grace = 0;
  policy.target_headroom = Share::count(7);
  policy.max_removals_per_run = 1;
  policy.max_removals_per_day = 0;
  policy.max_removals_per_group_day = 9'007'199'254'740'993;  // more than a double holds
  policy.max_removed_share = Share::percent(0.0001);
  policy.protect_online = false;
  policy.reader_backlog = 0;
  policy.silence = false;
  policy.min_capacity = 0;
  policy.reason = "a \"b\" \\ \n \x01 \xE7\xBE\xA4 " + std::string(1, '\0');
  EXPECT_EQ(policy_from_json(policy_to_json(policy)), policy);
}

// Rows that were written before the key came are neither damage nor another policy.
TEST(RunJsonTest, AKeyThatCameLaterIsItsDefaultWhereItIsAbsent) {
  const std::string of_before =
      R"({"inactive_for_ms":2592000000,"newcomer_grace_ms":604800000,"target_headroom":{"parts_per_million":50000},)"
      R"("max_removals_per_run":100,"max_removals_per_day":1000,"max_removals_per_group_day":200,)"
      R"("max_removed_share":{"parts_per_million":100000},"protect_online":true,"reader_backlog":100,"silence":true,)"
      R"("reason":"inactive"})";
  EXPECT_EQ(policy_from_json(of_before), Policy{});
  EXPECT_EQ(policy_from_json(of_before).min_capacity, 20);
  EXPECT_EQ(policy_to_json({}), of_before) << "the same policy is the same key of policy_outcome";
  std::string wrong_kind = of_before;
  wrong_kind.insert(1, R"("min_capacity":"20",)");
  EXPECT_THROW(policy_from_json(wrong_kind), StorageError);
}

TEST(RunJsonTest, AKeyTooFewOrTooManyIsNoDamage) {
  EXPECT_EQ(policy_from_json("{}"), Policy{}) << "as long as no default has changed since";
  EXPECT_EQ(policy_from_json(R"({"silence":false})").silence, false);
  Policy policy;
  policy.inactive_for = 90 * kDayMs;
  std::string of_later = policy_to_json(policy);
  of_later.insert(1, R"("shadow_ms":86400000,"scope":{"tag":"x"},)");
  EXPECT_EQ(policy_from_json(of_later), policy);
}

TEST(RunJsonTest, KeptIsWrittenInTheContractsWords) {
  EXPECT_EQ(kept_to_json({}), "{}");
  EXPECT_EQ(kept_to_json({{Why::kOwner, 1}, {Why::kNewcomer, 20}}), R"({"owner":1,"newcomer":20})");
  EXPECT_EQ(kept_from_json(R"({"owner":1,"newcomer":20})"),
            (std::map<Why, std::int64_t>{{Why::kOwner, 1}, {Why::kNewcomer, 20}}));
}

TEST(RunJsonTest, DamagedJsonIsAnError) {
  const std::string whole = policy_to_json({});
  const std::string deep(100000, '[');
  for (const std::string& json :
       {std::string(), std::string("[]"), whole.substr(0, whole.size() - 1), whole + "x", deep,
        std::string(R"({"inactive_for_ms":"1"})"), std::string(R"({"silence":1})"),
        std::string(R"({"target_headroom":5})"), std::string(R"({"target_headroom":{}})"),
        std::string(R"({"max_removed_share":{"count":-1}})"), std::string(R"({"reason":7})")}) {
    try {
      policy_from_json(json);
      ADD_FAILURE() << json;
    } catch (const StorageError& error) {
      EXPECT_EQ(error.kind(), StorageError::Kind::kOther);
    }
  }
  for (const std::string json : {"", "1", R"({"nobody":1})", R"({"owner":"1"})", R"({"owner":1.5})"}) {
    EXPECT_THROW(kept_from_json(json), StorageError) << json;
  }
}

}  // namespace
}  // namespace headroom::stored
