#include "admin/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/body_fields.h"
#include "admin/response.h"

namespace headroom::admin::admin_test {
namespace {

constexpr TimeMs kToday = 1767225600000;  // 2026-01-01

template <typename T>
std::string why_not(const Result<T>& result) {
  const auto* denied = std::get_if<Denied>(&result);
  return denied == nullptr ? "" : std::to_string(status_of(denied->kind)) + " " + denied->detail;
}

TEST(AdminBody, RunTakesItsMode) {
  EXPECT_EQ(std::get<RunOrder>(parse_run_body(R"({"mode":"plan"})")).mode, RunMode::kPlan);
  const auto prune = std::get<RunOrder>(parse_run_body(" { \"mode\" : \"prune\" } \n"));
  EXPECT_EQ(prune.mode, RunMode::kPrune);
  EXPECT_FALSE(prune.force);
  EXPECT_FALSE(std::get<RunOrder>(parse_run_body(R"({"mode":"prune","force":false})")).force);
  EXPECT_TRUE(std::get<RunOrder>(parse_run_body(R"({"force":true,"mode":"prune"})")).force);
  for (const char* bad :
       {"", "{}", "null", R"({"mode":null})", R"({"mode":"approve"})", R"({"mode":"restore"})", R"({"mode":"Plan"})",
        R"({"mode":""})", R"({"mode":1})", R"({"mode":["plan"]})", R"({"mode":"plan","mode":"plan"})",
        R"({"mode":"plan","x":1})", R"({"force":true})", R"({"mode":"prune","force":1})",
        R"({"mode":"prune","force":"true"})", R"({"mode":"prune","force":null})", R"({"mode":"plan"} {})", R"(["plan"])", R"("plan")", R"({"mode":"plan")",
        "{\"mode\":\"plan\",}", "{'mode':'plan'}", "{\"mode\":\"\xFF\"}"}) {
    EXPECT_THAT(why_not(parse_run_body(bad)), testing::StartsWith("400 ")) << bad;
  }
}

TEST(AdminBody, NothingMayStandBehindANul) {
  EXPECT_THAT(why_not(parse_run_body(std::string_view("{\"mode\":\"plan\"}\0junk", 20))), testing::StartsWith("400 "));
}

TEST(AdminBody, DeepNestingIsRefused) {
  const std::string deep(60000, '[');
  EXPECT_THAT(why_not(parse_run_body(deep)), testing::StartsWith("400 "));
  std::string nested = "{\"reason\":";
  nested += std::string(20000, '[') + std::string(20000, ']') + "}";
  EXPECT_EQ(why_not(parse_reason_body(nested)), "400 reason must be a string");
}

TEST(AdminBody, ANumberBeyondAllNumbersIsNamed) {
  EXPECT_EQ(why_not(parse_run_body(R"({"mode":"plan","x":1e999})")),
            "400 the body has a field that is not known here: x");
  EXPECT_EQ(why_not(parse_run_body(R"({"mode":"plan","force":[{"x":-1e999}]})")),
            "400 a number in force is too large (byte 29)");
  EXPECT_EQ(why_not(parse_reason_body("{\"reason\":1" + std::string(400, '0') + "}")),
            "400 a number in reason is too large (byte 10)");
  EXPECT_EQ(why_not(parse_run_body("[1e999]")), "400 the body is not a JSON object in UTF-8 (byte 1)");
  EXPECT_EQ(why_not(parse_run_body(R"({"mode":"plan",})")), "400 the body is not a JSON object in UTF-8 (byte 15)");
}

TEST(AdminBody, ExemptionFieldsAreOptional) {
  for (const char* body : {"", "{}", R"({"reason":null,"expires_at":null})"}) {
    const auto result = parse_exemption_body(body, kToday);
    ASSERT_EQ(why_not(result), "") << body;
    EXPECT_EQ(std::get<ExemptionBody>(result).reason, "");
    EXPECT_EQ(std::get<ExemptionBody>(result).expires_at, std::nullopt);
  }
  const auto result =
      parse_exemption_body(R"({"reason":"caf\u00e9","expires_at":"2026-01-01T09:00:00+08:00"})", kToday);
  ASSERT_EQ(why_not(result), "");
  EXPECT_EQ(std::get<ExemptionBody>(result).reason, "caf\xC3\xA9");
  EXPECT_EQ(std::get<ExemptionBody>(result).expires_at, kToday + kHourMs);
}

TEST(AdminBody, ExpiryHasToComeYet) {
  for (const char* bad : {R"({"expires_at":"2026-01-01T00:00:00Z"})", R"({"expires_at":"2025-12-31T23:59:59.999Z"})",
                          R"({"expires_at":""})", R"({"expires_at":"tomorrow"})", R"({"expires_at":1798761600})",
                          R"({"expires_at":"9999-12-31T23:59:59-01:00"})", R"({"expires_at":false})"}) {
    EXPECT_THAT(why_not(parse_exemption_body(bad, kToday)), testing::StartsWith("400 expires_at")) << bad;
  }
}

TEST(AdminBody, ReasonsAreShortPlainText) {
  EXPECT_EQ(std::get<std::string>(parse_reason_body("")), "");
  EXPECT_EQ(std::get<std::string>(parse_reason_body(R"({"reason":"night"})")), "night");
  const std::string longest(kMaxReasonBytes, 'x');
  EXPECT_EQ(std::get<std::string>(parse_reason_body("{\"reason\":\"" + longest + "\"}")), longest);
  EXPECT_THAT(why_not(parse_reason_body("{\"reason\":\"" + longest + "x\"}")), testing::HasSubstr("1024 bytes"));
  for (const char* bad : {R"({"reason":"a\nb"})", R"({"reason":"\u0000"})", R"({"reason":7})", R"({"reason":{}})",
                          R"({"reason":"a","reason":"b"})", R"({"expires_at":null})", R"({"reason":"\ud800"})"}) {
    EXPECT_THAT(why_not(parse_reason_body(bad)), testing::StartsWith("400 ")) << bad;
  }
}

TEST(AdminBody, PathsWithoutFieldsTakeNone) {
  EXPECT_FALSE(refuse_body(""));
  EXPECT_FALSE(refuse_body("{}"));
  for (const char* bad : {"x", "[]", R"({"reason":"a"})", " "}) EXPECT_TRUE(refuse_body(bad)) << bad;
}

}  // namespace
}  // namespace headroom::admin::admin_test
