// config/nginx.conf with a real nginx in front of the real daemon: what Chat sends comes through, nothing else does
// harm.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <signal.h>

#include <array>
#include <ctime>

#include "tests/hostile/attacked_daemon.h"
#include "tests/hostile/hazards.h"
#include "tests/hostile/nginx_process.h"
#include "tests/hostile/tls_client.h"

namespace headroom::hostile {
namespace {

using http::RawClient;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kToken[] = "a token of the console";
constexpr char kChat[] = "127.0.0.2";  // where Chat's webhooks come from here
constexpr double kHonestMs = 500;

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

class Nginx : public AttackedDaemon {
 protected:
  void SetUp() override {
    if (!NginxProcess::installed()) GTEST_SKIP() << "nginx is not installed";
    set("webhook.token_file", write_file("token", kToken));
    set("webhook.allow_from", kChat);
    set("webhook.trusted_proxies", "127.0.0.1/32");
    set("webhook.max_body", "1MiB");  // client_max_body_size
    start();
    nginx_ = std::make_unique<NginxProcess>(folder_.string(), port());
    ASSERT_EQ(nginx_->error(), "");
    chat_ = std::make_unique<TlsClient>(nginx_->tls_port(), nginx_->certificate(), kChat);
  }

  static std::string target(const std::string& command) {
    const std::string now = std::to_string(std::time(nullptr));
    return "/chat/webhook?SdkAppid=1400000000&CallbackCommand=" + command +
           "&contenttype=json&ClientIP=10.0.0.1&OptPlatform=RESTAPI&Sign=" + sha256_hex(kToken + now) +
           "&RequestTime=" + now;
  }
  std::string body(const std::string& command) {
    return R"({"CallbackCommand":")" + command + R"(","GroupId":"@TGS#n","EventTime":)" + std::to_string(++events_) +
           "}";
  }
  TlsAnswer ask(TlsClient& client, const std::string& command, const std::vector<std::string>& headers = {}) {
    return client.post(target(command), body(command), headers);
  }
  std::int64_t requests(const std::string& result) const {
    return metric("headroom_webhook_requests_total{result=\"" + result + "\"}");
  }
  // One honest webhook of a connection of its own, and one of the kept one.
  void expect_honest_ones_pass(const std::string& when) {
    TlsClient own(nginx_->tls_port(), nginx_->certificate(), kChat);
    for (TlsClient* client : {chat_.get(), &own}) {
      const TlsAnswer answer = ask(*client, "Group.CallbackAfterGroupFull");
      EXPECT_EQ(answer.status, 200) << when << ": " << answer.body;
      EXPECT_LT(answer.took_ms, kHonestMs) << when;
      worst_ms_ = std::max(worst_ms_, answer.took_ms);
    }
  }

  std::unique_ptr<NginxProcess> nginx_;
  std::unique_ptr<TlsClient> chat_;
  double worst_ms_ = 0;
  std::int64_t events_ = 1700000000;
};

TEST_F(Nginx, HonestWebhooksComeToWhomTheyBelong) {
  EXPECT_THAT(ask(*chat_, "Group.CallbackAfterGroupFull").body, HasSubstr(R"("ActionStatus":"OK")"));
  EXPECT_EQ(requests("recorded"), 1);
  EXPECT_EQ(ask(*chat_, "Group.CallbackAfterMemberExit").body, "app");
  EXPECT_EQ(ask(*chat_, "Group.CallbackAfterGroupDestroyed").body, "app");
  EXPECT_EQ(ask(*chat_, "C2C.CallbackAfterSendMsg").body, "app");
  EXPECT_TRUE(eventually([&] { return requests("recorded") == 3; }));  // with the two copies
  EXPECT_EQ(requests("refused") + requests("invalid"), 0);
  EXPECT_THAT(nginx_->app_log(), Not(HasSubstr("GroupFull")));
  EXPECT_THAT(nginx_->app_log(), HasSubstr("POST /chat/webhook?SdkAppid=1400000000&CallbackCommand=C2C."));
}

// Chat gives up after 2 s: whoever hangs behind the copies, the app's own webhooks are answered by its back end alone.
TEST_F(Nginx, AHangingDaemonDoesNotHoldTheAppsWebhooks) {
  constexpr double kChatWaitsMs = 2000;
  const std::vector<std::string> commands = {"Group.CallbackAfterMemberExit", "Group.CallbackAfterGroupDestroyed",
                                             "Group.CallbackAfterMemberExit", "C2C.CallbackAfterSendMsg"};
  daemon_->signal(SIGSTOP);
  double worst_ms = 0;
  for (const std::string& command : commands) {
    const TlsAnswer answer = ask(*chat_, command);
    EXPECT_EQ(answer.body, "app") << command;
    worst_ms = std::max(worst_ms, answer.took_ms);
  }
  daemon_->signal(SIGCONT);
  EXPECT_LT(worst_ms, kChatWaitsMs / 2);
  EXPECT_TRUE(eventually([&] { return requests("recorded") == 3; })) << "copies that came in whole are stored";
}

// A group of 6,000 members is disbanded: 204 kB, for the app and for headroomd.
TEST_F(Nginx, LongMemberListsComeThrough) {
  const std::string command = "Group.CallbackAfterGroupDestroyed";
  std::string text =
      R"({"CallbackCommand":")" + command + R"(","GroupId":"@TGS#n","EventTime":1700000000,"MemberList":[)";
  for (int i = 0; i < 6000; ++i) {
    text += (i == 0 ? "" : ",") + (R"({"Member_Account":"member-)" + std::to_string(100000 + i)) + R"("})";
  }
  text += "]}";
  ASSERT_GT(text.size(), 200'000u);
  EXPECT_EQ(chat_->post(target(command), text).body, "app");
  EXPECT_TRUE(eventually([&] { return requests("recorded") == 1; }));
}

TEST_F(Nginx, TheSenderIsWhomNginxSaw) {
  const std::string claim = std::string("X-Forwarded-For: ") + kChat;
  TlsClient stranger(nginx_->tls_port(), nginx_->certificate(), "127.0.0.3");
  EXPECT_EQ(ask(stranger, "Group.CallbackAfterGroupFull", {claim}).status, 403);
  EXPECT_EQ(ask(*chat_, "Group.CallbackAfterGroupFull", {"X-Forwarded-For: 127.0.0.3"}).status, 200);
  EXPECT_EQ(ask(*chat_, "Group.CallbackAfterGroupFull", {"Forwarded: for=127.0.0.3", "X_Forwarded_For: x"}).status,
            200);
  const std::string unsigned_target = "/chat/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull";
  EXPECT_EQ(chat_->post(unsigned_target, body("Group.CallbackAfterGroupFull")).status, 403);
}

TEST_F(Nginx, HazardsEndAtNginx) {
  const std::int64_t before = requests("invalid");
  for (const Hazard& hazard : hazards()) {
    RawClient client(nginx_->plain_port());
    client.send(hazard.bytes);
    const std::string all = client.receive_all();
    EXPECT_FALSE(all.empty()) << hazard.name;
    EXPECT_THAT(all, Not(HasSubstr("HTTP/1.1 2"))) << hazard.name;
    EXPECT_EQ(all.find("HTTP/1.1 ", 1), std::string::npos) << hazard.name << "\n" << all;
    expect_honest_ones_pass(hazard.name);
  }
  EXPECT_EQ(requests("invalid"), before);
  EXPECT_TRUE(nginx_->running());
  std::cout << "worst honest webhook " << worst_ms_ << " ms\n";
}

TEST_F(Nginx, WellFormedOddities) {
  const std::string command = "Group.CallbackAfterGroupFull";
  const std::string head = "POST " + target(command) + " HTTP/1.1\r\nHost: a\r\n";
  const std::string text = body(command);
  char size[16];
  std::snprintf(size, sizeof size, "%zx", text.size());
  // From 127.0.0.1, whom allow_from does not name: 403 is the daemon's, and shows that one whole request came to it.
  RawClient chunked(nginx_->plain_port());
  EXPECT_EQ(chunked.ask(head + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + text + "\r\n0\r\n\r\n")->status,
            403);
  RawClient expecting(nginx_->plain_port());
  const auto length = "Content-Length: " + std::to_string(text.size()) + "\r\n";
  EXPECT_EQ(expecting.ask(head + length + "Expect: 100-continue\r\n\r\n")->status, 100);
  EXPECT_EQ(expecting.ask(text)->status, 403);
  RawClient pipelined(nginx_->plain_port());
  pipelined.send(head + length + "\r\n" + text + head + length + "\r\n" + text);
  EXPECT_EQ(pipelined.receive()->status, 403);
  EXPECT_EQ(pipelined.receive()->status, 403);
  RawClient old(nginx_->plain_port());
  old.send("POST " + target(command) + " HTTP/1.0\r\n" + length + "\r\n" + text);
  EXPECT_THAT(old.receive_all(), StartsWith("HTTP/1.1 403"));
  EXPECT_EQ(requests("refused"), 5);
  for (const char* path : {"/", "/metrics", "/copy-to-headroomd", "/api/v1/summary"}) {
    EXPECT_EQ(RawClient(nginx_->plain_port()).ask(http::post(path, ""))->status, 404) << path;
  }
  EXPECT_EQ(RawClient(nginx_->plain_port()).ask(http::get("/chat/webhook"))->status, 405);
}

// Slow, silent and broken clients: nginx holds them, the daemon never sees them.
TEST_F(Nginx, SlowClientsAreNginxsAlone) {
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 240; ++i) {
    crowd.push_back(std::make_unique<RawClient>(i % 4 == 0 ? nginx_->tls_port() : nginx_->plain_port()));
    if (i % 4 == 1) crowd.back()->send("POST /chat/webhook HT");
    if (i % 4 == 2) crowd.back()->send("POST /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\nabc");
  }
  for (int i = 0; i < 300; ++i) {
    RawClient client(nginx_->plain_port());
    client.send(std::string("POST /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", i % 60));
    client.reset();
  }
  for (int i = 0; i < 20; ++i) expect_honest_ones_pass("slow clients");
  for (auto& client : crowd) client->receive_all();  // each is closed by nginx, in its time
  expect_honest_ones_pass("afterwards");
  EXPECT_TRUE(nginx_->running());
  std::cout << "worst honest webhook " << worst_ms_ << " ms\n";
}

}  // namespace
}  // namespace headroom::hostile
