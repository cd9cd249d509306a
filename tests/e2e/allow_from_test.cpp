#include "tests/e2e/fixture.h"

// webhook.allow_from, on real connections: all of them come from 127.0.0.1.
namespace headroom::e2e {
namespace {

class AllowFrom : public E2e {
 protected:
  long webhook(const std::vector<std::string>& headers = {}) {
    const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":)" +
                             std::to_string(++events_) + "}";
    return http("POST", webhook_url_ + "?SdkAppid=1400000000", body, headers).status;
  }
  std::int64_t events_ = 1700000000000;
};

TEST_F(AllowFrom, IsAboutWhomATrustedProxySaw) {
  set("webhook.allow_from", "203.0.113.0/24");
  start();
  EXPECT_EQ(webhook(), 403);
  EXPECT_EQ(webhook({"X-Forwarded-For: 198.51.100.1"}), 403);
  EXPECT_EQ(webhook({"X-Forwarded-For: 203.0.113.5, 198.51.100.1"}), 403);
  EXPECT_EQ(webhook({"X-Forwarded-For: 198.51.100.1, 203.0.113.5"}), 200);
  EXPECT_EQ(metric("headroom_webhook_requests_total{result=\"refused\"}"), 3);
  EXPECT_EQ(metric("headroom_events_total"), 1);
}

TEST_F(AllowFrom, IsAboutThePeerWhenNoProxyIsTrusted) {
  set("webhook.allow_from", "203.0.113.0/24");
  set("webhook.trusted_proxies", "10.0.0.0/8");
  start();
  EXPECT_EQ(webhook({"X-Forwarded-For: 203.0.113.5"}), 403);
}

TEST_F(AllowFrom, IsNotAboutTheAdminApi) {
  set("webhook.allow_from", "203.0.113.0/24");
  start();
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) EXPECT_EQ(http("GET", admin_url_ + path).status, 200);
  EXPECT_EQ(get("/api/v1/summary").status, 200);
}

}  // namespace
}  // namespace headroom::e2e
