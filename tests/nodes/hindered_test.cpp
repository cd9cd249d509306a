#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/nodes/fixture.h"
#include "tests/support/relay_sockets.h"

// A node starts and ends in its time, whatever the database does meanwhile.
namespace headroom::e2e {
namespace {

class HinderedNodes : public Nodes {
 protected:
  ~HinderedNodes() override {
    server_.thaw();
    for (const int listener : listeners_) {
      if (listener >= 0) ::close(listener);
    }
  }
  // From its first moment on it takes webhooks, and it ends when it is told to.
  void starts_and_ends(const std::string& name) {
    const auto began = std::chrono::steady_clock::now();
    start_node(name);
    EXPECT_EQ(webhook("g").first, 200);
    EXPECT_LT(seconds_since(began), 4) << log_of(name);
    EXPECT_EQ(get("/readyz").status, 200) << log_of(name);
    const auto told = std::chrono::steady_clock::now();
    EXPECT_EQ(stop_node(name), 0);
    EXPECT_LT(seconds_since(told), 10) << log_of(name);
  }

  std::array<int, 3> listeners_{-1, -1, -1};
};

TEST_F(HinderedNodes, AStartBesideALockTakesWebhooks) {
  leads();
  for (const std::string table : {"setting", "schema_migration"}) {
    const auto lock = stranger("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    starts_and_ends("beside-" + table);
  }
}

TEST_F(HinderedNodes, AStartBesideASilentServerTakesWebhooks) {
  leads();
  server_.freeze();
  starts_and_ends("b");
}

TEST_F(HinderedNodes, AStartBehindSilentHostsTakesWebhooks) {
  leads();
  // Whoever connects is let in, and never told anything.
  std::string names;
  for (int& listener : listeners_) {
    const test::LoopbackListener host = test::listen_on_loopback();
    listener = host.fd;
    names += (names.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(host.port);
  }
  set("database.url", "postgresql://" + names + "/headroom");
  starts_and_ends("b");
}

TEST_F(HinderedNodes, ALeaderEndsInTimeWhoseLeaseSomebodyHolds) {
  leads();
  create(full_group("g", 20));
  ASSERT_EQ(webhook("g").first, 200);
  const auto lock = stranger("SELECT 1 FROM lease FOR UPDATE");
  for (const std::string account : {"u", "v", "w"}) send("PUT", "/api/v1/exemptions/members/" + account);
  const auto told = std::chrono::steady_clock::now();
  EXPECT_EQ(stop_node("a"), 0);
  EXPECT_LT(seconds_since(told), 10) << log_of("a");
}

}  // namespace
}  // namespace headroom::e2e
