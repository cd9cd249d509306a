#include <gmock/gmock.h>

#include "headroom/types.h"
#include "tests/e2e/fixture.h"
#include "text/time_text.h"

namespace headroom::e2e {
namespace {

class Protection : public E2e {
 protected:
  // 20 seats; one free seat wanted, two members may go; "idle00" and "idle01" are the ones unless they are protected.
  chatsim::GroupSpec spec_ = full_group("g", 20);
  chatsim::Member& member(const std::string& account) {
    return *std::find_if(spec_.members.begin(), spec_.members.end(),
                         [&](const auto& m) { return m.account == account; });
  }
};

TEST_F(Protection, EveryRuleKeepsItsMembers) {
  const std::int64_t now = now_s();
  // All of them would be the first to go by their last sign of life.
  member("idle01").last_sent_s = now - 290 * kDayS;
  member("idle02") = {"newcomer", "Member", now - kDayS, 0, 5};
  member("idle03") = {"reader", "Member", now - 300 * kDayS, now - 290 * kDayS, 9950};
  member("idle04") = {"online", "Member", now - 300 * kDayS, now - 290 * kDayS, 5};
  member("idle05") = {"push", "Member", now - 300 * kDayS, now - 290 * kDayS, 5};
  member("idle06") = {"exempt", "Member", now - 300 * kDayS, now - 290 * kDayS, 5};
  member("idle07") = {"never-sent", "Member", now - 299 * kDayS, 0, 5};
  member("idle08") = {"no-join-time", "Member", 0, now - 290 * kDayS, 5};
  create(spec_);
  sim_.world().set_presence("online", chatsim::Presence::kOnline);
  sim_.world().set_presence("push", chatsim::Presence::kPushOnline);
  start();
  ASSERT_EQ(send("PUT", "/api/v1/exemptions/members/exempt", R"({"reason":"a friend"})").status, 200);
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), testing::ElementsAre("never-sent"));
  const auto why = whys(last_run("g")["id"].GetInt64());
  EXPECT_EQ(why.at("owner"), "owner");
  EXPECT_EQ(why.at("admin"), "admin");
  EXPECT_EQ(why.at("newcomer"), "newcomer");
  EXPECT_EQ(why.at("reader"), "reader");
  EXPECT_EQ(why.at("online"), "online");
  EXPECT_EQ(why.at("push"), "online");
  EXPECT_EQ(why.at("exempt"), "exempt");
  EXPECT_EQ(why.at("active0"), "active");
  EXPECT_EQ(why.at("no-join-time"), "unknown_activity");
  EXPECT_EQ(why.at("idle01"), "not_needed");
  EXPECT_EQ(why.at("never-sent"), "inactive");
  stop();
}

TEST_F(Protection, UnknownActivityIsNotInactivity) {
  create(spec_);
  sim_.faults().add("get_group_member_info", chatsim::Fault::missing_field("LastSendMsgTime", 50).for_ever());
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject() && !last_run("g")["finished_at"].IsNull(); }));
  const auto run = last_run("g");
  EXPECT_GE(run["kept"]["unknown_activity"].GetInt(), 1);
  stop();
}

TEST_F(Protection, AnExemptGroupIsNeverTouched) {
  create(spec_);
  start();
  ASSERT_EQ(send("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"VIP"})").status, 200);
  knock("g");
  ASSERT_TRUE(reaches("g", "blocked"));
  auto json = group("g").json;
  EXPECT_STREQ(json["reason"].GetString(), "exempt");
  EXPECT_TRUE(json["next_check_at"].IsNull());
  EXPECT_TRUE(json["exempt"].GetBool());
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);
  EXPECT_TRUE(removed("g").empty());
  ASSERT_EQ(send("DELETE", "/api/v1/exemptions/groups/g").status, 204);
  EXPECT_TRUE(reaches("g", "has_room"));
  stop();
}

TEST_F(Protection, WhoComesAliveAfterThePlanIsKept) {
  set("policy.target_headroom", "4");
  set("policy.max_removed_share", "50%");
  set("chat.delete_batch", "1");
  create(spec_);
  int calls = 0;
  sim_.on_call("get_specified_group_member_info", chatsim::When::kBefore, [&](const auto&) {
    if (calls++ != 0) return;
    sim_.world().speak("g", "idle00");
    sim_.world().promote("g", "idle01");
    sim_.world().leave("g", "idle02");
    sim_.world().set_presence("idle03", chatsim::Presence::kOnline);
  });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_TRUE(removed("g").empty()) << testing::PrintToString(removed("g"));
  const auto outcome = outcomes(last_run("g")["id"].GetInt64());
  EXPECT_EQ(outcome.at("idle00"), "became_protected");
  EXPECT_EQ(outcome.at("idle01"), "became_protected");
  EXPECT_EQ(outcome.at("idle02"), "left");
  EXPECT_EQ(outcome.at("idle03"), "became_protected");
  stop();
}

TEST_F(Protection, AnExemptionHoldsForAPlanThatIsUnderWay) {
  set("policy.target_headroom", "4");
  set("policy.max_removed_share", "50%");
  set("chat.delete_batch", "1");
  create(spec_);
  bool once = false;
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) {
    if (std::exchange(once, true)) return;
    EXPECT_EQ(send("PUT", "/api/v1/exemptions/groups/g", R"({"reason":"stop"})").status, 200);
  });
  start();
  knock("g");
  const auto run = finished_run("g");
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_STREQ(run["reason"].GetString(), "exempt");
  EXPECT_EQ(removed("g").size(), 1U);
  EXPECT_EQ(run["removed"].GetInt(), 1);
  stop();
}

TEST_F(Protection, AMemberWhoIsExemptedWhileTheRunIsUnderWayIsKept) {
  set("policy.target_headroom", "4");
  set("policy.max_removed_share", "50%");
  set("chat.delete_batch", "1");
  create(spec_);
  bool once = false;
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) {
    if (std::exchange(once, true)) return;
    EXPECT_EQ(send("PUT", "/api/v1/exemptions/members/idle01", R"({"reason":"a friend"})").status, 200);
  });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_THAT(removed("g"), testing::UnorderedElementsAre("idle00", "idle02", "idle03"));
  EXPECT_EQ(outcomes(last_run("g")["id"].GetInt64()).at("idle01"), "became_protected");
  stop();
}

TEST_F(Protection, AnExemptionEndsByItselfAndMakesItsGroupDue) {
  create(spec_);
  start();
  const TimeMs until = sim_.world().now_ms() + 2 * kSecondMs;
  const std::string body = R"({"reason":"for now","expires_at":")" + format_time(until) + "\"}";
  ASSERT_EQ(send("PUT", "/api/v1/exemptions/groups/g", body).status, 200);
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_GE(parse_time(last_run("g")["created_at"].GetString()), until);
  EXPECT_EQ(send("DELETE", "/api/v1/exemptions/groups/g").status, 404);  // it is over
  stop();
}

TEST_F(Protection, APauseStopsARunBeforeItsNextBatch) {
  set("policy.target_headroom", "4");
  set("policy.max_removed_share", "50%");
  set("chat.delete_batch", "1");
  create(spec_);
  bool once = false;
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) {
    if (std::exchange(once, true)) return;
    EXPECT_EQ(send("POST", "/api/v1/scheduler/pause", R"({"reason":"stop"})").status, 200);
  });
  start();
  knock("g");
  const auto run = finished_run("g");
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_STREQ(run["reason"].GetString(), "paused");
  EXPECT_EQ(removed("g").size(), 1U);
  stop();
}

TEST_F(Protection, ARunEndsOnceTheWantedSeatsAreFree) {
  set("policy.target_headroom", "4");
  set("policy.max_removed_share", "50%");
  set("chat.delete_batch", "1");
  create(spec_);
  bool once = false;
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) {
    if (std::exchange(once, true)) return;
    for (const char* account : {"active0", "active1", "idle15"}) sim_.world().leave("g", account);
  });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_EQ(removed("g").size(), 1U);
  EXPECT_STREQ(last_run("g")["state"].GetString(), "succeeded");
  stop();
}

}  // namespace
}  // namespace headroom::e2e
