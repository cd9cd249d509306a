#include <gmock/gmock.h>
#include <signal.h>

#include "tests/e2e/fixture.h"

// What webhooks are signed with, and what happens where they are not.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

// Of RequestTime=1669872112 [34354].
constexpr const char* kOldToken = "xxxxyyyy";
constexpr const char* kOldSign = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
constexpr const char* kNewToken = "other";
constexpr const char* kNewSign = "bb1dae3f670d3231a31c89c057ff429d2c9c584197f2d8b8ef4fe678a0ede27b";

class WebhookToken : public E2e {
 protected:
  WebhookToken() { settings_.erase("webhook.allow_unsigned"); }

  long webhook(const std::string& sign) {
    const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":)" +
                             std::to_string(++events_) + "}";
    return http("POST", webhook_url_ + "?SdkAppid=1400000000&Sign=" + sign + "&RequestTime=1669872112", body).status;
  }
  // SIGHUP, and what came of it.
  bool reloads(const char* outcome) {
    const std::size_t before = daemon_->stderr_text().size();
    daemon_->signal(SIGHUP);
    return eventually([&] { return daemon_->stderr_text().find(outcome, before) != std::string::npos; });
  }
  std::int64_t events_ = 1700000000000;
};

TEST_F(WebhookToken, IsChangedWithoutLossAndWithoutARestart) {
  set("scheduler.mode", "observe");
  set("webhook.token_file", write_file("webhook-token", std::string(kOldToken) + "\n"));
  set("webhook.request_time_window", "0");
  start();
  EXPECT_EQ(webhook(kOldSign), 200);
  EXPECT_EQ(webhook(kNewSign), 403);
  write_file("webhook-token", std::string(kOldToken) + "\n" + kNewToken + "\n");
  ASSERT_TRUE(reloads("configuration reloaded"));
  EXPECT_EQ(webhook(kOldSign), 200);
  EXPECT_EQ(webhook(kNewSign), 200);
  write_file("webhook-token", std::string(kNewToken) + "\n");
  write_file("admin-token", "another-token-of-the-operators\n");
  ASSERT_TRUE(reloads("configuration reloaded"));
  EXPECT_EQ(webhook(kOldSign), 403);
  EXPECT_EQ(webhook(kNewSign), 200);
  EXPECT_EQ(get("/api/v1/summary").status, 401);
  EXPECT_TRUE(logged("webhook refused reason=sign"));
  const std::string log = daemon_->stderr_text();
  EXPECT_THAT(log, HasSubstr("changed key=webhook.token_file"));
  EXPECT_THAT(log, HasSubstr("changed key=admin.token_file"));
  EXPECT_THAT(log, HasSubstr("webhook refused reason=sign count=1 peer=127.0.0.1 hint=\"the token differs"));
  for (const char* secret : {kOldToken, "another-token"}) EXPECT_THAT(log, Not(HasSubstr(secret)));
  stop();
}

TEST_F(WebhookToken, IsNeededByWhoRemovesMembers) {
  const Finished refused = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(refused.status, 78);
  EXPECT_THAT(refused.err, HasSubstr("webhook.allow_unsigned"));
}

TEST_F(WebhookToken, IsNeededByAReloadAsByAStart) {
  settings_.erase("scheduler.mode");
  write_file("headroomd.conf", "[scheduler]\nmode = plan\n");
  start();
  const std::string begun = daemon_->stderr_text();
  EXPECT_THAT(begun, HasSubstr("warning configuration warning=\"anybody may send webhooks"));
  write_file("headroomd.conf", "[scheduler]\nmode = prune\n");
  EXPECT_TRUE(reloads("configuration not reloaded"));
  // Whom we take webhooks from is not re-read, so that it does not help.
  write_file("headroomd.conf", "[scheduler]\nmode = prune\n[webhook]\nallow_from = 203.0.113.1\n");
  EXPECT_TRUE(reloads("configuration not reloaded"));
  EXPECT_STREQ(get("/api/v1/summary").json["mode"].GetString(), "plan");
  const std::string good = "[scheduler]\nmode = prune\n[webhook]\ntoken_file = " +
                           write_file("webhook-token", std::string(kOldToken) + "\n") + "\nrequest_time_window = 0\n";
  write_file("headroomd.conf", good);
  EXPECT_TRUE(reloads("configuration reloaded"));
  EXPECT_STREQ(get("/api/v1/summary").json["mode"].GetString(), "prune");
  EXPECT_EQ(webhook("0"), 403);
  const std::size_t with_token = daemon_->stderr_text().size();
  write_file("headroomd.conf", "[scheduler]\nmode = plan\ntick = nonsense\n");
  EXPECT_TRUE(reloads("configuration not reloaded"));
  write_file("headroomd.conf", good);
  EXPECT_TRUE(reloads("configuration reloaded"));
  EXPECT_THAT(daemon_->stderr_text().substr(with_token), Not(HasSubstr("anybody may send webhooks")))
      << "of what is in force nowhere nothing is warned";
  stop();
}

}  // namespace
}  // namespace headroom::e2e
