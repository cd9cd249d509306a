#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;

class Sweeping : public E2e {
 protected:
  Sweeping() { set("scheduler.mode", "plan"); }

  HttpAnswer sweep(bool dry_run = false) const {
    return send("POST", "/api/v1/sweeps", dry_run ? R"({"dry_run":true})" : R"({"dry_run":false})");
  }
  rapidjson::Document newest() const {
    HttpAnswer answer = get("/api/v1/sweeps?limit=1");
    rapidjson::Document sweep;
    if (answer.status == 200 && !answer.json["items"].Empty()) {
      sweep.CopyFrom(answer.json["items"][0], sweep.GetAllocator());
    }
    return sweep;
  }
  bool ends(const std::string& state) const {
    return eventually([&] {
      const auto sweep = newest();
      return sweep.IsObject() && sweep["state"].GetString() == state;
    });
  }
  std::string sources(const std::string& group_id) const {
    std::string all;
    const auto answer = get("/api/v1/groups/" + escaped(group_id) + "/events");
    if (answer.status != 200) return answer.body;
    for (const auto& event : answer.json["items"].GetArray()) all += event["source"].GetString() + std::string(" ");
    return all;
  }
  void lose_webhooks() { sim_.webhooks().set_url("http://127.0.0.1:1/"); }
};

TEST_F(Sweeping, FindsAGroupWhoseWebhookWasLostAndItIsPruned) {
  set("scheduler.mode", "prune");
  create(full_group("lost", 40));
  create(full_group("told", 40));
  create(full_group("roomy", 40));
  start();
  sim_.world().set_max("roomy", 41);
  knock("told");
  ASSERT_TRUE(reaches("told", "has_room"));
  lose_webhooks();
  knock("lost");
  ASSERT_EQ(state_of("lost"), "unknown");

  const auto started = sweep();
  ASSERT_EQ(started.status, 202) << started.body;
  EXPECT_STREQ(started.json["state"].GetString(), "running");
  EXPECT_FALSE(started.json["dry_run"].GetBool());
  ASSERT_TRUE(ends("finished")) << daemon_->stderr_text();
  const auto found = newest();
  EXPECT_EQ(found["groups_listed"].GetInt(), 3);
  EXPECT_EQ(found["groups_read"].GetInt(), 3);
  EXPECT_EQ(found["groups_full"].GetInt(), 1);
  EXPECT_EQ(found["groups_new"].GetInt(), 1);
  EXPECT_FALSE(found["finished_at"].IsNull());
  ASSERT_TRUE(reaches("lost", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(sources("lost"), "sweep ");
  EXPECT_EQ(sources("told"), "webhook ");
  EXPECT_EQ(state_of("roomy"), "unknown") << "a group with room gets no row";
  EXPECT_EQ(removed("lost").size(), 2u);
  const auto audit = get("/api/v1/audit");
  ASSERT_EQ(audit.status, 200) << audit.body;
  EXPECT_STREQ(audit.json["items"][0]["action"].GetString(), "sweep");
  EXPECT_EQ(audit.json["items"][0]["target"].GetString(), "sweep:" + std::to_string(found["id"].GetInt()));
  EXPECT_EQ(sim_.call_count("get_appid_group_list"), 4u);
}

TEST_F(Sweeping, ADryRunRecordsNothing) {
  create(full_group("lost", 40));
  start();
  ASSERT_EQ(sweep(true).status, 202);
  ASSERT_TRUE(ends("finished"));
  EXPECT_EQ(newest()["groups_new"].GetInt(), 1);
  EXPECT_TRUE(newest()["dry_run"].GetBool());
  EXPECT_EQ(state_of("lost"), "unknown");
  EXPECT_EQ(metric("headroom_events_total"), 0);
}

TEST_F(Sweeping, OneAtATimeAndNoneWhilePausedOrInModeObserve) {
  start();
  sim_.faults().add("get_appid_group_list", Fault::stall_before(2000));
  ASSERT_EQ(sweep().status, 202);
  EXPECT_EQ(sweep(true).status, 409);
  ASSERT_TRUE(ends("finished"));
  ASSERT_EQ(send("POST", "/api/v1/scheduler/pause", "{}").status, 200);
  EXPECT_EQ(sweep().status, 409);
  stop();
  set("scheduler.mode", "observe");
  start();
  EXPECT_EQ(send("POST", "/api/v1/scheduler/resume").status, 200);
  EXPECT_EQ(sweep().status, 409);
}

TEST_F(Sweeping, TheFirstOneComesByItselfAndNoOtherWithEachStart) {
  set("scheduler.sweep_interval", "1h");
  create(full_group("lost", 40));
  start();
  ASSERT_TRUE(ends("finished"));
  ASSERT_TRUE(reaches("lost", "full"));
  stop();
  start();
  // Another one by itself would be in the way of this, or in the list.
  ASSERT_EQ(sweep(true).status, 202);
  ASSERT_TRUE(eventually([&] { return newest()["dry_run"].GetBool() && newest()["state"] == "finished"; }));
  EXPECT_EQ(get("/api/v1/sweeps").json["items"].Size(), 2u);
}

TEST_F(Sweeping, AKillInTheMiddleLosesNothingAndCountsNothingTwice) {
  sim_.world().add_range({"range-", "Public", 12'000, 400, 200});
  set("chat.calls_per_second", "200");
  start();
  ASSERT_EQ(sweep().status, 202);
  // The first page is stored, or about to be; the second one is in hand.
  for (const int more : {30, 200, 10}) {
    const auto looks = sim_.call_count("get_group_info");
    ASSERT_TRUE(eventually([&] {
      return sim_.call_count("get_group_info") > looks + static_cast<std::uint64_t>(more) ||
             newest()["state"] != "running";
    }));
    kill_it();
    start();
  }
  ASSERT_TRUE(ends("finished")) << daemon_->stderr_text();
  const auto found = newest();
  EXPECT_EQ(get("/api/v1/sweeps").json["items"].Size(), 1u);
  EXPECT_EQ(found["groups_listed"].GetInt(), 12'000);
  EXPECT_EQ(found["groups_read"].GetInt(), 12'000);
  EXPECT_EQ(found["groups_full"].GetInt(), 30);
  EXPECT_EQ(found["groups_new"].GetInt(), 30);
  EXPECT_EQ(get("/api/v1/events?limit=1000").json["items"].Size(), 30u);
}

TEST_F(Sweeping, DueLooksGoFirst) {
  set("scheduler.mode", "prune");
  set("chat.calls_per_second", "20");
  sim_.world().add_range({"range-", "Public", 100'000, 1000, 200});
  create(full_group("due", 40));
  start();
  ASSERT_EQ(sweep().status, 202);
  ASSERT_TRUE(eventually([&] { return sim_.call_count("get_group_info") > 20; }));
  knock("due");
  ASSERT_TRUE(reaches("due", "has_room")) << daemon_->stderr_text();
  EXPECT_STREQ(newest()["state"].GetString(), "running") << "and the sweep, 100 s long, goes on";
}

TEST_F(Sweeping, RejectedCredentialsFailItAndPauseTheScheduler) {
  sim_.faults().add("get_appid_group_list", Fault::error(70009).for_ever());
  start();
  ASSERT_EQ(sweep().status, 202);
  ASSERT_TRUE(ends("failed"));
  EXPECT_TRUE(logged("scheduler pauses itself"));
}

TEST_F(Sweeping, AStopInTheMiddleIsQuickAndTheNextStartGoesOn) {
  sim_.world().add_range({"range-", "Public", 100'000, 1000, 200});
  set("chat.calls_per_second", "50");
  start();
  ASSERT_EQ(sweep(true).status, 202);
  ASSERT_TRUE(eventually([&] { return sim_.call_count("get_group_info") > 20; }));
  const auto began = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  start();
  const auto looks = sim_.call_count("get_group_info");
  EXPECT_TRUE(eventually([&] { return sim_.call_count("get_group_info") > looks; }));
  EXPECT_STREQ(newest()["state"].GetString(), "running");
}

}  // namespace
}  // namespace headroom::e2e
