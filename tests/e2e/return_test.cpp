// Members who came back, and the guard against a jump of the removable share.
#include <gmock/gmock.h>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;
using testing::IsSupersetOf;

class Return : public E2e {
 protected:
  std::int64_t operator_run(const std::string& mode) {
    const auto answer = send("POST", "/api/v1/groups/g/runs", R"({"mode":")" + mode + "\"}");
    EXPECT_EQ(answer.status, 202) << answer.body;
    return answer.status == 202 ? answer.json["id"].GetInt64() : 0;
  }
  // The run once it is in that state.
  rapidjson::Document run_in(std::int64_t id, const std::string& state) {
    rapidjson::Document run;
    EXPECT_TRUE(eventually([&] {
      run = std::move(get("/api/v1/runs/" + std::to_string(id)).json);
      return run["state"].GetString() == state;
    })) << daemon_->stderr_text();
    return run;
  }
};

TEST_F(Return, WhoCameBackIsProtectedAndCountedOnce) {
  set("policy.newcomer_grace", "0");
  set("policy.inactive_for", "1m");
  create(full_group("g", 40, 10));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(removed("g"), (std::set<std::string>{"idle00", "idle01"}));
  for (const char* account : {"idle00", "idle01"}) {
    ASSERT_EQ(sim_.world().join("g", account), chatsim::JoinOutcome::kJoined);
  }
  // By their JoinTime alone they might go again.
  const std::string joined = std::to_string(now_s() - 2 * kDayS);
  for (const char* api : {"get_group_member_info", "get_specified_group_member_info"}) {
    sim_.faults().add(api, Fault::set_field("JoinTime", joined).for_ever());
  }
  const std::int64_t id = operator_run("plan");
  const auto run = run_in(id, "planned");
  const auto why = whys(id);
  EXPECT_EQ(why.at("idle00"), "returned");
  EXPECT_EQ(why.at("idle01"), "returned");
  EXPECT_EQ(run["kept"]["returned"].GetInt(), 2);
  EXPECT_EQ(metric("headroom_rejoined_total"), 2);
  run_in(operator_run("plan"), "planned");
  EXPECT_EQ(metric("headroom_rejoined_total"), 2);

  ASSERT_TRUE(eventually([&] { return get("/api/v1/summary").json["rejoins"].Size() == 1; }));
  const auto summary = get("/api/v1/summary");
  const auto& rejoins = summary.json["rejoins"][0];
  EXPECT_EQ(rejoins["removed"].GetInt(), 2);
  EXPECT_EQ(rejoins["rejoined"].GetInt(), 2);
  EXPECT_EQ(rejoins["share"].GetDouble(), 1.0);
  EXPECT_STREQ(rejoins["policy"]["inactive_for"].GetString(), "1m");
  stop();
}

// A plan of before the removal, and a JoinTime that tells nothing: headroom knows that they came back.
TEST_F(Return, TheLookBeforeTheDeleteProtectsThemToo) {
  set("scheduler.mode", "plan");
  const auto spec = full_group("g", 40);
  const std::int64_t joined = spec.members.back().join_time_s;
  create(spec);
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject(); }));
  const std::int64_t plan = last_run("g")["id"].GetInt64();
  operator_run("prune");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  ASSERT_EQ(removed("g"), (std::set<std::string>{"idle00", "idle01"}));
  sim_.faults().add("get_specified_group_member_info", Fault::set_field("JoinTime", std::to_string(joined)).for_ever());
  for (const char* account : {"idle00", "idle01"}) {
    ASSERT_EQ(sim_.world().join("g", account), chatsim::JoinOutcome::kJoined);
  }
  ASSERT_EQ(send("POST", "/api/v1/runs/" + std::to_string(plan) + "/approve").status, 202);
  run_in(plan, "nothing_to_do");
  for (const auto& [account, outcome] : outcomes(plan)) EXPECT_EQ(outcome, "became_protected") << account;
  EXPECT_EQ(members_of("g"), 40);
  stop();
}

class Jump : public Return {
 protected:
  // 10 of 40 are removable, until the others' signs of life are lost.
  Jump() {
    set("scheduler.cooldown", "0");
    create(full_group("g", 40, 28));
  }
  void lose_activity() {
    const std::string long_ago = std::to_string(now_s() - 250 * kDayS);
    for (const char* api : {"get_group_member_info", "get_specified_group_member_info"}) {
      sim_.faults().add(api, Fault::set_field("LastSendMsgTime", long_ago).for_ever());
    }
    for (const char* api : {"get_group_member_info", "get_specified_group_member_info"}) {
      sim_.faults().add(api, Fault::set_field("JoinTime", std::to_string(now_s() - 300 * kDayS)).for_ever());
    }
  }
};

TEST_F(Jump, TheSchedulersRunWaitsForAnApproval) {
  set("scheduler.mode", "plan");
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject(); }));
  EXPECT_EQ(last_run("g")["eligible"].GetInt(), 10);
  stop();
  lose_activity();
  set("scheduler.mode", "prune");
  start();
  ASSERT_TRUE(eventually([&] { return std::string("awaiting_approval") == last_run("g")["state"].GetString(); }))
      << daemon_->stderr_text();
  const auto run = last_run("g");
  EXPECT_STREQ(run["mode"].GetString(), "prune");
  EXPECT_STREQ(run["waits_for"].GetString(), "jump");
  EXPECT_EQ(run["eligible"].GetInt(), 38);
  EXPECT_TRUE(removed("g").empty());
  EXPECT_EQ(state_of("g"), "full");
  EXPECT_TRUE(group("g").json["next_check_at"].IsNull());
  EXPECT_TRUE(logged("waits for an approval"));
  const auto path = "/api/v1/runs/" + std::to_string(run["id"].GetInt64()) + "/approve";
  EXPECT_EQ(send("POST", path).status, 202);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(removed("g").size(), 2U);
  stop();
}

TEST_F(Jump, AnOperatorsRunWaitsToo) {
  set("scheduler.mode", "plan");
  set("scheduler.cooldown", "1h");  // the scheduler does not plan meanwhile
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject(); }));
  lose_activity();
  run_in(operator_run("prune"), "awaiting_approval");
  EXPECT_TRUE(removed("g").empty());
  stop();
}

TEST_F(Jump, AFirstRunHasNothingToJumpFrom) {
  lose_activity();
  start();
  knock("g");
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  stop();
}

}  // namespace
}  // namespace headroom::e2e
