#include <gmock/gmock.h>
#include <signal.h>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;
using chatsim::When;
using testing::ElementsAre;
using testing::HasSubstr;

// A group of 100 whose five least recently alive members were removed: "idle00" to "idle04", that one the last alive.
class Restore : public E2e {
 protected:
  Restore() { create(full_group("g", 100)); }
  std::int64_t pruned() {
    knock("g");
    EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
    sim_.clear_calls();
    return last_run("g")["id"].GetInt64();
  }
  std::int64_t pruned_daemon() {
    start();
    return pruned();
  }
  HttpAnswer restore(std::int64_t run) { return send("POST", "/api/v1/runs/" + std::to_string(run) + "/restore"); }
  std::int64_t restore_begun(std::int64_t run) {
    const auto answer = restore(run);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return answer.status == 202 ? answer.json["id"].GetInt64() : 0;
  }
  rapidjson::Document run_of(std::int64_t id) { return std::move(get("/api/v1/runs/" + std::to_string(id)).json); }
  rapidjson::Document finished(std::int64_t id) {
    rapidjson::Document run;
    EXPECT_TRUE(eventually([&] {
      run = run_of(id);
      return run.IsObject() && !run["finished_at"].IsNull();
    })) << daemon_->stderr_text();
    return run;
  }
  void expect_denied(std::int64_t run, const std::string& detail) {
    const auto answer = restore(run);
    EXPECT_EQ(answer.status, 409) << answer.body;
    EXPECT_THAT(answer.json["detail"].GetString(), HasSubstr(detail));
  }
  bool is_member(const std::string& account) { return sim_.world().member("g", account).has_value(); }
  std::vector<std::string> added() {
    std::vector<std::string> accounts;
    for (const auto& entry : sim_.ledger()) {
      if (entry.change == chatsim::Change::kAddedByRest) {
        accounts.insert(accounts.end(), entry.accounts.begin(), entry.accounts.end());
      }
    }
    return accounts;
  }
};

TEST_F(Restore, BringsTheRemovedBackWhileOneSeatStaysFree) {
  set("chat.add_batch", "3");
  const std::int64_t source = pruned_daemon();
  const std::int64_t id = restore_begun(source);
  EXPECT_NE(id, source);
  const auto run = finished(id);
  EXPECT_STREQ(run["trigger"].GetString(), "restore");
  EXPECT_STREQ(run["mode"].GetString(), "restore");
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_EQ(run["selected"].GetInt(), 5);
  EXPECT_EQ(run["restored"].GetInt(), 4);
  EXPECT_EQ(run["removed"].GetInt(), 0);
  EXPECT_EQ(run["members_before"].GetInt(), 95);
  EXPECT_EQ(run["members_after"].GetInt(), 99);
  // Most recently alive first, three at a time, then as many as there is room for.
  EXPECT_THAT(added(), ElementsAre("idle04", "idle03", "idle02", "idle01"));
  EXPECT_EQ(sim_.call_count("add_group_member"), 2U);
  const auto outcome = outcomes(id);
  EXPECT_EQ(outcome.at("idle04"), "restored");
  EXPECT_EQ(outcome.at("idle00"), "no_room");
  EXPECT_EQ(run_of(source)["restored"].GetInt(), 4);
  EXPECT_EQ(run_of(source)["removed"].GetInt(), 5);
  EXPECT_EQ(state_of("g"), "has_room");
  EXPECT_FALSE(sim_.world().group("g")->full());
  stop();
}

TEST_F(Restore, WhoIsInAlreadyNeedsNobody) {
  const std::int64_t source = pruned_daemon();
  ASSERT_EQ(sim_.world().join("g", "idle00"), chatsim::JoinOutcome::kJoined);
  sim_.world().leave("g", "active0");
  sim_.world().leave("g", "active1");
  sim_.world().set_add_result("idle01", 3);
  sim_.world().set_add_result("idle02", 0);
  const std::int64_t id = restore_begun(source);
  const auto run = finished(id);
  EXPECT_STREQ(run["state"].GetString(), "partial");
  const auto outcome = outcomes(id);
  EXPECT_EQ(outcome.at("idle00"), "already_member");
  EXPECT_EQ(outcome.at("idle01"), "pending");
  EXPECT_EQ(outcome.at("idle02"), "failed");
  EXPECT_EQ(outcome.at("idle03"), "restored");
  EXPECT_EQ(outcome.at("idle04"), "restored");
  EXPECT_EQ(run["restored"].GetInt(), 2);
  // Coming back by itself is what it counts, being brought back is not.
  EXPECT_EQ(metric("headroom_rejoined_total"), 1);
  stop();
}

TEST_F(Restore, AgainAddsOnlyThoseWhoAreStillOutside) {
  const std::int64_t source = pruned_daemon();
  EXPECT_STREQ(finished(restore_begun(source))["state"].GetString(), "partial");
  sim_.world().leave("g", "active0");
  const std::int64_t again = restore_begun(source);
  EXPECT_STREQ(finished(again)["state"].GetString(), "succeeded");
  EXPECT_EQ(outcomes(again).at("idle00"), "restored");
  EXPECT_EQ(outcomes(again).at("idle04"), "already_member");
  EXPECT_EQ(run_of(source)["restored"].GetInt(), 5);
  stop();
}

TEST_F(Restore, WhatIsDenied) {
  set("scheduler.mode", "approve");
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return last_run("g").IsObject(); }));
  const std::int64_t waiting = last_run("g")["id"].GetInt64();
  EXPECT_EQ(restore(waiting + 100).status, 404);
  expect_denied(waiting, "awaiting_approval");
  ASSERT_EQ(send("POST", "/api/v1/runs/" + std::to_string(waiting) + "/reject").status, 200);
  expect_denied(waiting, "removed nobody");
  ASSERT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 202);
  const auto run = finished_run("g");
  ASSERT_EQ(run["removed"].GetInt(), 5);
  sim_.faults().add("add_group_member", Fault::error(60007).times(2));
  const std::int64_t id = restore_begun(run["id"].GetInt64());
  expect_denied(run["id"].GetInt64(), "is open");
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);
  finished(id);
  expect_denied(id, "removed nobody");
  stop();
}

TEST_F(Restore, AnOperatorsPauseDoesNotForbidIt) {
  const std::int64_t source = pruned_daemon();
  ASSERT_EQ(send("POST", "/api/v1/scheduler/pause", R"({"reason":"that was wrong"})").status, 200);
  EXPECT_EQ(finished(restore_begun(source))["restored"].GetInt(), 4);
  stop();
}

TEST_F(Restore, ItRefundsNothing) {
  set("policy.max_removals_per_day", "6");
  const std::int64_t source = pruned_daemon();
  finished(restore_begun(source));
  EXPECT_EQ(get("/api/v1/summary").json["removals_left"].GetInt(), 1);
  stop();
}

TEST_F(Restore, TooManyAccountsHalvesTheBatch) {
  const std::int64_t source = pruned_daemon();
  sim_.faults().add("add_group_member", Fault::error(10005).times(2));
  EXPECT_EQ(finished(restore_begun(source))["restored"].GetInt(), 4);
  std::vector<std::size_t> sizes;
  for (const auto& call : sim_.calls("add_group_member")) sizes.push_back(call.accounts.size());
  EXPECT_THAT(sizes, ElementsAre(4U, 2U, 1U, 1U, 1U, 1U));
  stop();
}

TEST_F(Restore, AnAccountThatIsGoneFailsAlone) {
  const std::int64_t source = pruned_daemon();
  ASSERT_TRUE(sim_.world().delete_account("idle03"));
  const std::int64_t id = restore_begun(source);
  const auto run = finished(id);
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_STREQ(run["reason"].GetString(), "chat_error_10019");
  EXPECT_EQ(outcomes(id).at("idle03"), "failed");
  EXPECT_EQ(run["restored"].GetInt(), 4);
  stop();
}

TEST_F(Restore, StopsWhenChatSaysThatTheGroupIsFull) {
  const std::int64_t source = pruned_daemon();
  sim_.faults().add("add_group_member", Fault::error(10014));
  const std::int64_t id = restore_begun(source);
  const auto run = finished(id);
  EXPECT_STREQ(run["state"].GetString(), "nothing_to_do");
  for (const auto& [account, outcome] : outcomes(id)) EXPECT_EQ(outcome, "no_room") << account;
  EXPECT_EQ(sim_.call_count("add_group_member"), 1U);
  stop();
}

TEST_F(Restore, ALostAnswerIsLookedUp) {
  const std::int64_t source = pruned_daemon();
  sim_.faults().add("add_group_member", Fault::reset_after());
  const std::int64_t id = restore_begun(source);
  EXPECT_EQ(finished(id)["restored"].GetInt(), 4);
  EXPECT_EQ(sim_.call_count("add_group_member"), 1U);
  EXPECT_EQ(outcomes(id).at("idle04"), "restored");
  stop();
}

TEST_F(Restore, ResumesAfterAKill) {
  set("chat.add_batch", "1");
  const std::int64_t source = pruned_daemon();
  int calls = 0;
  sim_.on_call("add_group_member", When::kAfter, [&calls, pid = daemon_->pid()](const auto&) {
    if (++calls == 2) ::kill(pid, SIGKILL);
  });
  const std::int64_t id = restore_begun(source);
  EXPECT_EQ(daemon_->wait(), 128 + SIGKILL);
  sim_.clear_hooks();
  start();
  const auto run = finished(id);
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_TRUE(run["reason"].IsNull());
  EXPECT_EQ(run["restored"].GetInt(), 4);
  EXPECT_THAT(added(), ElementsAre("idle04", "idle03", "idle02", "idle01"));
  EXPECT_EQ(outcomes(id).at("idle03"), "restored");  // the one whose answer never came
  EXPECT_EQ(metric("headroom_rejoined_total"), 0);
  EXPECT_EQ(state_of("g"), "has_room");
  stop();
}

TEST_F(Restore, ResumesWhenChatAnswersAgain) {
  const std::int64_t source = pruned_daemon();
  sim_.set_down(true);
  const std::int64_t id = restore_begun(source);
  stop();  // at once: nothing is lost
  set("scheduler.mode", "plan");
  start();
  EXPECT_STREQ(run_of(id)["state"].GetString(), "running");
  sim_.set_down(false);
  EXPECT_EQ(finished(id)["restored"].GetInt(), 4);
  stop();
}

// Chat may show the JoinTime of old for somebody who was added again: headroom knows better.
TEST_F(Restore, TheRestoredAreProtectedWhateverTheirJoinTime) {
  const std::int64_t source = pruned_daemon();
  EXPECT_EQ(finished(restore_begun(source))["restored"].GetInt(), 4);
  const std::string long_ago = std::to_string(now_s() - 300 * kDayS);
  const std::string last_sent = std::to_string(now_s() - 299 * kDayS);
  for (const char* api : {"get_group_member_info", "get_specified_group_member_info"}) {
    sim_.faults().add(api, Fault::set_field("JoinTime", long_ago).for_ever());
    // All but the first row: somebody has to look alive.
    sim_.faults().add(api, Fault::set_field("LastSendMsgTime", last_sent).for_ever());
  }
  sim_.world().join("g", "last");
  const auto planned = send("POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})");
  ASSERT_EQ(planned.status, 202) << planned.body;
  const auto run = finished(planned.json["id"].GetInt64());
  const auto why = whys(run["id"].GetInt64());
  for (const char* account : {"idle01", "idle02", "idle03", "idle04"}) EXPECT_EQ(why.at(account), "newcomer");
  EXPECT_EQ(why.at("active0"), "inactive");
  stop();
}

TEST_F(Restore, AGroupThatIsGone) {
  const std::int64_t source = pruned_daemon();
  sim_.webhooks().set_enabled("Group.CallbackAfterGroupDestroyed", false);
  sim_.world().destroy("g");
  const std::int64_t id = restore_begun(source);
  const auto run = finished(id);
  EXPECT_STREQ(run["state"].GetString(), "nothing_to_do");
  EXPECT_STREQ(run["reason"].GetString(), "gone");
  EXPECT_EQ(state_of("g"), "gone");
  stop();
}

}  // namespace
}  // namespace headroom::e2e
