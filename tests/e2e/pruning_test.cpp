#include <gmock/gmock.h>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using testing::UnorderedElementsAre;

class Pruning : public E2e {};

TEST_F(Pruning, AFullGroupRegainsRoom) {
  create(full_group("@TGS#2J4SZEAEL", 100));
  start();
  knock("@TGS#2J4SZEAEL");
  ASSERT_TRUE(reaches("@TGS#2J4SZEAEL", "has_room")) << daemon_->stderr_text();

  // 5 % of 100 seats, those silent for longest.
  EXPECT_THAT(removed("@TGS#2J4SZEAEL"), UnorderedElementsAre("idle00", "idle01", "idle02", "idle03", "idle04"));
  EXPECT_EQ(members_of("@TGS#2J4SZEAEL"), 95);
  const auto run = last_run("@TGS#2J4SZEAEL");
  EXPECT_STREQ(run["state"].GetString(), "succeeded");
  EXPECT_STREQ(run["trigger"].GetString(), "scheduler");
  EXPECT_STREQ(run["mode"].GetString(), "prune");
  EXPECT_TRUE(run["reason"].IsNull());
  EXPECT_EQ(run["members_before"].GetInt(), 100);
  EXPECT_EQ(run["members_after"].GetInt(), 95);
  EXPECT_EQ(run["wanted"].GetInt(), 5);
  EXPECT_EQ(run["considered"].GetInt(), 100);
  EXPECT_EQ(run["eligible"].GetInt(), 96);
  EXPECT_EQ(run["selected"].GetInt(), 5);
  EXPECT_EQ(run["removed"].GetInt(), 5);
  EXPECT_EQ(run["kept"]["owner"].GetInt(), 1);
  EXPECT_EQ(run["kept"]["admin"].GetInt(), 1);
  EXPECT_EQ(run["kept"]["active"].GetInt(), 2);
  EXPECT_EQ(run["kept"]["not_needed"].GetInt(), 91);
  for (const auto& [account, outcome] : outcomes(run["id"].GetInt64())) EXPECT_EQ(outcome, "removed") << account;

  const auto group_json = group("@TGS#2J4SZEAEL").json;
  EXPECT_EQ(group_json["full_events"].GetInt(), 1);
  EXPECT_TRUE(group_json["full_since"].IsNull());
  EXPECT_EQ(group_json["member_count"].GetInt(), 95);
  EXPECT_EQ(metric("headroom_members_removed_total"), 5);
  EXPECT_EQ(metric("headroom_runs_total{state=\"succeeded\"}"), 1);
  EXPECT_EQ(sim_.world().join("@TGS#2J4SZEAEL", "at-last"), chatsim::JoinOutcome::kJoined);
  stop();
}

TEST_F(Pruning, EveryTypeThatCanBePruned) {
  for (const char* type : {"Private", "Public", "ChatRoom", "Community"}) {
    const std::string id = std::string(type) == "Community" ? "@TGS#_c1" : std::string("g-") + type;
    create(full_group(id, 40, 2, type));
  }
  start();
  for (const auto& info : sim_.world().groups()) knock(info.id);
  for (const auto& info : sim_.world().groups()) {
    EXPECT_TRUE(reaches(info.id, "has_room")) << info.id << daemon_->stderr_text();
    EXPECT_EQ(members_of(info.id), 38);
  }
  stop();
}

TEST_F(Pruning, OddGroupIds) {
  const std::vector<std::string> ids = {"a b/c%23+d?e&f=g\"h'i\\j", "%2F", "..", "x#y"};
  for (const auto& id : ids) create(full_group(id, 20));
  start();
  for (const auto& id : ids) knock(id);
  for (const auto& id : ids) EXPECT_TRUE(reaches(id, "has_room")) << id << daemon_->stderr_text();
  stop();
}

TEST_F(Pruning, AGroupThatRegainsRoomByItselfIsLeftAlone) {
  set("scheduler.stale_after", "300ms");
  create(full_group("g", 50));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "full"));
  sim_.world().leave("g", "active0");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_TRUE(last_run("g").IsNull());
  EXPECT_TRUE(removed("g").empty());
  EXPECT_EQ(sim_.call_count("get_group_member_info"), 0U);
  stop();
}

TEST_F(Pruning, AGroupThatIsGone) {
  create(full_group("g", 50));
  sim_.webhooks().set_enabled("Group.CallbackAfterGroupDestroyed", false);
  set("scheduler.stale_after", "1s");
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "full"));
  sim_.world().destroy("g");
  // Never confirmed by Chat: nothing is known of it but its events.
  ASSERT_TRUE(reaches("g", "unknown"));
  EXPECT_EQ(get("/api/v1/events?group_id=g").json["items"].Size(), 1U);
  stop();
}

TEST_F(Pruning, ADestroyedGroupIsGoneByItsWebhook) {
  create(full_group("g", 50));
  set("scheduler.mode", "plan");
  start();
  knock("g");
  EXPECT_STREQ(finished_run("g")["state"].GetString(), "planned");
  sim_.world().destroy("g");
  EXPECT_TRUE(reaches("g", "gone"));
  stop();
}

TEST_F(Pruning, AnAvChatRoomIsNeverTouched) {
  auto spec = full_group("live", 50);
  spec.type = "AVChatRoom";
  create(spec);
  start();
  http("POST", webhook_url_ + "?SdkAppid=1400000000",
       R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"live"})");
  ASSERT_TRUE(reaches("live", "blocked"));
  EXPECT_STREQ(group("live").json["reason"].GetString(), "unsupported_type");
  EXPECT_EQ(sim_.call_count("delete_group_member"), 0U);
  stop();
}

TEST_F(Pruning, NobodyRemovable) {
  create(full_group("g", 30, 28));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "blocked"));
  EXPECT_STREQ(group("g").json["reason"].GetString(), "nobody_removable");
  const auto run = last_run("g");
  EXPECT_STREQ(run["state"].GetString(), "nothing_to_do");
  EXPECT_STREQ(run["reason"].GetString(), "nobody_removable");
  EXPECT_TRUE(removed("g").empty());
  stop();
}

TEST_F(Pruning, PlanModeRemovesNobodyAndRepeatsNoRun) {
  set("scheduler.mode", "plan");
  set("scheduler.cooldown", "0");
  create(full_group("g", 60));
  start();
  knock("g");
  const auto run = finished_run("g");
  EXPECT_STREQ(run["state"].GetString(), "planned");
  EXPECT_STREQ(run["mode"].GetString(), "plan");
  EXPECT_EQ(run["selected"].GetInt(), 3);
  EXPECT_TRUE(eventually([&] { return !last_run("g")["confirmed_at"].IsNull(); }));
  EXPECT_EQ(last_run("g")["id"].GetInt64(), run["id"].GetInt64());
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_EQ(sim_.call_count("delete_group_member"), 0U);
  stop();
}

TEST_F(Pruning, ObserveModeNeverCallsChat) {
  set("scheduler.mode", "observe");
  settings_.erase("chat.secret_key_file");
  create(full_group("g", 60));
  start();
  knock("g");
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);
  EXPECT_TRUE(eventually([&] { return metric("headroom_events_total") == 1; }));
  stop();
  EXPECT_TRUE(sim_.calls().empty());
}

TEST_F(Pruning, OverfullGroupsLoseTheExcessToo) {
  set("policy.max_removed_share", "50%");
  create(full_group("g", 100));
  sim_.world().set_max("g", 96);
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_EQ(members_of("g"), 91);  // 5 % of 96 free, and 4 over
  stop();
}

TEST_F(Pruning, AnOperatorsRunIgnoresStalenessAndModePlan) {
  set("scheduler.mode", "plan");
  set("scheduler.stale_after", "1h");
  create(full_group("g", 40));
  start();
  knock("g");
  const auto planned = send("POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})");
  ASSERT_EQ(planned.status, 202) << planned.body;
  EXPECT_STREQ(finished_run("g")["state"].GetString(), "planned");
  ASSERT_TRUE(eventually([&] { return send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status == 202; }));
  ASSERT_TRUE(reaches("g", "has_room"));
  const auto run = last_run("g");
  EXPECT_STREQ(run["trigger"].GetString(), "operator");
  EXPECT_EQ(run["removed"].GetInt(), 2);
  stop();
}

TEST_F(Pruning, PauseHoldsEverythingAndSurvivesARestart) {
  create(full_group("g", 40));
  start();
  ASSERT_EQ(send("POST", "/api/v1/scheduler/pause", R"({"reason":"maintenance"})").status, 200);
  knock("g");
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);
  stop();
  start();
  const auto ready = http("GET", admin_url_ + "/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_TRUE(ready.json["paused"].GetBool());
  EXPECT_STREQ(ready.json["paused_reason"].GetString(), "maintenance");
  EXPECT_EQ(metric("headroom_scheduler_paused"), 1);
  EXPECT_TRUE(sim_.calls().empty());
  ASSERT_EQ(send("POST", "/api/v1/scheduler/resume").status, 200);
  EXPECT_TRUE(reaches("g", "has_room"));
  stop();
}

TEST_F(Pruning, SighupReadsTheModeAgain) {
  settings_.erase("scheduler.mode");
  write_file("headroomd.conf", "[scheduler]\nmode = plan\ncooldown = 0\n");
  create(full_group("g", 40));
  start();
  knock("g");
  EXPECT_STREQ(finished_run("g")["state"].GetString(), "planned");
  write_file("headroomd.conf", "[scheduler]\nmode = nonsense\n");
  daemon_->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return daemon_->stderr_text().find("not reloaded") != std::string::npos; }));
  EXPECT_STREQ(get("/api/v1/summary").json["mode"].GetString(), "plan");
  EXPECT_TRUE(logged("nonsense"));
  write_file("headroomd.conf", "[scheduler]\nmode = prune\ncooldown = 0\n[chat]\nmember_page = 7\n");
  daemon_->signal(SIGHUP);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_TRUE(logged("needs a restart"));
  EXPECT_TRUE(logged("chat.member_page"));
  stop();
}

TEST_F(Pruning, AShorterStaleAfterHoldsForGroupsThatAreFullAlready) {
  set("scheduler.stale_after", "1h");
  create(full_group("g", 40));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "full"));
  stop();
  set("scheduler.stale_after", "0");
  start();
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  stop();
}

}  // namespace
}  // namespace headroom::e2e
