#include <gmock/gmock.h>

#include "tests/nodes/fixture.h"

// The database does not answer.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

class SpoolingNodes : public Nodes {
 protected:
  ~SpoolingNodes() override {
    if (stopped_) server_.start();
  }
  void stop_server() {
    server_.stop();
    stopped_ = true;
  }
  void start_server() {
    server_.start();
    stopped_ = false;
  }
  bool spooling() {
    const HttpAnswer ready = http("GET", admin_url_ + "/readyz");
    return ready.status == 200 && ready.json["spooling"].GetBool();
  }

 private:
  bool stopped_ = false;
};

TEST_F(SpoolingNodes, WebhooksAreTakenWhileItIsAwayAndNoneIsLost) {
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  ASSERT_TRUE(eventually([&] { return !spooling(); }));
  EXPECT_EQ(webhook("before").first, 200);
  stop_server();
  for (int i = 0; i < 20; ++i) {
    const auto [status, seconds] = webhook(i % 2 == 0 ? "g" : "away");
    EXPECT_EQ(status, 200);
    EXPECT_LT(seconds, 2) << "Chat waits for two seconds";
  }
  EXPECT_TRUE(spooling());
  EXPECT_EQ(metric("headroom_spool_depth"), 20);
  EXPECT_EQ(metric("headroom_webhook_requests_total{result=\"spooled\"}"), 20);
  EXPECT_EQ(get("/api/v1/runs").status, 503);
  EXPECT_EQ(send("POST", "/api/v1/scheduler/pause", R"({"reason":"x"})").status, 503);
  EXPECT_TRUE(removed("g").empty());
  start_server();
  ASSERT_TRUE(in_time([&] { return !spooling(); }));
  EXPECT_EQ(events_of("g"), 10U);
  EXPECT_EQ(events_of("away"), 10U);
  EXPECT_EQ(events_of("before"), 1U);
  // Another start of the server is another server: nobody removes anybody before a lease and its drain are over.
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; }));
  EXPECT_THAT(log_of("a"), HasSubstr("lease_lost"));
  EXPECT_GE(metric("headroom_lease_lost_total"), 1);
  EXPECT_EQ(stop_node("a"), 0);
}

TEST_F(SpoolingNodes, ItStartsWithoutIt) {
  start_node("a");
  EXPECT_EQ(stop_node("a"), 0);
  stop_server();
  start_node("a");
  EXPECT_EQ(webhook("g").first, 200);
  EXPECT_TRUE(spooling());
  kill_node("a");
  start_node("a");
  EXPECT_EQ(webhook("g").first, 200);
  EXPECT_TRUE(spooling());
  start_server();
  ASSERT_TRUE(in_time([&] { return !spooling(); }));
  EXPECT_EQ(events_of("g"), 2U);
  EXPECT_EQ(stop_node("a"), 0);
}

// The node says that it should get no webhooks, and takes those that it gets while the database answers.
TEST_F(SpoolingNodes, AFailingSpoolIsSaidAndMended) {
  const std::string spool = file("a-spool.db");
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a" && !spooling(); }));
  std::filesystem::rename(spool, spool + ".away");
  ASSERT_TRUE(in_time([&] { return log_of("a").find("the spool has failed") != std::string::npos; }));
  EXPECT_EQ(http("GET", admin_url_ + "/readyz").status, 503);
  // A database that takes longer than its deadline once is away for a moment, and then there is no other way.
  EXPECT_TRUE(in_time([&] { return webhook("g").first == 200; }));
  EXPECT_GE(events_of("g"), 1U);
  std::filesystem::rename(spool + ".away", spool);
  EXPECT_TRUE(in_time([&] { return http("GET", admin_url_ + "/readyz").status == 200; }));
  EXPECT_THAT(log_of("a"), HasSubstr("the spool works again"));
  EXPECT_EQ(stop_node("a"), 0);
}

TEST_F(SpoolingNodes, AnotherDatabasesSpoolEndsIt) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a" && !spooling(); }));
  stop_server();
  EXPECT_EQ(webhook("g").first, 200);
  kill_node("a");
  start_server();
  const test::PostgresDatabase other;
  set("database.url", other.url());
  ASSERT_EQ(run_headroomd(arguments({"migrate", "up"})).status, 0);
  const Finished ended = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(ended.status, 78) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("events of another database"));
}

TEST_F(SpoolingNodes, WhatNoWaitMendsEndsAStart) {
  set("spool.path", file("spool.db"));
  const Finished behind = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(behind.status, 78) << behind.err;
  EXPECT_THAT(behind.err, HasSubstr("migrate up"));
  start_node("a");
  const Finished held = run_headroomd(arguments({"serve"}));
  EXPECT_EQ(held.status, 75) << held.err;
  EXPECT_EQ(run_headroomd(arguments({"backup", file("b")})).status, 64);
  EXPECT_THAT(run_headroomd(arguments({"backup", file("b")})).err, HasSubstr("pg_dump"));
  set("database.url", server_.url("nothing_here"));
  set("spool.path", file("other.db"));
  EXPECT_EQ(run_headroomd(arguments({"serve"})).status, 78);
  set("database.url", server_.url(database_.name(), "stranger"));
  const Finished doctor = run_headroomd(arguments({"doctor", "--only", "database"}));
  EXPECT_EQ(doctor.status, 1) << doctor.out << "a role that is refused is no check that was left out";
}

}  // namespace
}  // namespace headroom::e2e
