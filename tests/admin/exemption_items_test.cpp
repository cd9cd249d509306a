#include "admin/exemption_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

using testing::HasSubstr;

std::string why_not(const std::string& body) {
  const auto parsed = parse_exemption_items(body, kNow);
  const auto* denied = std::get_if<Denied>(&parsed);
  return denied == nullptr ? "" : denied->detail;
}
std::string item_why_not(const std::string& item) {
  return why_not(R"({"items":[{"kind":"group","id":"fine"},)" + item + "]}");
}
std::string items(int number) {
  std::string body;
  for (int i = 0; i < number; ++i) {
    body += (i == 0 ? "" : ",") + std::string(R"({"kind":"member","id":"u)") + std::to_string(i) + "\"}";
  }
  return "{\"items\":[" + body + "]}";
}

TEST(AdminExemptionItems, AreRead) {
  const auto parsed = parse_exemption_items(
      R"({"items":[{"kind":"group","id":"@TGS#1","reason":"ours","expires_at":"2026-01-01T00:00:01Z"},)"
      R"({"id":"@TGS#1","kind":"member","reason":null,"expires_at":null},{"kind":"member","id":"\u7fa4 u"}]})",
      kNow);
  const auto& exemptions = std::get<std::vector<Exemption>>(parsed);
  ASSERT_EQ(exemptions.size(), 3U);
  EXPECT_EQ(exemptions[0].kind, ExemptionKind::kGroup);
  EXPECT_EQ(exemptions[0].subject, "@TGS#1");
  EXPECT_EQ(exemptions[0].reason, "ours");
  EXPECT_EQ(exemptions[0].expires_at, kNow + 1000);
  EXPECT_EQ(exemptions[1].kind, ExemptionKind::kMember);
  EXPECT_EQ(exemptions[1].reason, "");
  EXPECT_FALSE(exemptions[1].expires_at);
  EXPECT_EQ(exemptions[2].subject, "\xE7\xBE\xA4 u");
}

TEST(AdminExemptionItems, AreOneToAThousand) {
  const std::string range = "items must be a list of 1 to 1000 exemptions";
  for (const char* body : {"", "{}", R"({"items":[]})", R"({"items":null})", R"({"items":{}})", R"({"items":"x"})"}) {
    EXPECT_EQ(why_not(body), range) << body;
  }
  EXPECT_EQ(why_not(items(1000)), "");
  EXPECT_EQ(why_not(items(1001)), range);
  EXPECT_THAT(why_not("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(why_not(R"({"items":[],"more":1})"), HasSubstr("more"));
  EXPECT_THAT(why_not(std::string(100000, '[')), HasSubstr("not a JSON object"));
}

TEST(AdminExemptionItems, WhatIsWrongWithOneIsNamed) {
  const std::string where = "items[1]: ";
  EXPECT_EQ(item_why_not("7"), where + "it must be an object");
  EXPECT_EQ(item_why_not(R"({"id":"u"})"), where + R"(kind must be "group" or "member")");
  EXPECT_EQ(item_why_not(R"({"kind":7,"id":"u"})"), where + R"(kind must be "group" or "member")");
  EXPECT_EQ(item_why_not(R"({"kind":"Group","id":"u"})"), where + R"(kind must be "group" or "member")");
  EXPECT_EQ(item_why_not(R"({"kind":"group","id":"u","created_at":null})"),
            where + "the body has a field that is not known here: created_at");
  EXPECT_EQ(item_why_not(R"({"kind":"group","kind":"group","id":"u"})"), where + "the body has a field twice: kind");
  for (const std::string& id : {std::string(), std::string(" u"), std::string("u\\n"), std::string(129, 'x')}) {
    EXPECT_THAT(item_why_not(R"({"kind":"group","id":")" + id + "\"}"), HasSubstr(where + "id must be")) << id;
  }
  EXPECT_EQ(item_why_not(R"({"kind":"group","id":7})"), where + "id must be a string");
  EXPECT_EQ(item_why_not(R"({"kind":"group","id":"u","reason":"a\u0007"})"),
            where + "reason must not have control characters");
  EXPECT_THAT(item_why_not(R"({"kind":"group","id":"u","reason":")" + std::string(1025, 'x') + "\"}"),
              HasSubstr(where + "reason must not be longer"));
  EXPECT_EQ(item_why_not(R"({"kind":"group","id":"u","expires_at":"2026-01-01T00:00:00Z"})"),
            where + "expires_at must be in the future");
  EXPECT_EQ(item_why_not(R"({"kind":"group","id":"fine"})"), where + "its kind and id stand there already");
  EXPECT_EQ(item_why_not(R"({"kind":"member","id":"fine"})"), "");
}

TEST(AdminExemptionItems, AreStoredInTheirOrderAndTakeTheReasonOfTheRequest) {
  FakeDaemon daemon;
  Request request = make_request("POST", "/api/v1/exemptions",
                                 R"({"items":[{"kind":"member","id":"z"},{"kind":"group","id":"a","reason":"own"}]})",
                                 kOperatorToken);
  request.headers.emplace_back("x-headroom-reason", "ticket%207");
  const auto answer = daemon.send(request);
  EXPECT_EQ(answer->response.body,
            R"({"items":[{"kind":"member","id":"z","reason":"ticket 7","created_at":"2026-01-01T00:00:00.000Z",)"
            R"("expires_at":null},{"kind":"group","id":"a","reason":"own","created_at":"2026-01-01T00:00:00.000Z",)"
            R"("expires_at":null}]})");
  EXPECT_THAT(daemon.control.asked, testing::ElementsAre("exempt z", "exempt a"));
  EXPECT_EQ(daemon.call("POST", "/api/v1/exemptions", R"({"items":[{"kind":"member","id":"z"},7]})").status(), 400);
  EXPECT_EQ(daemon.control.asked.size(), 2U) << "all or none";
}

// The largest body is for this alone.
TEST(AdminExemptionItems, OtherPathsTakeSmallerBodies) {
  FakeDaemon daemon;
  const std::string spaces(kMaxBody, ' ');
  EXPECT_GE(daemon.handler.max_body(), kMaxListBody);
  EXPECT_EQ(daemon.call("POST", "/api/v1/exemptions", spaces + items(1000)).status(), 200);
  EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/pause", spaces + "{}").status(), 413);
  EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/pause", spaces.substr(2) + "{}").status(), 200);
}

}  // namespace
}  // namespace headroom::admin::admin_test
