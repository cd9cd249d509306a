// webhook: what is sent, and what the daemon's counters have to say of it. A real daemon is asked by tests/e2e.
#include <mutex>

#include "doctor/daemon_probe.h"
#include "doctor/url.h"
#include "tests/doctor/examined.h"
#include "tests/support/scripted_server.h"
#include "webhook/signature.h"

namespace headroom::doctor {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string counts(int ignored, int refused_by_sign = 0) {
  return "# TYPE headroom_webhook_requests_total counter\nheadroom_webhook_requests_total{result=\"ignored\"} " +
         std::to_string(ignored) + "\nheadroom_webhook_requests_total{result=\"refused\"} " +
         std::to_string(refused_by_sign) + "\nheadroom_webhook_refusals_total{reason=\"sign\"} " +
         std::to_string(refused_by_sign) + "\nheadroom_webhook_refusals_total{reason=\"path\"} 0\n";
}

class WebhookCheck : public Examined {
 protected:
  WebhookCheck() {
    set("admin.listen", "127.0.0.1:" + std::to_string(daemon.port()));
    request.callback_url = face.url() + "/chat/webhook?app=x&token=" + kSecretPart;
  }
  Finding webhook(const std::string& before, const std::string& after) {
    daemon.answer_body(before);
    for (int i = 0; i < 60; ++i) daemon.answer_body(after);  // as often as it looks
    return look("webhook");
  }
  static constexpr char kSecretPart[] = "part-of-the-url";
  ScriptedServer daemon;  // its admin address
  ScriptedServer face;    // the public URL
};

TEST_F(WebhookCheck, WhatIsSentIsSignedAndOfNoUse) {
  const Finding found = webhook(counts(3), counts(4));
  EXPECT_THAT(found, InOrder());
  EXPECT_THAT(found.detail, Not(HasSubstr(kSecretPart)));
  const auto requests = face.requests();
  ASSERT_EQ(requests.size(), 1U);
  const SeenRequest& sent = requests.front();
  EXPECT_EQ(sent.path, "/chat/webhook");
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.query.at("token"), kSecretPart);
  EXPECT_EQ(sent.query.at("SdkAppid"), "1400000000");
  EXPECT_EQ(sent.query.at("CallbackCommand"), "Headroom.Doctor");
  EXPECT_EQ(sent.body, R"({"CallbackCommand":"Headroom.Doctor"})");
  EXPECT_TRUE(webhook::is_signed(kToken, sent.query.at("RequestTime"), sent.query.at("Sign")));
}

TEST_F(WebhookCheck, FailsWhenItDoesNotArrive) {
  const Finding found = webhook(counts(3), counts(3));
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.detail, HasSubstr("did not reach"));
  EXPECT_THAT(found.detail, Not(HasSubstr(kSecretPart)));
}

TEST_F(WebhookCheck, FailsWhenItIsRefused) {
  const Finding found = webhook(counts(3, 1), counts(3, 2));
  EXPECT_THAT(found, HasFailed());
  EXPECT_THAT(found.detail, HasSubstr("sign (1)"));
}

TEST_F(WebhookCheck, FailsWhenNobodyListensAtTheUrl) {
  request.callback_url = "http://127.0.0.1:1/chat/webhook";
  EXPECT_THAT(webhook(counts(3), counts(3)), HasFailed());
}

TEST_F(WebhookCheck, FailsWithoutARunningDaemon) {
  set("admin.listen", "127.0.0.1:1");
  EXPECT_THAT(look("webhook"), HasFailed());
  EXPECT_TRUE(face.requests().empty()) << "nothing is sent to nobody";
  daemon.answer_body("something else");
  set("admin.listen", "127.0.0.1:" + std::to_string(daemon.port()));
  EXPECT_THAT(look("webhook"), HasFailed()) << "another program listens there";
}

TEST_F(WebhookCheck, IsSkippedWhenTheTokenCanNotBeRead) {
  ConfigResult config = load();
  config.config.webhook.tokens.clear();
  config.warnings.push_back({{"token", std::nullopt}, "webhook.token_file", std::nullopt, "", "hidden", true});
  daemon.answer_body(counts(1));
  request.only = {"webhook"};
  EXPECT_THAT(examine_with(config).at("webhook"), NotSeen());
  EXPECT_TRUE(face.requests().empty());
}

TEST_F(WebhookCheck, WithoutAUrlItSaysWhatHasCome) {
  request.callback_url.clear();
  daemon.answer_body(counts(7));
  EXPECT_THAT(look("webhook"), InOrder());
  daemon.answer_body(counts(7, 2));
  EXPECT_THAT(look("webhook"), Warned());
  daemon.answer_body(counts(0));
  EXPECT_THAT(look("webhook"), NotSeen());
  set("admin.listen", "127.0.0.1:1");
  EXPECT_THAT(look("webhook"), NotSeen()) << "there is no daemon to ask";
  EXPECT_TRUE(face.requests().empty());
}

TEST(DoctorUrl, IsTakenApart) {
  const auto url = parse_url("https://[::1]:8443/a/b?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->base, "https://[::1]:8443");
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "x=1");
  EXPECT_EQ(parse_url("http://host?x=1")->path, "/");
  for (const char* text : {"", "host", "ftp://host/", "https://", "https:///x", "https://user@host/", "https://host/#x",
                           "https://host/a b", "https://host/\n"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace headroom::doctor
