#include <gmock/gmock.h>

#include <filesystem>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using chatsim::Fault;

class Failure : public E2e {
 protected:
  Failure() { create(full_group("g", 100)); }
  void expect_failed(const std::string& reason, const std::string& group_reason) {
    knock("g");
    const auto run = finished_run("g");
    ASSERT_TRUE(run.IsObject());
    EXPECT_STREQ(run["state"].GetString(), "failed");
    ASSERT_TRUE(run["reason"].IsString());
    EXPECT_EQ(run["reason"].GetString(), reason);
    EXPECT_TRUE(eventually([&] {
      const auto json = group("g").json;
      return group_reason.empty() ? json["reason"].IsNull()
                                  : json["reason"].IsString() && json["reason"].GetString() == group_reason;
    })) << daemon_->stderr_text();
    EXPECT_TRUE(removed("g").empty());
  }
  std::string paused_reason() {
    const auto ready = http("GET", admin_url_ + "/readyz");
    EXPECT_EQ(ready.status, 200);
    return ready.json["paused_reason"].IsString() ? ready.json["paused_reason"].GetString() : "";
  }
};

TEST_F(Failure, CapacityUnknown) {
  sim_.faults().add("get_group_info", Fault::missing_field("MaxMemberNum").for_ever());
  start();
  expect_failed("capacity_unknown", "implausible_data");
}

TEST_F(Failure, FieldMissingInTheRows) {
  sim_.faults().add("get_group_member_info", Fault::missing_field("LastSendMsgTime").for_ever());
  start();
  expect_failed("field_missing", "implausible_data");
}

TEST_F(Failure, FieldMissingInTheGroup) {
  sim_.faults().add("get_group_info", Fault::missing_field("NextMsgSeq").for_ever());
  start();
  expect_failed("field_missing", "implausible_data");
}

TEST_F(Failure, MembersMissing) {
  sim_.faults().add("get_group_member_info", Fault::missing_share(10).for_ever());
  start();
  expect_failed("members_missing", "implausible_data");
}

TEST_F(Failure, NoActivityData) {
  sim_.faults().add("get_group_member_info", Fault::set_field("LastSendMsgTime", "0").for_ever());
  start();
  expect_failed("no_activity_data", "implausible_data");
}

TEST_F(Failure, NoAnswerAboutOnlineStatusIsAMissingField) {
  sim_.faults().add("query_online_status", Fault::missing_share(100).for_ever());
  start();
  expect_failed("field_missing", "implausible_data");
}

TEST_F(Failure, ChatSaysOkAndRemovesNobody) {
  sim_.faults().add("delete_group_member", Fault::ok_without_applying().for_ever());
  start();
  expect_failed("not_removed", "");
  EXPECT_EQ(sim_.call_count("delete_group_member"), 1U);
}

TEST_F(Failure, NoPermission) {
  sim_.faults().add("delete_group_member", Fault::error(10007).for_ever());
  start();
  expect_failed("no_permission", "no_permission");
}

TEST_F(Failure, ChatIsUnreachable) {
  sim_.set_down(true);
  start();
  expect_failed("chat_unreachable", "");
  const auto times = [&](const std::string& line) {
    const std::string log = daemon_->stderr_text();
    int found = 0;
    for (auto at = log.find(line); at != std::string::npos; at = log.find(line, at + 1)) ++found;
    return found;
  };
  ASSERT_TRUE(eventually([&] { return times("warning chat unreachable host=127.0.0.1:") > 0; }));
  EXPECT_EQ(get("/api/v1/summary").json["chat"]["reachable"].GetBool(), false);
  EXPECT_TRUE(logged("warning run finished")) << daemon_->stderr_text();
  sim_.set_down(false);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_TRUE(eventually([&] { return times("info chat reachable again") > 0; }));
  EXPECT_EQ(times("warning chat unreachable"), 1);
  EXPECT_EQ(times("chat reachable again"), 1);
  EXPECT_EQ(get("/api/v1/summary").json["chat"]["reachable"].GetBool(), true);
}

TEST_F(Failure, ListingFailsWithACode) {
  sim_.faults().add("get_group_member_info", Fault::error(10002).times(5));
  start();
  knock("g");
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
}

// What is acknowledged from then on would be found by nobody; and nobody else opens the file.
TEST_F(Failure, ADatabaseThatIsRemovedUnderTheDaemonEndsIt) {
  set("scheduler.mode", "observe");
  start();
  std::filesystem::rename(file("headroom.db"), file("aside.db"));
  EXPECT_EQ(daemon_->wait(), 1);
  EXPECT_NE(daemon_->stderr_text().find("headroom.db: the file was removed"), std::string::npos)
      << daemon_->stderr_text();
}

TEST_F(Failure, CredentialsRejectedPauseTheScheduler) {
  write_file("secret-key", std::string(64, 'x'));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return paused_reason() == "chat_error_70009"; }));
  const auto summary = get("/api/v1/summary");
  EXPECT_STREQ(summary.json["paused_reason"].GetString(), "chat_error_70009");
  EXPECT_NE(std::string(summary.json["paused_hint"].GetString()).find("chat.secret_key_file"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return get("/api/v1/summary").json["retry_at"].IsString(); }));
  EXPECT_TRUE(logged("chat_error_70009"));
  EXPECT_EQ(daemon_->stderr_text().find(std::string(64, 'x')), std::string::npos);
}

TEST_F(Failure, APauseOfItsOwnSurvivesARestartAndEndsWithItsCause) {
  const std::string good = chatsim::ChatSimOptions().secret_key;
  write_file("secret-key", std::string(64, 'x'));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return paused_reason() == "chat_error_70009"; }));
  stop();
  start();
  EXPECT_EQ(paused_reason(), "chat_error_70009");
  EXPECT_EQ(metric("headroom_scheduler_paused"), 1);
  stop();
  write_file("secret-key", good);
  start();
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(paused_reason(), "");
  EXPECT_EQ(metric("headroom_scheduler_paused"), 0);
  EXPECT_TRUE(logged("own pause is gone"));
}

// The probe is answered while the command stays refused.
TEST_F(Failure, ACommandThatChatRefusesPausesAgainAndAgainUntilItIsGone) {
  sim_.faults().add("delete_group_member", Fault::error(10026).times(2));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return paused_reason() == "chat_error_10026"; }));
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(paused_reason(), "");
}

TEST_F(Failure, AnOperatorsProblemPausesUntilItIsGone) {
  sim_.faults().add("get_group_info", Fault::error(60020).times(2));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return paused_reason() == "chat_error_60020"; }));
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(paused_reason(), "");
}

TEST_F(Failure, AClockThatDisagreesPausesUntilItAgrees) {
  sim_.set_date_skew(10 * 60 * 1000);
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return paused_reason() == "clock_skew"; }));
  EXPECT_TRUE(removed("g").empty());
  sim_.set_date_skew(0);
  EXPECT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(paused_reason(), "");
}

TEST_F(Failure, ThrottlingSlowsDownAndGoesOn) {
  sim_.faults().add("get_group_member_info", Fault::error(60007).times(2));
  sim_.faults().add("delete_group_member", Fault::error(10006).times(2));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(removed("g").size(), 5U);
  EXPECT_GE(metric("headroom_chat_requests_total{api=\"delete_group_member\",result=\"throttled\"}"), 2);
}

TEST_F(Failure, TooManyAccountsHalvesTheBatch) {
  sim_.faults().add("delete_group_member", Fault::error(10005).times(2));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  std::vector<std::size_t> sizes;
  for (const auto& call : sim_.calls("delete_group_member")) sizes.push_back(call.accounts.size());
  ASSERT_GE(sizes.size(), 3U);
  EXPECT_EQ(sizes[0], 5U);
  EXPECT_EQ(sizes[1], 2U);
  EXPECT_EQ(sizes[2], 1U);
  EXPECT_EQ(removed("g").size(), 5U);
}

TEST_F(Failure, AnAccountThatChatRefusesIsIsolated) {
  // Whatever batch idle02 is in is refused.
  sim_.faults().add("delete_group_member", Fault::error(10019).times(3));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  const auto run = last_run("g");
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_EQ(run["removed"].GetInt(), 4);
  EXPECT_EQ(outcomes(run["id"].GetInt64()).at("idle00"), "error");
}

TEST_F(Failure, ALostAnswerAfterADeleteThatWasApplied) {
  sim_.faults().add("delete_group_member", Fault::reset_after());
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  EXPECT_EQ(sim_.call_count("delete_group_member"), 1U);  // looked, not sent again
  const auto run = last_run("g");
  EXPECT_STREQ(run["state"].GetString(), "succeeded");
  EXPECT_EQ(run["removed"].GetInt(), 5);
}

TEST_F(Failure, ALostAnswerAfterADeleteThatWasNotApplied) {
  sim_.faults().add("delete_group_member", Fault::reset_before());
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_EQ(removed("g").size(), 5U);
  // Looked at afresh between the two.
  const auto calls = sim_.calls();
  std::vector<std::string> order;
  for (const auto& call : calls) {
    if (call.api == "delete_group_member" || call.api == "get_specified_group_member_info") order.push_back(call.api);
  }
  const auto last = std::find(order.rbegin(), order.rend(), "delete_group_member");
  ASSERT_NE(last, order.rend());
  EXPECT_EQ(*std::next(last), "get_specified_group_member_info");
}

TEST_F(Failure, APrefixAppliedAndThenAnError) {
  sim_.faults().add("delete_group_member", Fault::error_after_prefix(2));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  const auto calls = sim_.calls("delete_group_member");
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[1].accounts.size(), 3U);
  EXPECT_EQ(last_run("g")["removed"].GetInt(), 5);
}

TEST_F(Failure, AMemberWhoRejoinsAfterALostAnswerIsNotRemovedTwice) {
  sim_.faults().add("delete_group_member", Fault::reset_after());
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) { sim_.world().join("g", "idle00"); });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  int times = 0;
  for (const auto& entry : sim_.ledger()) {
    if (entry.change != chatsim::Change::kRemovedByRest) continue;
    times += static_cast<int>(std::count(entry.accounts.begin(), entry.accounts.end(), "idle00"));
  }
  EXPECT_EQ(times, 1);
  EXPECT_TRUE(sim_.world().member("g", "idle00").has_value());
}

TEST_F(Failure, AGroupThatGoesWhileItIsPruned) {
  set("chat.delete_batch", "1");
  bool once = false;
  sim_.on_call("delete_group_member", chatsim::When::kAfter, [&](const auto&) {
    if (!std::exchange(once, true)) sim_.world().destroy("g");
  });
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "gone"));
  const auto run = finished_run("g");
  EXPECT_STREQ(run["reason"].GetString(), "gone");
  EXPECT_EQ(sim_.call_count("delete_group_member"), 1U);
}

}  // namespace
}  // namespace headroom::e2e
