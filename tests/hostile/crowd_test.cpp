// Many clients at once, none of which says anything worth an answer.
#include <array>

#include "tests/hostile/attacked_daemon.h"

namespace headroom::hostile {
namespace {

using Connections = HonestClient::Connections;
using http::RawClient;

constexpr std::int64_t kMostRssKib = kSanitizerRssKib + 256 * 1024;
constexpr std::int64_t kCalmRssKib =
    kSanitizerRssKib + 40 * 1024;  // afterwards, when what the crowd used was given back

class Crowd : public AttackedDaemon {};

// True when all have been closed by the daemon; each is told `dribble` again and again until then.
bool all_gone(std::vector<std::unique_ptr<RawClient>>& clients, const std::string& dribble) {
  const auto until = std::chrono::steady_clock::now() + RawClient::kPatience;
  while (!clients.empty() && std::chrono::steady_clock::now() < until) {
    std::erase_if(clients, [&](const auto& client) { return !client->send(dribble); });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the attackers' pace
  }
  return clients.empty();
}

TEST_F(Crowd, SilentConnectionsBeyondTheLimit) {
  set("webhook.max_connections", "2000");
  start();
  HonestClient honest(port(), Connections::kKept);
  ASSERT_TRUE(honest.wait_for_answers(1));
  auto silent = connect(2500);
  ASSERT_GT(silent.size(), 2400U);
  EXPECT_TRUE(eventually([&] { return metric("headroom_refused_connections_total") >= 400; }));
  EXPECT_LT(rss_kib(), kMostRssKib);
  for (auto& client : silent) ASSERT_TRUE(client->closed_by_server());
  expect_unharmed(honest);
}

TEST_F(Crowd, SlowHeadsAndSlowBodies) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  auto heads = connect(500);
  auto bodies = connect(1000);
  const std::string body(60000, 'x');
  for (auto& client : heads) EXPECT_TRUE(client->send("POST /chat/webhook HTTP/1.1\r\nHost: a\r\n"));
  for (auto& client : bodies) {
    EXPECT_TRUE(client->send("POST /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + body));
  }
  ASSERT_TRUE(honest.wait_for_answers(20));
  std::cout << "RSS with 1000 unfinished bodies: " << rss_kib() / 1024 << " MiB\n";
  EXPECT_LT(rss_kib(), kMostRssKib);
  EXPECT_TRUE(all_gone(heads, "X: y\r\n"));
  EXPECT_TRUE(all_gone(bodies, "y"));
  EXPECT_TRUE(eventually([&] { return rss_kib() < kCalmRssKib; })) << rss_kib();
  expect_unharmed(honest);
}

TEST_F(Crowd, ResetsAtEveryPoint) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  const std::string whole = honest_webhook(1);
  const std::array<std::string, 6> starts = {
      "", whole.substr(0, 1), whole.substr(0, 30), whole.substr(0, whole.size() - 1), whole, whole + whole + whole};
  for (int round = 0; round < 500; ++round) {
    for (const std::string& bytes : starts) {
      RawClient client(port());
      client.send(bytes);
      client.reset();
    }
  }
  expect_unharmed(honest);
}

TEST_F(Crowd, HalfClosedConnections) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  const std::int64_t events = metric("headroom_events_total");
  EXPECT_GE(events, 0);
  for (int i = 0; i < 200; ++i) {
    RawClient client(port());
    client.send(i % 2 == 0 ? "POST /chat/webhook HT" : honest_webhook(static_cast<std::uint64_t>(1600000000 + i)));
    client.half_close();
    EXPECT_TRUE(client.receive_all().find("HTTP/1.1 5") == std::string::npos);
  }
  EXPECT_TRUE(eventually([&] { return metric("headroom_events_total") >= events + 100; }));
  expect_unharmed(honest);
}

// The admin port has fewer places than it has clients here, and none of them ever leaves.
TEST_F(Crowd, TheAdminPortIsHeldByNobody) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int round = 0; round < 10; ++round) {
    auto more = connect_to(admin_port(), 60);
    ASSERT_EQ(more.size(), 60U);
    for (std::size_t i = 0; i < more.size(); ++i) {
      if (i % 3 == 1) more[i]->send("GET /metr");
      if (i % 3 == 2) more[i]->send(http::get("/healthz"));
      crowd.push_back(std::move(more[i]));
    }
    EXPECT_GE(metric("headroom_events_total"), 0) << "round " << round;
  }
  expect_unharmed(honest);
}

// The limit of descriptors is below webhook.max_connections: without a share kept back for the database, Chat and the
// admin API, strangers on the webhook's port could shut all of them out.
TEST_F(Crowd, ConnectionsBeyondTheDescriptors) {
  start({{"LIMIT_NOFILE", "256"}});
  HonestClient honest(port(), Connections::kKept);
  ASSERT_TRUE(honest.wait_for_answers(1));
  auto silent = connect(600);
  // New connections to the admin API are answered.
  EXPECT_TRUE(eventually([&] { return metric("headroom_refused_connections_total") > 300; }))
      << metric("headroom_refused_connections_total");
  const std::int64_t cpu_before = cpu_ms();
  const auto start_of_look = std::chrono::steady_clock::now();
  ASSERT_TRUE(honest.wait_for_answers(100));
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_of_look);
  EXPECT_LT(cpu_ms() - cpu_before, 100 + took.count() / 2) << "it spins";
  silent.clear();
  expect_unharmed(honest);
}

}  // namespace
}  // namespace headroom::hostile
