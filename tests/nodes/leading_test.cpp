#include <gmock/gmock.h>

#include "tests/nodes/fixture.h"
#include "tests/support/command_run.h"
#include "tests/support/places.h"

// Who leads, and what becomes of orders that others take.
namespace headroom::e2e {
namespace {

using testing::HasSubstr;

TEST_F(Nodes, OneLeadsAndEachTakesWebhooks) {
  create(full_group("first", 100));
  create(full_group("second", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");  // which is in use now
  knock("second");
  EXPECT_TRUE(in_time([&] { return state_of("second") == "has_room"; }));
  EXPECT_FALSE(removed("second").empty());
  EXPECT_EQ(leader(), "a");
  const HttpAnswer nodes = get("/api/v1/nodes");
  ASSERT_EQ(nodes.status, 200) << nodes.body;
  ASSERT_EQ(nodes.json["items"].Size(), 2U) << nodes.body;
  EXPECT_STREQ(nodes.json["items"][0]["name"].GetString(), "a");
  EXPECT_TRUE(nodes.json["items"][0]["leads"].GetBool());
  EXPECT_FALSE(nodes.json["items"][1]["leads"].GetBool());
  EXPECT_STREQ(nodes.json["items"][0]["config_hash"].GetString(), nodes.json["items"][1]["config_hash"].GetString());
  const std::string followers = http("GET", admin_url_ + "/metrics").body;
  EXPECT_THAT(followers, testing::Not(HasSubstr("\nheadroom_stale_full_groups")));
  EXPECT_THAT(followers, testing::Not(HasSubstr("\nheadroom_database_bytes")));
  EXPECT_THAT(followers, HasSubstr("\nheadroom_leader 0"));
  EXPECT_EQ(stop_node("a"), 0);
  EXPECT_EQ(stop_node("b"), 0);
}

TEST_F(Nodes, WhenTheLeaderDiesAnotherLeads) {
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  kill_node("a");
  knock("g");
  EXPECT_TRUE(eventually([&] { return events_of("g") == 1U; })) << "what it takes is stored meanwhile";
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; }));
  EXPECT_EQ(leader(), "b");
  EXPECT_THAT(log_of("b"), HasSubstr(" leads node=b"));
  const auto says_so = [&](rapidjson::SizeType i) {
    const HttpAnswer nodes = get("/api/v1/nodes");
    return nodes.json["items"].Size() == 2 && nodes.json["items"][i]["leads"].GetBool();
  };
  EXPECT_TRUE(eventually([&] { return says_so(1); }));
  EXPECT_FALSE(says_so(0)) << "whoever is gone does not lead";
  EXPECT_TRUE(in_time([&] { return get("/api/v1/sweeps").json["items"].Size() == 1; })) << "what it took may be lost";
  EXPECT_THAT(log_of("b"), HasSubstr("a node is gone"));
  const test::CommandRun status = test::run_command(
      {test::headroomctl_program(), "--url", admin_url_, "--token-file", file("admin-token"), "status"},
      {{"PATH", "/usr/bin:/bin"}});
  EXPECT_EQ(status.status, 0) << status.err;
  EXPECT_THAT(status.out, HasSubstr("Node a is gone"));
  EXPECT_THAT(status.out, testing::Not(HasSubstr("Node b is gone")));
}

TEST_F(Nodes, ALeaderThatStopsHandsOverAtOnce) {
  set("scheduler.lease", "10m");
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  EXPECT_EQ(stop_node("a"), 0);
  EXPECT_TRUE(eventually([&] { return leader() == "b"; }));
  EXPECT_EQ(metric_of("b", "headroom_lease_lost_total"), 0);
  EXPECT_TRUE(eventually([&] {
    const HttpAnswer nodes = get("/api/v1/nodes");
    return nodes.json["items"].Size() == 1 && nodes.json["items"][0]["leads"].GetBool();
  })) << "who ends takes its row with it";
  EXPECT_EQ(stop_node("b"), 0);
}

TEST_F(Nodes, OrdersOnAnyNodeAreCarriedOut) {
  set("scheduler.mode", "approve");
  create(full_group("planned", 100));
  create(full_group("ordered", 100));
  create(full_group("paused", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  knock("planned");
  ASSERT_TRUE(in_time([&] {
    const auto run = last_run("planned");
    return run.IsObject() && std::string(run["state"].GetString()) == "awaiting_approval";
  }));
  const std::int64_t waiting = last_run("planned")["id"].GetInt64();
  EXPECT_EQ(send("POST", "/api/v1/runs/" + std::to_string(waiting) + "/approve").status, 202);
  EXPECT_TRUE(in_time([&] { return state_of("planned") == "has_room"; }));
  EXPECT_FALSE(removed("planned").empty());

  knock("ordered");
  ASSERT_TRUE(in_time([&] { return last_run("ordered").IsObject(); }));
  ASSERT_TRUE(in_time([&] { return std::string(last_run("ordered")["state"].GetString()) == "awaiting_approval"; }));
  const std::int64_t other = last_run("ordered")["id"].GetInt64();
  EXPECT_EQ(send("POST", "/api/v1/runs/" + std::to_string(other) + "/reject").status, 200);
  EXPECT_EQ(send("POST", "/api/v1/groups/ordered/runs", R"({"mode":"prune"})").status, 202);
  EXPECT_TRUE(in_time([&] { return state_of("ordered") == "has_room"; }));

  EXPECT_EQ(send("POST", "/api/v1/scheduler/pause", R"({"reason":"here"})").status, 200);
  use("a");
  EXPECT_TRUE(eventually([&] { return get("/api/v1/summary").json["paused"].GetBool(); }));
  EXPECT_EQ(send("POST", "/api/v1/scheduler/resume").status, 200);
  use("b");
  EXPECT_TRUE(eventually([&] { return !get("/api/v1/summary").json["paused"].GetBool(); }));
  EXPECT_EQ(send("POST", "/api/v1/sweeps", R"({"dry_run":true})").status, 202);
  EXPECT_TRUE(in_time([&] {
    const auto sweeps = get("/api/v1/sweeps");
    return std::string(sweeps.json["items"][0]["state"].GetString()) == "finished";
  }));
}

// Acknowledged while nobody leads: whoever leads next begins it, and does not take it for the dead one's work.
TEST_F(Nodes, AnOrderThatNobodyHadBegunIsCarriedOutByTheNextLeader) {
  set("scheduler.mode", "approve");
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  knock("g");
  ASSERT_TRUE(in_time([&] {
    const auto run = last_run("g");
    return run.IsObject() && std::string(run["state"].GetString()) == "awaiting_approval";
  }));
  kill_node("a");
  const std::string run = "/api/v1/runs/" + std::to_string(last_run("g")["id"].GetInt64());
  const HttpAnswer approved = send("POST", run + "/approve");
  ASSERT_EQ(approved.status, 202) << approved.body;
  EXPECT_TRUE(approved.json["started_at"].IsNull()) << "nobody has begun it: " << approved.body;
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; })) << get(run).body;
  EXPECT_STREQ(get(run).json["state"].GetString(), "succeeded") << get(run).body;
  EXPECT_FALSE(removed("g").empty());
  EXPECT_EQ(stop_node("b"), 0);
}

TEST_F(Nodes, WithoutAStandbyNobodyIsRemovedWhereOneIsRequired) {
  set("database.require_synchronous", "true");
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  const auto reason = [&] {
    const HttpAnswer summary = get("/api/v1/summary");
    return summary.json["paused"].GetBool() ? std::string(summary.json["paused_reason"].GetString()) : "";
  };
  EXPECT_TRUE(eventually([&] { return reason() == "replication"; }));
  knock("g");
  // A resume does not stand in for a standby.
  EXPECT_EQ(send("POST", "/api/v1/scheduler/resume").status, 200);
  EXPECT_EQ(reason(), "replication");
  EXPECT_EQ(metric("headroom_scheduler_paused_by{cause=\"replication\"}"), 1);
  EXPECT_TRUE(removed("g").empty());
  EXPECT_EQ(stop_node("a"), 0);
  set("database.require_synchronous", "false");
  start_node("a");
  EXPECT_TRUE(in_time([&] { return state_of("g") == "has_room"; })) << "whoever does not require one ends that pause";
  EXPECT_EQ(stop_node("a"), 0);
}

// Each node has its share of the calls to Chat once all others know of it.
TEST_F(Nodes, QuestionsAreAnsweredByAllOfThem) {
  set("chat.calls_per_second", "20");
  create(full_group("g", 100));
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  const std::string question = "/api/v1/groups/g/members/idle00";
  EXPECT_EQ(get(question).status, 200) << "who leads asks at once";
  start_node("b");
  const HttpAnswer early = get(question);
  EXPECT_EQ(early.status, 503);
  EXPECT_THAT(early.body, HasSubstr("share of the calls"));
  EXPECT_TRUE(in_time([&] { return get(question).status == 200; }));
  EXPECT_EQ(leader(), "a");
}

TEST_F(Nodes, WhoDiesIsMissedAndWhoEndsIsNot) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  start_node("b");
  start_node("c");
  use("a");
  const auto nodes = [&] { return get("/api/v1/nodes").json["items"].Size(); };
  ASSERT_TRUE(eventually([&] { return nodes() == 3; }));
  EXPECT_EQ(stop_node("b"), 0);
  EXPECT_EQ(nodes(), 2U);
  kill_node("c");
  EXPECT_TRUE(in_time([&] { return log_of("a").find("a node is gone") != std::string::npos; }));
  EXPECT_THAT(log_of("a"), HasSubstr("node=c"));
  EXPECT_TRUE(in_time([&] { return get("/api/v1/sweeps").json["items"].Size() == 1; }));
  start_node("c");
  use("a");
  EXPECT_TRUE(in_time([&] { return nodes() == 2; })) << "its former row is gone";
  EXPECT_THAT(log_of("a"), testing::Not(HasSubstr("node=b")));
}

TEST_F(Nodes, ThatDifferAreToldOf) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  set("policy.inactive_for", "31d");
  start_node("b");
  EXPECT_TRUE(in_time([&] { return log_of("b").find("nodes differ") != std::string::npos; }));
  EXPECT_THAT(log_of("b"), HasSubstr("a has another configuration: policy.inactive_for"));
}

TEST_F(Nodes, ARestartIsNoSecondNodeOfThatName) {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
  kill_node("a");
  set("policy.inactive_for", "31d");
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));  // longer than a lease
  EXPECT_THAT(log_of("a"), testing::Not(HasSubstr("nodes differ")));
  set("spool.path", file("twin-spool.db"));
  const DaemonProcess twin(arguments({"serve"}));
  EXPECT_TRUE(in_time([&] { return log_of("a").find("a is the name of two nodes") != std::string::npos; }));
  EXPECT_TRUE(in_time([&] { return twin.stderr_text().find("a is the name of two nodes") != std::string::npos; }));
}

}  // namespace
}  // namespace headroom::e2e
