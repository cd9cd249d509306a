#include "admin/handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/admin/endpoints.h"
#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

class AdminHandlerTest : public testing::Test {
 protected:
  AdminHandlerTest() {
    Group group;
    group.id = 1;
    group.group_id = "g";
    daemon_.view.all_groups = {group};
    headroom::Run run;
    run.id = 12;
    run.group_id = "g";
    daemon_.view.all_runs = {run};
  }

  void expect_problem(const Answered& answer, int status) const {
    EXPECT_EQ(answer.status(), status) << answer.response.body;
    EXPECT_EQ(answer.response.content_type, "application/problem+json");
    ASSERT_TRUE(answer.json.IsObject());
    EXPECT_EQ(answer.json["type"], "about:blank");
    EXPECT_EQ(answer.json["status"].GetInt(), status);
    EXPECT_GT(answer.json["title"].GetStringLength(), 0u);
    EXPECT_GT(answer.json["detail"].GetStringLength(), 0u);
  }

  FakeDaemon daemon_;
};

TEST_F(AdminHandlerTest, EveryEndpointServesAnOperator) {
  for (const Endpoint& e : endpoints()) {
    const Answered answer = daemon_.call(e.method, e.target, e.body);
    EXPECT_EQ(answer.status(), e.status) << e.method << " " << e.target << " " << answer.response.body;
    ASSERT_NE(answer.header("Cache-Control"), nullptr);
    EXPECT_EQ(*answer.header("Cache-Control"), e.method == "GET" ? "private, no-cache" : "no-store");
    ASSERT_NE(answer.header("X-Content-Type-Options"), nullptr);
    EXPECT_EQ(*answer.header("X-Content-Type-Options"), "nosniff");
    if (e.status == 204) {
      EXPECT_EQ(answer.response.body + answer.response.content_type, "");
    } else {
      EXPECT_TRUE(answer.json.IsObject()) << answer.response.body;
      EXPECT_EQ(answer.response.content_type, "application/json");
    }
  }
}

TEST_F(AdminHandlerTest, EveryRouteIsTriedHere) {
  const auto api = std::count_if(admin_routes().begin(), admin_routes().end(),
                                 [](const AdminRoute& route) { return route.access != AdminAccess::kOpen; });
  EXPECT_EQ(static_cast<std::size_t>(api), endpoints().size());
}

TEST_F(AdminHandlerTest, AViewerReadsAndChangesNothing) {
  for (const Endpoint& e : endpoints()) {
    const Answered answer = daemon_.call(e.method, e.target, e.body, kViewerToken);
    if (only_reads(e)) {
      EXPECT_EQ(answer.status(), e.status) << e.target;
    } else {
      expect_problem(answer, 403);
    }
  }
  EXPECT_THAT(daemon_.control.asked, testing::IsEmpty());
}

// No other origin's page may read an answer, whatever it asks.
TEST_F(AdminHandlerTest, CorsIsOff) {
  for (const Endpoint& e : endpoints()) {
    for (const std::string& method : {e.method, std::string("OPTIONS")}) {
      Request request = make_request(method, e.target, e.body, kOperatorToken);
      request.headers.emplace_back("origin", "https://example.com");
      request.headers.emplace_back("access-control-request-method", e.method);
      const auto answer = daemon_.send(std::move(request));
      EXPECT_EQ(answer->status(), method == "OPTIONS" ? 405 : e.status) << method << " " << e.target;
      for (const auto& header : answer->response.headers) {
        EXPECT_THAT(header.first, testing::Not(testing::StartsWith("Access-Control")));
      }
    }
    EXPECT_EQ(daemon_.call("OPTIONS", e.target, "", "").status(), 401) << "a browser's preflight has no token";
  }
}

TEST_F(AdminHandlerTest, AStrangerIsAskedForATokenFirst) {
  for (const std::string& token : {std::string(), std::string("wrong-token")}) {
    for (const Endpoint& e : endpoints()) {
      const Answered answer = daemon_.call(e.method, e.target + "?unknown=1", "not JSON", token);
      expect_problem(answer, 401);
      ASSERT_NE(answer.header("WWW-Authenticate"), nullptr);
      EXPECT_EQ(*answer.header("WWW-Authenticate"), "Bearer");
      EXPECT_THAT(answer.response.body, testing::Not(testing::HasSubstr("wrong-token")));
    }
  }
  expect_problem(daemon_.call("GET", "/api/v1/groups/%zz", "", ""), 401);
  expect_problem(daemon_.call("GET", "/api/v1/runs/99", "", ""), 401);
  expect_problem(daemon_.call("PATCH", "/api/v1/runs", "", ""), 401);
  EXPECT_THAT(daemon_.control.asked, testing::IsEmpty());
}

TEST_F(AdminHandlerTest, WithoutTokensNobodyIsServed) {
  AdminHandler closed(daemon_.view, daemon_.control, daemon_.clock, {});
  for (const Endpoint& e : endpoints()) {
    Answered answer;
    closed.handle(make_request(e.method, e.target, e.body),
                  [&](Response response) { answer = answered(std::move(response)); });
    expect_problem(answer, 401);
  }
}

TEST_F(AdminHandlerTest, UnknownPathsComeBeforeTheToken) {
  expect_problem(daemon_.call("GET", "/api/v1/nothing", "", ""), 404);
  expect_problem(daemon_.call("GET", "//", "", ""), 404);
  expect_problem(daemon_.get("/api/v1/groups/g/unknown"), 404);
}

TEST_F(AdminHandlerTest, OtherMethodsAreRefusedWithWhatIsAllowed) {
  const auto expect_allow = [&](const std::string& method, const std::string& target, const std::string& allow) {
    const Answered answer = daemon_.call(method, target);
    expect_problem(answer, 405);
    ASSERT_NE(answer.header("Allow"), nullptr) << target;
    EXPECT_EQ(*answer.header("Allow"), allow) << target;
  };
  expect_allow("POST", "/healthz", "GET, HEAD");
  expect_allow("DELETE", "/api/v1/groups", "GET, HEAD");
  expect_allow("PUT", "/api/v1/groups/g/runs", "GET, HEAD, POST");
  expect_allow("GET", "/api/v1/exemptions/groups/g", "PUT, DELETE");
  expect_allow("GET", "/api/v1/scheduler/pause", "POST");
  expect_allow("OPTIONS", "/api/v1/summary", "GET, HEAD");
  expect_problem(daemon_.call("POST", "/metrics", "", ""), 405);
  expect_problem(daemon_.call("DELETE", "/api/v1/runs", "", kViewerToken), 405);
}

TEST_F(AdminHandlerTest, HeadIsServedLikeGet) {
  EXPECT_EQ(daemon_.call("HEAD", "/api/v1/runs/12").response.body, daemon_.get("/api/v1/runs/12").response.body);
  EXPECT_EQ(daemon_.call("HEAD", "/readyz", "", "").status(), 200);
}

TEST_F(AdminHandlerTest, UnknownAndDoubledParametersAreRefused) {
  for (const Endpoint& e : endpoints()) {
    for (const std::string query : {"?unknown=1", "?limit2=1", "?Limit=1", "?=", "?x", "?%zz=1", "?limit=1&limit=1"}) {
      expect_problem(daemon_.call(e.method, e.target + query, e.body), 400);
    }
  }
  expect_problem(daemon_.get("/api/v1/groups/g/events?group_id=g"), 400);
  expect_problem(daemon_.get("/api/v1/runs?decision=keep"), 400);
  EXPECT_THAT(daemon_.control.asked, testing::IsEmpty());
}

TEST_F(AdminHandlerTest, BodiesWhereNoneIsTakenAreRefused) {
  for (const Endpoint& e : endpoints()) {
    expect_problem(daemon_.call(e.method, e.target, R"({"nothing_takes_this":1})"), 400);
    expect_problem(daemon_.call(e.method, e.target, "{"), 400);
  }
  EXPECT_EQ(daemon_.call("DELETE", "/api/v1/exemptions/groups/g", "{}").status(), 204);
  EXPECT_EQ(daemon_.call("POST", "/api/v1/scheduler/resume", "{}").status(), 200);
}

TEST_F(AdminHandlerTest, PathsThatCanNotBeDecodedAreRefused) {
  expect_problem(daemon_.get("/api/v1/groups/%zz"), 400);
  expect_problem(daemon_.get("/api/v1/runs/%4/members"), 400);
  expect_problem(daemon_.call("PUT", "/api/v1/exemptions/members/%", "{}"), 400);
}

TEST_F(AdminHandlerTest, FailedReadsTellNothing) {
  for (const auto kind : {StorageError::Kind::kFull, StorageError::Kind::kFatal, StorageError::Kind::kTimeout,
                          StorageError::Kind::kUnavailable, StorageError::Kind::kOther}) {
    daemon_.view.failure = kind;
    for (const Endpoint& e : endpoints()) {
      // What Chat is asked for reads no store here, nor does what stands in a file.
      const bool reads = e.target != "/api/v1/groups/g/members/u" && e.target != "/api/v1/config";
      if (e.method != "GET" || !reads) continue;
      const Answered answer = daemon_.call(e.method, e.target);
      const bool waits = kind == StorageError::Kind::kTimeout || kind == StorageError::Kind::kUnavailable;
      expect_problem(answer, waits ? 503 : 500);
      EXPECT_THAT(answer.response.body, testing::Not(testing::HasSubstr("secret")));
    }
  }
  EXPECT_THAT(daemon_.errors, testing::Contains("GET /api/v1/runs: disk /secret/path is broken"));
  daemon_.view.failure = StorageError::Kind::kTimeout;
  EXPECT_EQ(daemon_.get("/api/v1/runs").detail(),
            "the read took too long, or something else holds what it needs in the database");
}

TEST_F(AdminHandlerTest, FailedReadsNeedNoLog) {
  AdminHandler silent(daemon_.view, daemon_.control, daemon_.clock,
                      {{{"ops", AdminRole::kOperator, kOperatorToken}}, "1", nullptr});
  daemon_.view.failure = StorageError::Kind::kFatal;
  int status = 0;
  silent.handle(make_request("GET", "/api/v1/runs"), [&](const Response& response) { status = response.status; });
  EXPECT_EQ(status, 500);
}

TEST_F(AdminHandlerTest, TheHeadAloneIsEnoughToRefuse) {
  const auto early = [&](const std::string& method, const std::string& target, const std::string& token) {
    const auto response = daemon_.handler.early(make_request(method, target, "", token));
    return response ? response->status : 0;
  };
  EXPECT_EQ(early("POST", "/nothing", ""), 404);
  EXPECT_EQ(early("PUT", "/api/v1/exemptions/groups/g", ""), 401);
  EXPECT_EQ(early("PUT", "/api/v1/exemptions/groups/g", kViewerToken), 403);
  EXPECT_EQ(early("POST", "/api/v1/runs", kOperatorToken), 405);
  EXPECT_EQ(early("PUT", "/api/v1/exemptions/groups/g?x=1", kOperatorToken), 0);
  EXPECT_EQ(early("GET", "/healthz", ""), 0);
}

TEST_F(AdminHandlerTest, TheServersOwnErrorsAreProblems) {
  EXPECT_EQ(daemon_.handler.max_body(), 1024u * 1024u);
  for (const int status : {400, 408, 413, 414, 417, 431, 500, 501, 503, 505, 599}) {
    expect_problem(answered(daemon_.handler.error(status, "why \"not\"\xFF", {})), status);
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
