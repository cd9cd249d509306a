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

// It answers, and a wait alone does not mend it.
TEST_F(SpoolingNodes, ADatabaseThatTakesNoWritesIsSaid) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  EXPECT_EQ(stop_node("a"), 0);
  server_.execute("ALTER DATABASE " + database_.name() + " SET default_transaction_read_only = on");
  start_node("a");
  EXPECT_TRUE(in_time([&] { return log_of("a").find("default_transaction_read_only is on") != std::string::npos; }));
  const HttpAnswer ready = http("GET", admin_url_ + "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("it takes no writes"));
  EXPECT_EQ(webhook("g").first, 200) << "what comes all the same is kept";
  const Finished doctor = run_headroomd(arguments({"doctor", "--only", "database"}));
  EXPECT_EQ(doctor.status, 1) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("default_transaction_read_only is on"));
  server_.execute("ALTER DATABASE " + database_.name() + " RESET default_transaction_read_only");
  EXPECT_TRUE(in_time([&] { return http("GET", admin_url_ + "/readyz").status == 200 && !spooling(); }));
  EXPECT_EQ(events_of("g"), 1U);
  EXPECT_EQ(stop_node("a"), 0);
}

// Nobody else may know that it still leads, and what it would find could not be kept.
TEST_F(SpoolingNodes, ALeaderWithoutItAsksChatNothing) {
  set("scheduler.lease", "10m");
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  ASSERT_EQ(get("/api/v1/groups/g/members/idle00").status, 200);
  stop_server();
  ASSERT_TRUE(in_time([&] { return log_of("a").find("database unavailable") != std::string::npos; }));
  sim_.clear_calls();
  const HttpAnswer answer = get("/api/v1/groups/g/members/idle00");
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("the database does not answer"));
  EXPECT_TRUE(sim_.calls("get_group_info").empty());
  EXPECT_EQ(leader(), "a") << "it leads all the while";
}

// A password that was changed, there and in its file, is used without a restart.
TEST_F(SpoolingNodes, AnotherPasswordIsReadAgain) {
  start_node("a");
  EXPECT_EQ(stop_node("a"), 0);
  server_.execute("DROP ROLE IF EXISTS guarded");
  server_.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'first'");
  set("database.url", database_.url("guarded"));
  set("database.password_file", write_file("password", "first"));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  server_.execute("ALTER ROLE guarded PASSWORD 'second'");
  write_file("password", "second");
  stop_server();  // which ends all connections
  EXPECT_EQ(webhook("g").first, 200);
  start_server();
  EXPECT_TRUE(in_time([&] { return !spooling() && events_of("g") == 1; })) << log_of("a");
  EXPECT_EQ(stop_node("a"), 0);
}

}  // namespace
}  // namespace headroom::e2e
