#include "admin/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/admin/endpoints.h"
#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AdminChanges, AnOperatorsRun) {
  FakeDaemon daemon;
  const Answered answer = daemon.call("POST", "/api/v1/groups/%40TGS%23a%2Fb/runs", R"({"mode":"prune"})");
  EXPECT_EQ(answer.status(), 202);
  EXPECT_EQ(answer.json["id"].GetInt(), 12);
  EXPECT_EQ(answer.json["group_id"], "@TGS#a/b");
  EXPECT_EQ(answer.json["trigger"], "operator");
  EXPECT_EQ(answer.json["mode"], "prune");
  ASSERT_NE(answer.header("Location"), nullptr);
  EXPECT_EQ(*answer.header("Location"), "/api/v1/runs/12");
}

TEST(AdminChanges, AForcedRun) {
  FakeDaemon daemon;
  const Answered answer = daemon.call("POST", "/api/v1/groups/g/runs", R"({"mode":"prune","force":true})");
  EXPECT_EQ(answer.status(), 202);
  EXPECT_TRUE(answer.json["forced"].GetBool());
  EXPECT_THAT(daemon.control.asked, ElementsAre("forced run g"));
}

TEST(AdminChanges, ARunIsApprovedRejectedOrRestored) {
  FakeDaemon daemon;
  const Answered approved = daemon.call("POST", "/api/v1/runs/12/approve", "{}");
  EXPECT_EQ(approved.status(), 202);
  EXPECT_EQ(approved.json["id"].GetInt(), 12);
  EXPECT_EQ(approved.json["state"], "running");
  const Answered rejected = daemon.call("POST", "/api/v1/runs/12/reject");
  EXPECT_EQ(rejected.status(), 200);
  EXPECT_EQ(rejected.json["state"], "rejected");
  const Answered restored = daemon.call("POST", "/api/v1/runs/12/restore");
  EXPECT_EQ(restored.status(), 202);
  ASSERT_NE(restored.header("Location"), nullptr);
  EXPECT_THAT(daemon.control.asked, ElementsAre("approve 12", "reject 12", "restore 12"));
  EXPECT_EQ(daemon.call("POST", "/api/v1/runs/12/approve", R"({"force":true})").status(), 400);
}

TEST(AdminChanges, WhatIsDeniedIsAProblem) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"POST", "/api/v1/groups/g/runs"},      {"POST", "/api/v1/runs/12/approve"},
      {"POST", "/api/v1/runs/12/reject"},     {"POST", "/api/v1/runs/12/restore"},
      {"PUT", "/api/v1/exemptions/groups/g"}, {"DELETE", "/api/v1/exemptions/members/u"},
      {"POST", "/api/v1/scheduler/pause"},    {"POST", "/api/v1/sweeps"},
      {"POST", "/api/v1/scheduler/resume"}};
  for (const auto& [kind, status] : std::initializer_list<std::pair<Denied::Kind, int>>{
           {Denied::kNotFound, 404}, {Denied::kConflict, 409}, {Denied::kFailed, 500}, {Denied::kUnavailable, 503}}) {
    FakeDaemon daemon;
    daemon.control.denied = Denied{kind, "a run is open"};
    for (const auto& [method, target] : changes) {
      const Answered answer =
          daemon.call(method, target, target.find("groups/g/runs") != target.npos ? R"({"mode":"plan"})" : "");
      EXPECT_EQ(answer.status(), status) << target;
      EXPECT_EQ(answer.response.content_type, "application/problem+json");
      EXPECT_EQ(answer.detail(), "a run is open");
      // Only what nobody can help who asks is for the log.
      const bool logged = kind == Denied::kUnavailable;
      EXPECT_EQ(daemon.errors, logged ? std::vector<std::string>{method + ' ' + target + ": a run is open"}
                                      : std::vector<std::string>{});
      daemon.errors.clear();
    }
  }
}

TEST(AdminChanges, ABodyWithoutAReasonTakesTheHeaders) {
  FakeDaemon daemon;
  const auto reason = [&](const std::string& method, const std::string& target, const std::string& body) {
    Request request = make_request(method, target, body);
    request.headers.emplace_back("x-headroom-reason", "caf%C3%A9 %25");
    const Answered answer = *daemon.send(std::move(request));
    const char* field = method == "PUT" ? "reason" : "paused_reason";
    if (answer.status() != 200) return std::to_string(answer.status());
    return std::string(answer.json[field].IsString() ? answer.json[field].GetString() : "null");
  };
  EXPECT_EQ(reason("PUT", "/api/v1/exemptions/groups/g", ""), "caf\xC3\xA9 %");
  EXPECT_EQ(reason("PUT", "/api/v1/exemptions/members/u", R"({"expires_at":null})"), "caf\xC3\xA9 %");
  EXPECT_EQ(reason("PUT", "/api/v1/exemptions/members/u", R"({"reason":"vip"})"), "vip");
  EXPECT_EQ(reason("POST", "/api/v1/scheduler/pause", "{}"), "caf\xC3\xA9 %");
  EXPECT_EQ(reason("POST", "/api/v1/scheduler/pause", R"({"reason":"deploy"})"), "deploy");
}

TEST(AdminChanges, TheHeadersReasonIsPercentEncoded) {
  FakeDaemon daemon;
  const auto audited = [&](const std::string& header) {
    Request request = make_request("POST", "/api/v1/scheduler/resume");
    request.headers.emplace_back("x-headroom-reason", header);
    const int status = daemon.send(std::move(request))->status();
    return status == 200 ? daemon.control.actors.back().reason : std::to_string(status);
  };
  EXPECT_EQ(audited("%E6%B8%85%E7%90%86 100%25"), "\xE6\xB8\x85\xE7\x90\x86 100%");
  EXPECT_EQ(audited("a+b"), "a+b");
  EXPECT_EQ(audited("100 % sure"), "100 % sure") << "written by hand";
  for (const char* bad : {"a%0Ab", "%FF", "%00"}) EXPECT_EQ(audited(bad), "400") << bad;
}

TEST(AdminChanges, AnIdWithWhiteSpaceAtAnEndIsRefused) {
  FakeDaemon daemon;
  for (const std::string id :
       {"bob%20", "%20bob", "bob%C2%A0", "%E3%80%80bob", "bob%EF%BB%BF", "%20", "bob%E2%80%8B"}) {
    EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/members/" + id).status(), 400) << id;
    EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/groups/" + id).status(), 400) << id;
    EXPECT_EQ(daemon.call("DELETE", "/api/v1/exemptions/groups/" + id).status(), 400) << id;
    EXPECT_EQ(daemon.call("POST", "/api/v1/groups/" + id + "/runs", R"({"mode":"plan"})").status(), 400) << id;
    EXPECT_EQ(daemon.get("/api/v1/groups/g/members/" + id).status(), 400) << id;
    EXPECT_EQ(daemon.get("/api/v1/events?group_id=" + id).status(), 400) << id;
  }
  EXPECT_THAT(daemon.control.asked, IsEmpty());
  EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/members/b%20ob").status(), 200) << "within it belongs to the name";
}

TEST(AdminChanges, BadRunsAreNotStarted) {
  FakeDaemon daemon;
  for (const char* body : {"", "{}", R"({"mode":"approve"})", R"({"mode":"plan","forced":true})", "\xFF"}) {
    EXPECT_EQ(daemon.call("POST", "/api/v1/groups/g/runs", body).status(), 400) << body;
  }
  for (const std::string& group : {std::string("%FF"), std::string("a%00"), std::string(129, 'x')}) {
    EXPECT_EQ(daemon.call("POST", "/api/v1/groups/" + group + "/runs", R"({"mode":"plan"})").status(), 404) << group;
  }
  EXPECT_THAT(daemon.control.asked, IsEmpty());
}

TEST(AdminChanges, ASweep) {
  FakeDaemon daemon;
  const Answered answer = daemon.call("POST", "/api/v1/sweeps", R"({"dry_run":true})");
  EXPECT_EQ(answer.status(), 202);
  EXPECT_EQ(answer.response.body,
            R"({"id":3,"state":"running","dry_run":true,"groups_listed":0,"groups_read":0,"groups_full":0,)"
            R"("groups_new":0,"started_at":"2026-01-01T00:00:00.000Z","finished_at":null})");
  EXPECT_EQ(daemon.call("POST", "/api/v1/sweeps", R"({"dry_run":false})").status(), 202);
  EXPECT_EQ(daemon.call("POST", "/api/v1/sweeps").status(), 202);
  EXPECT_THAT(daemon.control.asked, ElementsAre("dry sweep", "sweep", "sweep"));
  for (const char* body : {R"({"dry_run":1})", R"({"dry_run":null})", R"({"dry_run":"true"})", "[]", R"({"x":1})"}) {
    EXPECT_EQ(daemon.call("POST", "/api/v1/sweeps", body).status(), 400) << body;
  }
}

TEST(AdminChanges, Exempting) {
  FakeDaemon daemon;
  const Answered group = daemon.call("PUT", "/api/v1/exemptions/groups/a%2Fb+c",
                                     R"({"reason":"vip","expires_at":"2026-02-01T00:00:00Z"})");
  EXPECT_EQ(group.status(), 200);
  EXPECT_EQ(group.response.body,
            R"({"kind":"group","id":"a/b+c","reason":"vip","created_at":"2026-01-01T00:00:00.000Z",)"
            R"("expires_at":"2026-02-01T00:00:00.000Z"})");
  const Answered member = daemon.call("PUT", "/api/v1/exemptions/members/u%201");
  EXPECT_EQ(member.response.body,
            R"({"kind":"member","id":"u 1","reason":null,"created_at":"2026-01-01T00:00:00.000Z","expires_at":null})");
}

TEST(AdminChanges, BadExemptionsAreRefused) {
  FakeDaemon daemon;
  for (const std::string kind : {"groups", "members"}) {
    for (const std::string& id : {std::string("%FF"), std::string("a%0A"), std::string("%00"), std::string(129, 'x')}) {
      EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/" + kind + "/" + id, "{}").status(), 400) << id;
    }
    EXPECT_EQ(
        daemon.call("PUT", "/api/v1/exemptions/" + kind + "/x", R"({"expires_at":"2026-01-01T00:00:00Z"})").status(),
        400);
    EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/" + kind + "/x", R"({"kind":"group"})").status(), 400);
    EXPECT_EQ(daemon.call("PUT", "/api/v1/exemptions/" + kind + "/", "{}").status(), 404);
  }
  EXPECT_THAT(daemon.control.asked, IsEmpty());
}

TEST(AdminChanges, LiftingAnExemption) {
  FakeDaemon daemon;
  EXPECT_EQ(daemon.call("DELETE", "/api/v1/exemptions/groups/g").status(), 204);
  EXPECT_EQ(daemon.call("DELETE", "/api/v1/exemptions/members/u").status(), 204);
  EXPECT_THAT(daemon.control.asked, ElementsAre("lift group g", "lift member u"));
  daemon.control.denied = Denied{Denied::kNotFound, "there is no such exemption"};
  EXPECT_EQ(daemon.call("DELETE", "/api/v1/exemptions/groups/g").status(), 404);
  EXPECT_EQ(daemon.call("DELETE", "/api/v1/exemptions/members/%FF").status(), 404);
}

TEST(AdminChanges, ControlLearnsWhoAsksAndWhy) {
  for (const auto& [method, target, body, status] : changes()) {
    FakeDaemon daemon;
    Request request = make_request(method, target, body);
    request.peer = "192.0.2.7";
    request.headers.emplace_back("x-headroom-reason", "ticket 7, caf\xC3\xA9");
    EXPECT_EQ(daemon.send(std::move(request))->status(), status) << target;
    ASSERT_EQ(daemon.control.actors.size(), 1u) << target;
    EXPECT_EQ(daemon.control.actors[0].token, "ops");
    EXPECT_EQ(daemon.control.actors[0].role, AdminRole::kOperator);
    EXPECT_EQ(daemon.control.actors[0].peer, "192.0.2.7");
    EXPECT_EQ(daemon.control.actors[0].reason, "ticket 7, caf\xC3\xA9");
    EXPECT_EQ(daemon.call(method, target, body).status(), status);
    EXPECT_EQ(daemon.control.actors[1].reason, "");
  }
}

TEST(AdminChanges, AReasonThatIsNoneIsRefused) {
  FakeDaemon daemon;
  for (const std::string& reason : {std::string(1025, 'x'), std::string("a\tb"), std::string("\xFF")}) {
    Request request = make_request("POST", "/api/v1/scheduler/pause");
    request.headers.emplace_back("x-headroom-reason", reason);
    EXPECT_EQ(daemon.send(std::move(request))->status(), 400) << reason;
  }
  Request twice = make_request("POST", "/api/v1/scheduler/pause");
  twice.headers.emplace_back("x-headroom-reason", "a");
  twice.headers.emplace_back("x-headroom-reason", "a");
  EXPECT_EQ(daemon.send(std::move(twice))->status(), 400);
  EXPECT_THAT(daemon.control.asked, IsEmpty());
  Request longest = make_request("POST", "/api/v1/scheduler/pause");
  longest.headers.emplace_back("x-headroom-reason", std::string(1024, 'x'));
  EXPECT_EQ(daemon.send(std::move(longest))->status(), 200);
}

// The completions come from another thread, and after the handler has gone; they may not read the store.
TEST(AdminChanges, AnswersComeWhenTheyAreDone) {
  FakeView view;
  FakeControl control;
  support::FixedClock clock(kNow);
  control.later = true;
  int answers = 0;
  {
    AdminHandler handler(view, control, clock, {{{"ops", AdminRole::kOperator, kOperatorToken}}, "1", nullptr});
    for (const auto& [method, target, body, status] : changes()) {
      handler.handle(make_request(method, target, body), [&, expected = status](const Response& response) {
        EXPECT_EQ(response.status, expected);
        ++answers;
      });
    }
  }
  EXPECT_EQ(answers, 0);
  ASSERT_EQ(control.pending.size(), changes().size());
  view.failure = StorageError::Kind::kFatal;
  std::thread writer([&] {
    for (const auto& complete : control.pending) complete();
  });
  writer.join();
  EXPECT_EQ(answers, static_cast<int>(changes().size()));
}

}  // namespace
}  // namespace headroom::admin::admin_test
