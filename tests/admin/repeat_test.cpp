#include "admin/repeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/endpoints.h"
#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

std::optional<RequestKey> key_of(const std::string& method, const std::string& target, const std::string& body,
                                 const std::string& key = "k") {
  FakeDaemon daemon;
  Request request = make_request(method, target, body);
  request.headers.emplace_back("idempotency-key", key);
  daemon.send(std::move(request));
  return daemon.control.keys.empty() ? std::nullopt : std::optional(daemon.control.keys.front());
}

TEST(AdminRepeat, EveryPostTakesAKeyAndNothingElseDoes) {
  for (const Endpoint& e : changes()) {
    const auto key = key_of(e.method, e.target, e.body);
    ASSERT_EQ(key.has_value(), e.method == "POST") << e.method << " " << e.target;
    if (!key) continue;
    EXPECT_EQ(key->token, "ops");
    EXPECT_EQ(key->key, "k");
    EXPECT_EQ(key->request.size(), 64u);
  }
}

TEST(AdminRepeat, TheRequestIsItsPathAndBody) {
  const std::string plan = R"({"mode":"plan"})";
  const auto first = key_of("POST", "/api/v1/groups/%40a/runs", plan);
  EXPECT_EQ(key_of("POST", "/api/v1/groups/@a/runs", plan)->request, first->request);
  EXPECT_NE(key_of("POST", "/api/v1/groups/@b/runs", plan)->request, first->request);
  EXPECT_NE(key_of("POST", "/api/v1/groups/@a/runs", R"({"mode":"prune"})")->request, first->request);
  EXPECT_NE(key_of("POST", "/api/v1/runs/1/approve", "")->request,
            key_of("POST", "/api/v1/runs/1/reject", "")->request);
}

TEST(AdminRepeat, AKeyThatIsNoneIsRefused) {
  FakeDaemon daemon;
  for (const std::string& key :
       {std::string(), std::string("a b"), std::string("caf\xC3\xA9"), std::string(256, 'k')}) {
    Request request = make_request("POST", "/api/v1/scheduler/pause");
    request.headers.emplace_back("idempotency-key", key);
    EXPECT_EQ(daemon.send(std::move(request))->status(), 400) << key;
  }
  Request twice = make_request("POST", "/api/v1/scheduler/pause");
  twice.headers.emplace_back("idempotency-key", "k");
  twice.headers.emplace_back("idempotency-key", "k");
  EXPECT_EQ(daemon.send(std::move(twice))->status(), 400);
  EXPECT_THAT(daemon.control.asked, testing::IsEmpty());
  EXPECT_TRUE(key_of("POST", "/api/v1/scheduler/pause", "", std::string(255, '~')));
}

TEST(AdminRepeat, AnAnswerIsTheSameAfterItWasKept) {
  const std::vector<Endpoint> posts = {{"POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})", 202},
                                       {"POST", "/api/v1/scheduler/pause", "", 200}};
  for (const auto& denied : {std::optional<Denied>(), std::optional(Denied{Denied::kConflict, "a run is open"})}) {
    for (const Endpoint& e : posts) {
      FakeDaemon plain;
      FakeDaemon keyed;
      plain.control.denied = keyed.control.denied = denied;
      const Answered first = plain.call(e.method, e.target, e.body);
      Request request = make_request(e.method, e.target, e.body);
      request.headers.emplace_back("idempotency-key", "k");
      const Answered kept = *keyed.send(std::move(request));
      EXPECT_EQ(kept.status(), first.status());
      EXPECT_EQ(kept.response.body, first.response.body);
      EXPECT_EQ(kept.response.content_type, first.response.content_type);
      EXPECT_EQ(kept.response.headers, first.response.headers);
    }
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
