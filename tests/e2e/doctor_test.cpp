// headroomd doctor as a process of its own, beside a running daemon.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using testing::HasSubstr;

class Doctor : public E2e {
 protected:
  Doctor() { set("webhook.token_file", write_file("webhook-token", "the-token-of-this-test\n")); }

  // Of the running daemon: its ports were free ones.
  Finished doctor(std::vector<std::string> options) {
    options.insert(options.begin(), {"doctor", "--json"});
    set("admin.listen", admin_url_.substr(admin_url_.find("//") + 2));
    const auto begun = std::chrono::steady_clock::now();
    Finished finished = run_headroomd(arguments(options));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
    EXPECT_THAT(finished.out + finished.err, testing::Not(HasSubstr("the-token-of-this-test")));
    checks_.Parse(finished.out.c_str());
    EXPECT_FALSE(checks_.HasParseError()) << finished.out << finished.err;
    return finished;
  }
  std::string status_of(const std::string& check) {
    for (const auto& found : checks_["checks"].GetArray()) {
      if (found["name"].GetString() == check) return found["status"].GetString();
    }
    return "none";
  }
  rapidjson::Document checks_;
};

TEST_F(Doctor, FindsNothingBesideARunningDaemonAndItsWebhookArrives) {
  start();
  const Finished finished = doctor({"--callback-url", webhook_url_});
  EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
  for (const char* check : {"database", "sqlite", "clock", "chat", "usersig", "permissions", "webhook"}) {
    EXPECT_EQ(status_of(check), "ok") << check << finished.out;
  }
  EXPECT_EQ(metric("headroom_webhook_requests_total{result=\"ignored\"}"), 1);
  stop();
}

TEST_F(Doctor, SeesThatItsWebhookIsRefusedOrLost) {
  start();
  set("webhook.token_file", write_file("other-token", "the-token-of-this-test-too\n"));
  EXPECT_EQ(doctor({"--only", "webhook", "--callback-url", webhook_url_}).status, 1);
  EXPECT_EQ(status_of("webhook"), "failed");
  EXPECT_THAT(checks_["checks"][0]["detail"].GetString(), HasSubstr("sign (1)"));
  EXPECT_EQ(doctor({"--only", "webhook", "--callback-url", "http://127.0.0.1:1/chat/webhook"}).status, 1);
  stop();
  EXPECT_EQ(doctor({"--only", "webhook", "--callback-url", webhook_url_}).status, 1) << "no daemon runs";
  EXPECT_EQ(doctor({"--only", "webhook"}).status, 0);
  EXPECT_EQ(status_of("webhook"), "skipped");
}

}  // namespace
}  // namespace headroom::e2e
