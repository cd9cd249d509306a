#include <gmock/gmock.h>
#include <signal.h>

#include "headroom/types.h"
#include "tests/e2e/fixture.h"
#include "text/time_text.h"

namespace headroom::e2e {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Approval : public E2e {
 protected:
  Approval() {
    set("scheduler.mode", "approve");
    create(full_group("g", 100));
  }
  // The group's newest run once it is in that state.
  rapidjson::Document run_in(const std::string& group_id, const std::string& state) {
    rapidjson::Document run;
    EXPECT_TRUE(eventually([&] {
      run = last_run(group_id);
      return run.IsObject() && run["state"].GetString() == state;
    })) << daemon_->stderr_text();
    return run;
  }
  std::int64_t waiting(const std::string& group_id = "g") {
    knock(group_id);
    return run_in(group_id, "awaiting_approval")["id"].GetInt64();
  }
  HttpAnswer order(std::int64_t run, const std::string& what) {
    return send("POST", "/api/v1/runs/" + std::to_string(run) + "/" + what);
  }
  void expect_denied(std::int64_t run, const std::string& what, const std::string& detail) {
    const auto answer = order(run, what);
    EXPECT_EQ(answer.status, 409) << answer.body;
    EXPECT_THAT(answer.json["detail"].GetString(), HasSubstr(detail));
  }
};

TEST_F(Approval, APlanWaitsAndIsExecutedAsItIsStored) {
  start();
  const std::int64_t id = waiting();
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_TRUE(group("g").json["next_check_at"].IsNull());
  EXPECT_EQ(metric("headroom_runs_awaiting_approval"), 1);
  EXPECT_EQ(get("/api/v1/summary").json["removals_left"].GetInt(), 1000);  // it reserves nothing
  EXPECT_EQ(sim_.call_count("delete_group_member"), 0U);

  const auto approved = order(id, "approve");
  ASSERT_EQ(approved.status, 202) << approved.body;
  EXPECT_EQ(approved.json["id"].GetInt64(), id);
  EXPECT_STREQ(approved.json["state"].GetString(), "running");
  EXPECT_STREQ(approved.json["mode"].GetString(), "approve");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_THAT(removed("g"), UnorderedElementsAre("idle00", "idle01", "idle02", "idle03", "idle04"));
  EXPECT_STREQ(last_run("g")["state"].GetString(), "succeeded");
  EXPECT_EQ(last_run("g")["id"].GetInt64(), id);
  expect_denied(id, "approve", "succeeded");
  expect_denied(id, "reject", "succeeded");
  stop();
}

TEST_F(Approval, TheLooksBeforeTheDeletesOnlyShrinkThePlan) {
  set("chat.delete_batch", "2");
  start();
  const std::int64_t id = waiting();
  sim_.world().speak("g", "idle00");
  sim_.world().leave("g", "idle01");
  ASSERT_EQ(send("PUT", "/api/v1/exemptions/members/idle02", R"({"reason":"after the plan"})").status, 200);
  ASSERT_EQ(order(id, "approve").status, 202);
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), UnorderedElementsAre("idle03", "idle04"));
  const auto outcome = outcomes(id);
  EXPECT_EQ(outcome.size(), 5U);
  EXPECT_EQ(outcome.at("idle00"), "became_protected");
  EXPECT_EQ(outcome.at("idle01"), "left");
  EXPECT_EQ(outcome.at("idle02"), "became_protected");
  stop();
}

TEST_F(Approval, WhatIsDenied) {
  start();
  const std::int64_t id = waiting();
  EXPECT_EQ(order(id + 100, "approve").status, 404);
  EXPECT_EQ(order(id + 100, "reject").status, 404);
  EXPECT_EQ(send("POST", "/api/v1/runs/x/approve").status, 404);
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);

  ASSERT_EQ(send("POST", "/api/v1/scheduler/pause").status, 200);
  expect_denied(id, "approve", "paused");
  ASSERT_EQ(send("POST", "/api/v1/scheduler/resume").status, 200);

  ASSERT_EQ(send("PUT", "/api/v1/exemptions/groups/g", "{}").status, 200);
  expect_denied(id, "approve", "exempt");
  ASSERT_EQ(send("DELETE", "/api/v1/exemptions/groups/g").status, 204);

  // The group is looked at once, and not again while the plan waits.
  ASSERT_TRUE(eventually([&] { return group("g").json["next_check_at"].IsNull(); }));
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_EQ(order(id, "approve").status, 202);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  stop();
}

TEST_F(Approval, InModeObserveNothingIsApproved) {
  start();
  const std::int64_t id = waiting();
  stop();
  set("scheduler.mode", "observe");
  start();
  expect_denied(id, "approve", "observe");
  const auto rejected = order(id, "reject");
  EXPECT_EQ(rejected.status, 200) << rejected.body;
  stop();
}

TEST_F(Approval, ARejectedPlanEndsAndTheNextComesAfterTheCoolDown) {
  start();
  const std::int64_t id = waiting();
  const auto rejected = order(id, "reject");
  ASSERT_EQ(rejected.status, 200) << rejected.body;
  EXPECT_STREQ(rejected.json["state"].GetString(), "rejected");
  EXPECT_FALSE(rejected.json["finished_at"].IsNull());
  expect_denied(id, "reject", "rejected");
  expect_denied(id, "approve", "rejected");
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_FALSE(group("g").json["next_check_at"].IsNull());
  EXPECT_EQ(metric("headroom_runs_total{state=\"rejected\"}"), 1);
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})").status, 202);  // it is free for another one
  stop();
}

TEST_F(Approval, AfterTheCoolDownThereIsANewPlan) {
  set("scheduler.cooldown", "200ms");
  start();
  const std::int64_t id = waiting();
  ASSERT_EQ(order(id, "reject").status, 200);
  EXPECT_TRUE(eventually([&] { return last_run("g")["id"].GetInt64() > id; }));
  stop();
}

TEST_F(Approval, APlanThatWaitsForTooLongExpires) {
  set("scheduler.approval_ttl", "1s");
  start();
  const std::int64_t id = waiting();
  const auto run = run_in("g", "expired");
  EXPECT_EQ(run["id"].GetInt64(), id);
  EXPECT_FALSE(run["finished_at"].IsNull());
  expect_denied(id, "approve", "expired");
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_FALSE(group("g").json["next_check_at"].IsNull());
  EXPECT_EQ(metric("headroom_runs_total{state=\"expired\"}"), 1);
  EXPECT_EQ(metric("headroom_runs_awaiting_approval"), 0);
  EXPECT_TRUE(removed("g").empty());
  stop();
}

TEST_F(Approval, APlanOfModePlanCanBeApproved) {
  set("scheduler.mode", "plan");
  start();
  knock("g");
  const std::int64_t id = run_in("g", "planned")["id"].GetInt64();
  expect_denied(id, "reject", "planned");
  const auto approved = order(id, "approve");
  ASSERT_EQ(approved.status, 202) << approved.body;
  EXPECT_TRUE(approved.json["finished_at"].IsNull());
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(removed("g").size(), 5U);
  EXPECT_STREQ(last_run("g")["state"].GetString(), "succeeded");
  stop();
}

TEST_F(Approval, AnOldPlanOfModePlanCanNot) {
  set("scheduler.mode", "plan");
  set("scheduler.approval_ttl", "1s");
  start();
  knock("g");
  const std::int64_t id = run_in("g", "planned")["id"].GetInt64();
  const TimeMs created = *parse_time(last_run("g")["created_at"].GetString());
  ASSERT_TRUE(eventually([&] { return sim_.world().now_ms() >= created + kSecondMs; }));
  expect_denied(id, "approve", "approval_ttl");
  stop();
}

// The waiting plans reserve nothing, so all of them together may want more than the day has left.
TEST_F(Approval, AnApprovalIsCutToWhatTheDayLeaves) {
  set("policy.max_removals_per_day", "7");
  create(full_group("h", 100));
  create(full_group("i", 100));
  start();
  const std::int64_t first = waiting("g");
  const std::int64_t second = waiting("h");
  const std::int64_t third = waiting("i");
  ASSERT_EQ(order(first, "approve").status, 202);
  const auto cut = order(second, "approve");
  ASSERT_EQ(cut.status, 202);
  EXPECT_EQ(cut.json["selected"].GetInt(), 2);
  EXPECT_EQ(cut.json["kept"]["over_limit"].GetInt(), 3);
  EXPECT_STREQ(cut.json["limited_by"].GetString(), "day");
  expect_denied(third, "approve", "daily limits");
  ASSERT_TRUE(reaches("g", "has_room"));
  ASSERT_TRUE(reaches("h", "has_room"));
  EXPECT_THAT(removed("h"), UnorderedElementsAre("idle00", "idle01"));
  EXPECT_EQ(whys(second).at("idle02"), "over_limit");
  EXPECT_STREQ(last_run("i")["state"].GetString(), "awaiting_approval");
  stop();
}

TEST_F(Approval, ACrashBeforeTheFirstDelete) {
  start();
  const std::int64_t id = waiting();
  sim_.on_call("get_specified_group_member_info", chatsim::When::kBefore,
               [this, done = std::make_shared<bool>(false)](const auto&) {
                 if (!std::exchange(*done, true)) daemon_->signal(SIGKILL);
               });
  order(id, "approve");
  EXPECT_EQ(daemon_->wait(), 128 + SIGKILL);
  sim_.clear_hooks();
  start();
  ASSERT_TRUE(eventually([&] { return last_run("g")["id"].GetInt64() > id; })) << daemon_->stderr_text();
  const auto run = get("/api/v1/runs/" + std::to_string(id));
  EXPECT_STREQ(run.json["state"].GetString(), "failed");
  EXPECT_STREQ(run.json["reason"].GetString(), "interrupted");
  EXPECT_TRUE(removed("g").empty());
  // The group was due at once: the next plan waits.
  EXPECT_STREQ(run_in("g", "awaiting_approval")["trigger"].GetString(), "scheduler");
  stop();
}

TEST_F(Approval, AWaitingPlanSurvivesARestart) {
  start();
  const std::int64_t id = waiting();
  kill_it();
  start();
  EXPECT_STREQ(last_run("g")["state"].GetString(), "awaiting_approval");
  ASSERT_EQ(order(id, "approve").status, 202);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  stop();
}

}  // namespace
}  // namespace headroom::e2e
