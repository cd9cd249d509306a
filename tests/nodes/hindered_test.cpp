#include <gmock/gmock.h>
#include <signal.h>

#include "postgres/connection.h"
#include "tests/nodes/fixture.h"

// A node starts and ends in its time, whatever the database does meanwhile.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

class HinderedNodes : public Nodes {
 protected:
  ~HinderedNodes() override { server_.thaw(); }

  static double since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  std::unique_ptr<postgres::Connection> stranger(const std::string& sql) const {
    auto held = std::make_unique<postgres::Connection>(postgres::Connection::Options{.url = database_.url()});
    held->script("SET idle_in_transaction_session_timeout = 0");
    held->begin("BEGIN");
    held->script(sql);
    return held;
  }
  // From its first moment on it takes webhooks, and it ends when it is told to.
  void starts_and_ends(const std::string& name) {
    const auto began = std::chrono::steady_clock::now();
    start_node(name);
    EXPECT_EQ(webhook("g").first, 200);
    EXPECT_LT(since(began), 4) << log_of(name);
    EXPECT_EQ(get("/readyz").status, 200) << log_of(name);
    const auto told = std::chrono::steady_clock::now();
    EXPECT_EQ(stop_node(name), 0);
    EXPECT_LT(since(told), 10) << log_of(name);
  }
  void leads() {
    start_node("a");
    ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  }
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
  // Addresses that are kept for documentation: nobody answers, and nobody refuses.
  set("database.url", "postgresql://192.0.2.1,192.0.2.2,192.0.2.3/headroom");
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
  EXPECT_LT(since(told), 10) << log_of("a");
}

// What refuses a connection is what is said, to whoever asks on another one as well.
TEST_F(HinderedNodes, WhyAConnectionIsRefusedIsSaid) {
  leads();
  server_.freeze();
  start_node("b");
  ASSERT_TRUE(in_time([&] { return log_of("b").find("database unavailable") != std::string::npos; }));
  EXPECT_THAT(log_of("b"), HasSubstr("it did not answer in time"));
  EXPECT_THAT(log_of("b"), testing::Not(HasSubstr("another server")));
}

}  // namespace
}  // namespace headroom::e2e
