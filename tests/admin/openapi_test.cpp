#include "admin/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/admin/endpoints.h"
#include "tests/admin/fake_daemon.h"
#include "tests/admin/json_schema.h"

namespace headroom::admin::admin_test {
namespace {

using rapidjson::Value;
using testing::IsEmpty;

std::string lower(std::string_view method) {
  std::string text(method);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return text;
}

std::set<std::string> variables_of(std::string_view pattern) {
  std::set<std::string> names;
  for (std::size_t open = pattern.find('{'); open != pattern.npos; open = pattern.find('{', open + 1)) {
    names.emplace(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
  }
  return names;
}

// The description and the routes: neither has what the other has not.
class OpenapiTest : public testing::Test {
 protected:
  OpenapiTest() { document_.Parse(openapi_json().c_str()); }

  const Value& operation(const AdminRoute& route) {
    static const Value none;
    const auto path = paths().FindMember(std::string(route.pattern).c_str());
    if (path == paths().MemberEnd()) return none;
    const auto method = path->value.FindMember(lower(route.method).c_str());
    return method == path->value.MemberEnd() ? none : method->value;
  }
  const Value& paths() { return static_cast<const Value&>(document_)["paths"]; }

  std::set<std::string> parameters(const Value& operation, const std::string& in) {
    std::set<std::string> names;
    if (!operation.HasMember("parameters")) return names;
    for (const Value& parameter : operation["parameters"].GetArray()) {
      const Value& one = resolved(document_, parameter);
      if (one["in"] == in) names.insert(one["name"].GetString());
    }
    return names;
  }
  // The schema of that answer; null when there is none.
  const Value& schema(const Value& operation, int status, const std::string& type) {
    static const Value none;
    const auto response = operation["responses"].FindMember(std::to_string(status).c_str());
    if (response == operation["responses"].MemberEnd()) return none;
    const Value& found = resolved(document_, response->value);
    if (!found.HasMember("content") || !found["content"].HasMember(type)) return none;
    return resolved(document_, found["content"][type]["schema"]);
  }

  rapidjson::Document document_;
};

TEST_F(OpenapiTest, IsTheVersionOfTheProgram) {
  ASSERT_FALSE(document_.HasParseError());
  EXPECT_EQ(document_["openapi"], "3.0.3");
  EXPECT_NE(document_["info"]["version"], "unreleased");
}

TEST_F(OpenapiTest, EveryRouteIsInIt) {
  for (const AdminRoute& route : admin_routes()) {
    const std::string what = std::string(route.method) + " " + std::string(route.pattern);
    const Value& found = operation(route);
    ASSERT_TRUE(found.IsObject()) << what << " is missing";
    const std::set<std::string> expected(route.parameters.begin(), route.parameters.end());
    EXPECT_EQ(parameters(found, "query"), expected) << what;
    EXPECT_EQ(parameters(found, "path"), variables_of(route.pattern)) << what;
    EXPECT_EQ(parameters(found, "header").contains("Idempotency-Key"),
              route.method == "POST" && route.access == AdminAccess::kOperator)
        << what;
    EXPECT_EQ(parameters(found, "header").contains("X-Headroom-Reason"), route.access == AdminAccess::kOperator)
        << what;
    EXPECT_EQ(found.HasMember("requestBody"), route.takes_body) << what;
    EXPECT_EQ(found.HasMember("security"), route.access == AdminAccess::kOpen) << what;  // else that of the document
    EXPECT_EQ(found["responses"].HasMember("401"), route.access != AdminAccess::kOpen) << what;
    EXPECT_EQ(found["responses"].HasMember("403"), route.access == AdminAccess::kOperator) << what;
  }
}

TEST_F(OpenapiTest, EverythingInItIsARoute) {
  std::set<std::string> described;
  for (const auto& path : paths().GetObject()) {
    for (const auto& method : path.value.GetObject()) {
      described.insert(std::string(method.name.GetString()) + " " + path.name.GetString());
    }
  }
  std::set<std::string> served;
  for (const AdminRoute& route : admin_routes()) served.insert(lower(route.method) + " " + std::string(route.pattern));
  EXPECT_EQ(described, served);
}

TEST_F(OpenapiTest, IsServedToAnybody) {
  FakeDaemon daemon;
  const Answered answer = daemon.call("GET", "/api/v1/openapi.json", "", "");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.response.body, openapi_json());
  EXPECT_EQ(daemon.call("GET", "/api/v1/openapi.json?x=1", "", "").status(), 400) << "as everywhere under /api/v1";
}

// A daemon with one of everything.
void fill(FakeDaemon& daemon, bool with_everything) {
  Group group;
  group.id = 1;
  group.group_id = "g";
  headroom::Run run;
  run.id = 12;
  run.group_id = "g";
  RunMember member;
  member.id = 1;
  member.account = "u";
  Event event;
  event.id = 1;
  event.group_id = "g";
  Growth growth;
  growth.id = 1;
  growth.points = std::vector<GrowthPoint>(7);
  growth.forecast = Forecast{20'000, 19'999, std::nullopt, 14};
  PastRemoval removal;
  removal.id = 1;
  removal.group_id = "g";
  removal.account = "u";
  Exemption exemption;
  exemption.id = 1;
  exemption.subject = "u";
  AuditEntry entry;
  entry.id = 1;
  entry.target = "run:12";
  daemon.control.now.paused = with_everything;
  if (with_everything) {
    group.full_since = group.last_full_at = group.observed_at = group.next_check_at = group.seen_room_at = kNow;
    group.type = group.name = "x";
    group.member_count = group.max_member_count = group.last_run_id = 5;
    run.reason = Reason::kPaused;
    run.started_at = run.finished_at = run.confirmed_at = kNow;
    run.members_before = run.max_members = run.members_after = 5;
    run.kept = {{Why::kOwner, 1}, {Why::kNewcomer, 2}};
    member.joined_at_s = member.last_sent_at_s = 1'700'000'000;
    member.outcome = Outcome::kRemoved;
    event.client_ip = event.platform = "x";
    event.topic_id = "t";
    exemption.reason = entry.actor.reason = daemon.control.now.paused_reason = "x";
    exemption.expires_at = kNow + 1;
    growth.type = growth.name = "x";
    growth.forecast->latest = 20'100;
    removal.restored_at = removal.rejoined_at = kNow;
    daemon.control.now.max_removals_per_day = 5;
    daemon.control.now.paused_hint = "do";
    daemon.control.now.retry_at = daemon.control.now.last_webhook_at = kNow;
    daemon.control.now.chat = {false, kNow, "could not resolve"};
    daemon.handler.set_configuration({"f", {{"k", "v", "d", true}}, {{"admin-token", true}}, {"k"}});
    daemon.view.numbers.oldest_full_since = kNow;
    daemon.control.now.last_refusal = WebhookRefusal{kNow, "sign", "192.0.2.7"};
  }
  daemon.view.all_groups = {group};
  daemon.view.all_runs = {run};
  daemon.view.members[12] = {member};
  daemon.view.all_events = {event};
  daemon.view.all_exemptions = {exemption};
  daemon.view.all_audit = {entry};
  daemon.view.all_removals = {removal};
  daemon.view.all_growth = {growth};
}

TEST_F(OpenapiTest, EveryAnswerIsOfItsSchema) {
  for (const bool with_everything : {false, true}) {
    FakeDaemon daemon;
    fill(daemon, with_everything);
    for (const Endpoint& e : endpoints()) {
      const AdminRoute* route = match_admin_route(admin_routes(), e.method, e.target).route;
      const Answered answer = daemon.call(e.method, e.target, e.body);
      ASSERT_EQ(answer.status(), e.status) << e.target;
      if (e.status == 204) {
        EXPECT_TRUE(operation(*route)["responses"].HasMember("204")) << e.target;
        continue;
      }
      const Value& found = schema(operation(*route), e.status, "application/json");
      ASSERT_TRUE(found.IsObject()) << e.target;
      EXPECT_THAT(faults(document_, found, answer.json), IsEmpty()) << e.method << " " << e.target;
    }
  }
}

TEST_F(OpenapiTest, TheProbesAreOfTheirSchemas) {
  FakeDaemon daemon;
  for (const char* path : {"/healthz", "/readyz"}) {
    const AdminRoute* route = match_admin_route(admin_routes(), "GET", path).route;
    EXPECT_THAT(faults(document_, schema(operation(*route), 200, "application/json"), daemon.get(path).json),
                IsEmpty());
  }
  daemon.control.now.failing_check = "storage";
  const AdminRoute* ready = match_admin_route(admin_routes(), "GET", "/readyz").route;
  EXPECT_THAT(faults(document_, schema(operation(*ready), 503, "application/problem+json"), daemon.get("/readyz").json),
              IsEmpty());
}

TEST_F(OpenapiTest, EveryRefusalIsDescribed) {
  for (const Endpoint& e : endpoints()) {
    FakeDaemon daemon;
    const Value& found = operation(*match_admin_route(admin_routes(), e.method, e.target).route);
    for (const auto& [target, token, status] : std::vector<std::tuple<std::string, std::string, int>>{
             {e.target, "", 401}, {e.target + "?x=1", kOperatorToken, 400}}) {
      const Answered answer = daemon.call(e.method, target, e.body, token);
      ASSERT_EQ(answer.status(), status);
      EXPECT_THAT(faults(document_, schema(found, status, "application/problem+json"), answer.json), IsEmpty());
    }
  }
}

// The check itself: what it would let pass, nobody would notice.
TEST_F(OpenapiTest, AWrongAnswerIsFound) {
  const Value& schema = static_cast<const Value&>(document_)["components"]["schemas"]["Exemption"];
  for (const char* wrong :
       {R"({"kind":"group","id":"g","reason":null,"created_at":"2026-01-01T00:00:00Z"})",
        R"({"kind":"group","id":"g","reason":null,"created_at":"2026-01-01T00:00:00Z","expires_at":null,"more":1})",
        R"({"kind":"other","id":"g","reason":null,"created_at":"2026-01-01T00:00:00Z","expires_at":null})",
        R"({"kind":"group","id":5,"reason":null,"created_at":"2026-01-01T00:00:00Z","expires_at":null})",
        R"({"kind":"group","id":null,"reason":null,"created_at":"2026-01-01T00:00:00Z","expires_at":null})",
        R"({"kind":"group","id":"g","reason":null,"created_at":"today","expires_at":null})"}) {
    rapidjson::Document answer;
    answer.Parse(wrong);
    EXPECT_EQ(faults(document_, schema, answer).size(), 1u) << wrong;
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
