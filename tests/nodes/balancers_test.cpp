#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "postgres/connection.h"
#include "tests/nodes/balancer_process.h"
#include "tests/nodes/fixture.h"
#include "tests/nodes/webhook_stream.h"

// The shipped config/haproxy-nodes.cfg and config/nginx-nodes.conf with the real programs, in front of three nodes that
// die, end, freeze and come back: no webhook may be the worse for it.
namespace headroom::e2e {
namespace {

using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kSenders = 4;
constexpr double kNodesLimit = 0.6;  // seconds that a balancer waits for one of them

class Balanced : public Nodes {
 protected:
  // A loopback address that only this process has: a node's port stays free while the node is not there.
  static std::string own_address() {
    const pid_t pid = ::getpid();
    return "127." + std::to_string(64 + pid / 65536 % 128) + "." + std::to_string(pid / 256 % 256) + "." +
           std::to_string(pid % 256);
  }

  void start_balanced(const std::string& name) {
    std::string& webhook = webhook_of_[name];
    std::string& admin = admin_of_[name];
    set("webhook.listen", webhook.empty() ? own_address() + ":0" : webhook);
    set("admin.listen", admin.empty() ? own_address() + ":0" : admin);
    start_node(name);
    const std::string scheme = "http://";
    webhook = webhook_url_.substr(scheme.size(), webhook_url_.find('/', scheme.size()) - scheme.size());
    admin = admin_url_.substr(scheme.size());
  }
  void start_all() {
    for (const char* name : {"a", "b", "c"}) ASSERT_NO_FATAL_FAILURE(start_balanced(name));
    ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  }
  BalancerProcess::Place place() const {
    return {.folder = folder_.string(),
            .address = own_address(),
            .nodes = {webhook_of_.at("a"), webhook_of_.at("b"), webhook_of_.at("c")},
            .admins = {admin_of_.at("a"), admin_of_.at("b"), admin_of_.at("c")}};
  }

  void expect_nothing_lost(const BalancerProcess& balancer);
  void expect_only_webhooks(const BalancerProcess& balancer);
  // Waits until so many more have gone through.
  static void pass(const WebhookStream& stream, std::size_t webhooks) {
    const std::size_t until = stream.number() + webhooks;
    EXPECT_TRUE(in_time([&] { return stream.number() >= until; }));
  }
  void compare(const std::vector<WebhookStream::Sent>& sent);

 private:
  std::map<std::string, std::string> webhook_of_, admin_of_;
};

void Balanced::compare(const std::vector<WebhookStream::Sent>& sent) {
  std::map<std::int64_t, std::int64_t> stored;
  postgres::Connection connection({.url = database_.url()});
  postgres::Query query = connection.query("SELECT event_time, count(*) FROM event GROUP BY event_time");
  while (query.step()) {
    const std::int64_t event_time = query.integer();
    stored[event_time] = query.integer();
  }
  double slowest = 0;
  std::size_t slow = 0;
  for (const auto& webhook : sent) {
    EXPECT_EQ(webhook.status, 200) << webhook.event_time << " after " << webhook.seconds << " s";
    EXPECT_EQ(stored[webhook.event_time], 1) << webhook.event_time;
    slowest = std::max(slowest, webhook.seconds);
    if (webhook.seconds >= kNodesLimit) ++slow;
  }
  EXPECT_LT(slowest, WebhookStream::kChatWaits);
  EXPECT_LT(slow, sent.size() / 10) << "a node that keeps silent is left out soon";
  std::cout << sent.size() << " webhooks, " << slow << " waited for a silent node, the slowest took " << slowest
            << " s\n";
}

void Balanced::expect_nothing_lost(const BalancerProcess& balancer) {
  ASSERT_TRUE(in_time([&] { return http("POST", balancer.url() + "/").status == 404; })) << balancer.said();
  EXPECT_THAT(balancer.said(), Not(AnyOf(HasSubstr("WARNING"), HasSubstr("[warn]"))));
  WebhookStream stream(balancer.url() + "/chat/webhook", kSenders);
  pass(stream, 50);
  kill_node("a");
  pass(stream, 200);
  start_balanced("a");
  pass(stream, 50);
  EXPECT_EQ(stop_node("b"), 0);
  pass(stream, 100);
  start_balanced("b");
  pass(stream, 50);
  signal_node("c", SIGSTOP);
  std::this_thread::sleep_for(milliseconds(3000));  // it is the time that counts here
  signal_node("c", SIGCONT);
  pass(stream, 50);
  // One has neither a database nor a disk.
  const std::string spool = file("a-spool.db");
  std::filesystem::rename(spool, spool + ".away");
  server_.stop();
  pass(stream, 150);
  server_.start();
  std::filesystem::rename(spool + ".away", spool);
  const std::vector<WebhookStream::Sent> sent = stream.stop();
  EXPECT_TRUE(balancer.running());
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_TRUE(in_time([&] { return metric_of(name, "headroom_spool_depth") == 0; }));
  }
  compare(sent);
}

void Balanced::expect_only_webhooks(const BalancerProcess& balancer) {
  const std::vector<std::string> token = {"Authorization: Bearer 0123456789abcdef0123456789abcdef"};
  for (const char* path : {"/", "/readyz", "/metrics", "/api/v1/summary", "/chat/webhook/", "/to-headroomd"}) {
    EXPECT_EQ(http("GET", balancer.url() + path, "", token).status, 404) << path;
    EXPECT_EQ(http("POST", balancer.url() + path, "{}", token).status, 404) << path;
  }
  EXPECT_EQ(http("GET", balancer.url() + "/chat/webhook").status, 405);
}

TEST_F(Balanced, NothingIsLostBehindHaproxy) {
  if (!BalancerProcess::has_haproxy()) GTEST_SKIP() << "haproxy is not installed";
  start_all();
  const auto balancer = BalancerProcess::haproxy(place());
  expect_nothing_lost(*balancer);
  expect_only_webhooks(*balancer);
}

TEST_F(Balanced, NothingIsLostBehindNginx) {
  if (!BalancerProcess::has_nginx()) GTEST_SKIP() << "nginx is not installed";
  start_all();
  const auto balancer = BalancerProcess::nginx(place());
  expect_nothing_lost(*balancer);
  expect_only_webhooks(*balancer);
}

}  // namespace
}  // namespace headroom::e2e
