#include <gmock/gmock.h>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;
using chatsim::When;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A higher limit before anybody is removed.
class Raising : public E2e {
 protected:
  Raising() {
    set("capacity.mode", "raise");
    set("capacity.ceiling", "Public:130, ChatRoom:2000");
    set("scheduler.cooldown", "0");
  }
  std::int64_t limit_of(const std::string& group_id) { return sim_.world().group(group_id)->max_members; }
  // People join until it is full, and one more is refused.
  void fill(const std::string& group_id) {
    while (!sim_.world().group(group_id)->full()) {
      sim_.world().join(group_id, "joiner" + std::to_string(joiners_++));
    }
    knock(group_id);
  }
  rapidjson::Document run(const std::string& group_id) {
    rapidjson::Document run = last_run(group_id);
    EXPECT_TRUE(run.IsObject());
    return run;
  }
  int joiners_ = 0;
};

TEST_F(Raising, AGroupIsRaisedInsteadOfPrunedAndPrunedAtItsCeiling) {
  create(full_group("g", 100));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(limit_of("g"), 120);
  EXPECT_THAT(removed("g"), IsEmpty());
  const auto raised = run("g");
  EXPECT_STREQ(raised["mode"].GetString(), "raise");
  EXPECT_STREQ(raised["state"].GetString(), "succeeded");
  EXPECT_EQ(raised["raise"]["from"].GetInt(), 100);
  EXPECT_EQ(raised["raise"]["to"].GetInt(), 120);
  EXPECT_EQ(sim_.call_count("get_group_member_info"), 0U) << "nobody was listed";
  EXPECT_EQ(metric("headroom_raises_total{result=\"succeeded\"}"), 1);
  EXPECT_EQ(metric("headroom_chat_requests_total{api=\"modify_group_base_info\",result=\"done\"}"), 1);
  EXPECT_TRUE(logged("mode=raise state=succeeded"));

  fill("g");  // 120 of 120; six seats are wanted, ten are left below the ceiling
  ASSERT_TRUE(eventually([&] { return limit_of("g") == 130; })) << daemon_->stderr_text();
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), IsEmpty());

  fill("g");
  ASSERT_TRUE(eventually([&] { return removed("g").size() == 7; })) << daemon_->stderr_text();
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_EQ(limit_of("g"), 130);
  const auto pruned = run("g");
  EXPECT_STREQ(pruned["mode"].GetString(), "prune");
  EXPECT_TRUE(pruned["raise"].IsNull());
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 2U);
  EXPECT_EQ(get("/api/v1/summary").json["raises_left"].GetInt(), 48);
  stop();
}

TEST_F(Raising, WhatChatDoesNotAllowIsLearnedAndTheGroupIsPruned) {
  sim_.world().set_ceiling("Public", {100});
  create(full_group("g", 100));
  create(full_group("other", 100));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_THAT(removed("g"), SizeIs(5));
  const auto runs = get("/api/v1/groups/g/runs").json;
  ASSERT_EQ(runs["items"].Size(), 2U);
  EXPECT_STREQ(runs["items"][1]["mode"].GetString(), "raise");
  EXPECT_STREQ(runs["items"][1]["state"].GetString(), "failed");
  EXPECT_STREQ(runs["items"][1]["reason"].GetString(), "chat_error_10038");
  EXPECT_TRUE(logged("limit of members of a group is reached")) << "in words";
  knock("other");
  ASSERT_TRUE(reaches("other", "has_room"));
  EXPECT_THAT(removed("other"), SizeIs(5));
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 1U) << "the plan's limit is the type's";
  EXPECT_FALSE(get("/api/v1/summary").json["paused"].GetBool());
  stop();
}

TEST_F(Raising, ASilentCutIsTakenForWhatItIs) {
  sim_.world().set_ceiling("Public", {107, true});
  create(full_group("g", 100));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(limit_of("g"), 107);
  EXPECT_STREQ(run("g")["state"].GetString(), "succeeded");
  fill("g");
  ASSERT_TRUE(eventually([&] { return removed("g").size() == 6; })) << daemon_->stderr_text();
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 1U);
  stop();
}

TEST_F(Raising, ALostAnswerIsFoundOutByLooking) {
  create(full_group("g", 100));
  sim_.faults().add("modify_group_base_info", Fault::bad_gateway_after());
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(limit_of("g"), 120);
  EXPECT_STREQ(run("g")["state"].GetString(), "succeeded");
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 1U);
  stop();
}

TEST_F(Raising, AKillBetweenTheIntentAndTheLookIsResolvedByTheNextStart) {
  create(full_group("g", 100));
  // Done, and nobody hears of it: the daemon dies while it waits for the answer.
  sim_.faults().add("modify_group_base_info", Fault::stall_after(4000));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return limit_of("g") == 120; }));
  kill_it();
  start();
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_STREQ(run("g")["state"].GetString(), "succeeded");
  EXPECT_STREQ(run("g")["reason"].GetString(), "interrupted");
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 1U) << "no further call";
  stop();
}

TEST_F(Raising, AnOwnerWhoLowersItAgainIsNotFought) {
  create(full_group("g", 100));
  sim_.on_call("modify_group_base_info", When::kAfter, [&](const auto&) { sim_.world().set_max("g", 100); });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_THAT(removed("g"), SizeIs(5));
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 1U);
  stop();
}

TEST_F(Raising, AnApprovalRaisesAndARestoreSetsBack) {
  set("scheduler.mode", "approve");
  create(full_group("g", 100));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] {
    const auto run = last_run("g");
    return run.IsObject() && run["state"] == "awaiting_approval";
  })) << daemon_->stderr_text();
  const std::string id = std::to_string(run("g")["id"].GetInt64());
  EXPECT_EQ(limit_of("g"), 100);
  EXPECT_EQ(send("POST", "/api/v1/runs/" + id + "/approve").status, 202);
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(limit_of("g"), 120);

  sim_.world().join("g", "new");
  const auto denied = send("POST", "/api/v1/runs/" + id + "/restore");
  EXPECT_EQ(denied.status, 409);
  EXPECT_THAT(denied.json["detail"].GetString(), HasSubstr("101 members"));
  sim_.world().leave("g", "new");
  const auto begun = send("POST", "/api/v1/runs/" + id + "/restore");
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_STREQ(begun.json["mode"].GetString(), "restore");
  EXPECT_TRUE(begun.json["raise"].IsNull());
  ASSERT_TRUE(eventually([&] { return limit_of("g") == 100; })) << daemon_->stderr_text();
  // The next plan is one of removals.
  ASSERT_TRUE(eventually([&] {
    const auto run = last_run("g");
    return run["mode"] == "approve" && run["state"] == "awaiting_approval";
  })) << daemon_->stderr_text();
  stop();
}

TEST_F(Raising, OperatorsPruneAndRaiseByTheirOwnWord) {
  set("scheduler.mode", "plan");
  set("capacity.mode", "off");
  create(full_group("g", 100));
  create(full_group("private", 100, 2, "Private"));
  start();
  knock("g");
  knock("private");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject() && last_run("private").IsObject(); }));
  const auto denied = send("POST", "/api/v1/groups/private/runs", R"({"mode":"raise"})");
  EXPECT_EQ(denied.status, 409);
  EXPECT_THAT(denied.json["detail"].GetString(), HasSubstr("capacity.ceiling"));
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 202);
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_THAT(removed("g"), SizeIs(5));
  EXPECT_EQ(limit_of("g"), 100);
  fill("g");
  ASSERT_TRUE(reaches("g", "full"));
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"raise"})").status, 202);
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(limit_of("g"), 120);
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"lower"})").status, 400);
  stop();
}

TEST_F(Raising, ASuggestionChangesNothing) {
  set("scheduler.mode", "plan");
  set("capacity.mode", "suggest");
  set("capacity.only_from", "100");
  create(full_group("g", 100));
  create(full_group("on-purpose", 90));
  start();
  knock("g");
  knock("on-purpose");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject() && last_run("on-purpose").IsObject(); }));
  EXPECT_EQ(group("g").json["suggestion"]["raise_to"].GetInt(), 120);
  EXPECT_TRUE(group("on-purpose").json["suggestion"].IsNull());
  const auto groups = get("/api/v1/groups").json;
  EXPECT_EQ(groups["items"][1]["suggestion"]["raise_to"].GetInt(), 120);
  EXPECT_STREQ(run("g")["mode"].GetString(), "plan");
  EXPECT_EQ(sim_.call_count("modify_group_base_info"), 0U);
  stop();
}

}  // namespace
}  // namespace headroom::e2e
