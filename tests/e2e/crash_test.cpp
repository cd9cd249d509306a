#include <gmock/gmock.h>
#include <signal.h>

#include <thread>

#include "tests/e2e/fixture.h"
#include "tests/e2e/webhook_flood.h"

namespace headroom::e2e {
namespace {

using chatsim::When;

class Crash : public E2e {
 protected:
  Crash() {
    set("chat.delete_batch", "2");
    set("scheduler.cooldown", "0");
    create(full_group("g", 100));
  }
  // Ends the daemon as a power cut would, once, around a call.
  void kill_at(const std::string& api, When when) {
    sim_.on_call(api, when, [this, done = std::make_shared<bool>(false)](const auto&) {
      if (std::exchange(*done, true)) return;
      daemon_->signal(SIGKILL);
    });
  }
  rapidjson::Document first_run() {
    auto answer = get("/api/v1/runs?group_id=g&limit=100");
    rapidjson::Document run;
    if (answer.status == 200 && !answer.json["items"].Empty()) {
      run.CopyFrom(answer.json["items"][answer.json["items"].Size() - 1], run.GetAllocator());
    }
    return run;
  }
  void crash_and_restart() {
    EXPECT_EQ(daemon_->wait(), 128 + SIGKILL);
    sim_.clear_hooks();
    sim_.clear_calls();
    start();
    ASSERT_TRUE(eventually([&] {
      const auto run = first_run();
      return run.IsObject() && !run["finished_at"].IsNull();
    })) << daemon_->stderr_text();
  }
  int times_removed(const std::string& account) {
    int times = 0;
    for (const auto& entry : sim_.ledger()) {
      if (entry.change == chatsim::Change::kRemovedByRest) {
        times += static_cast<int>(std::count(entry.accounts.begin(), entry.accounts.end(), account));
      }
    }
    return times;
  }
};

TEST_F(Crash, BetweenTwoBatches) {
  start();
  int looks = 0;
  // The look before the second batch.
  sim_.on_call("get_specified_group_member_info", When::kBefore, [&](const auto&) {
    if (++looks == 2) daemon_->signal(SIGKILL);
  });
  knock("g");
  crash_and_restart();
  const auto run = first_run();
  EXPECT_STREQ(run["reason"].GetString(), "interrupted");
  EXPECT_STREQ(run["state"].GetString(), "partial");
  EXPECT_EQ(run["removed"].GetInt(), 2);
  EXPECT_TRUE(reaches("g", "has_room"));
  for (const auto& account : removed("g")) EXPECT_EQ(times_removed(account), 1) << account;
}

TEST_F(Crash, AfterADeleteWhoseAnswerNeverCame) {
  start();
  kill_at("delete_group_member", When::kAfter);
  knock("g");
  crash_and_restart();
  const auto run = first_run();
  EXPECT_STREQ(run["reason"].GetString(), "interrupted");
  EXPECT_EQ(run["removed"].GetInt(), 2);
  const auto outcome = outcomes(run["id"].GetInt64());
  EXPECT_EQ(outcome.at("idle00"), "removed");
  EXPECT_EQ(outcome.at("idle01"), "removed");
  EXPECT_EQ(outcome.at("idle02"), "");
  EXPECT_TRUE(reaches("g", "has_room"));
  for (const auto& account : removed("g")) EXPECT_EQ(times_removed(account), 1) << account;
}

TEST_F(Crash, BeforeADeleteThatChatNeverSaw) {
  sim_.faults().add("delete_group_member", chatsim::Fault::reset_before());
  start();
  kill_at("delete_group_member", When::kBefore);
  knock("g");
  crash_and_restart();
  const auto run = first_run();
  EXPECT_STREQ(run["reason"].GetString(), "interrupted");
  EXPECT_TRUE(reaches("g", "has_room"));
  for (const auto& account : removed("g")) EXPECT_EQ(times_removed(account), 1) << account;
}

TEST_F(Crash, TheRestartWaitsForChatToSayWhatHappened) {
  start();
  kill_at("delete_group_member", When::kAfter);
  knock("g");
  EXPECT_EQ(daemon_->wait(), 128 + SIGKILL);
  sim_.clear_hooks();
  sim_.set_down(true);
  start();
  EXPECT_STREQ(last_run("g")["state"].GetString(), "running");
  EXPECT_EQ(state_of("g"), "pruning");
  EXPECT_EQ(send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})").status, 409);
  sim_.set_down(false);
  ASSERT_TRUE(eventually([&] { return !first_run()["finished_at"].IsNull(); })) << daemon_->stderr_text();
  EXPECT_EQ(first_run()["removed"].GetInt(), 2);
}

TEST_F(Crash, NoAcknowledgedWebhookIsLost) {
  set("scheduler.mode", "observe");
  start();
  int acknowledged = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"h","EventTime":)" +
                             std::to_string(sim_.world().now_ms() + i) + "}";
    if (http("POST", webhook_url_ + "?SdkAppid=1400000000", body).status == 200) ++acknowledged;
  }
  kill_it();
  start();
  EXPECT_EQ(acknowledged, 50);
  EXPECT_EQ(get("/api/v1/events?group_id=h&limit=1000").json["items"].Size(), 50U);
  stop();
}

// Under load groups are counted later than their events are stored: nobody who asks sees it, and nothing is lost.
TEST_F(Crash, NorIsWhatItCounts) {
  constexpr std::int64_t kGroups = 40;
  set("scheduler.mode", "observe");
  start();
  std::int64_t acknowledged = 0;
  const auto flood = [&] {
    WebhookFlood senders(webhook_url_ + "?SdkAppid=1400000000", 1500, 16, kGroups);
    while (!senders.over()) std::this_thread::yield();
    acknowledged += senders.recorded();
  };
  const auto expect_all = [&] {
    const auto groups = get("/api/v1/groups?limit=100");
    ASSERT_EQ(groups.json["items"].Size(), kGroups);
    std::int64_t counted = 0;
    for (const auto& group : groups.json["items"].GetArray()) counted += group["full_events"].GetInt64();
    EXPECT_EQ(counted, acknowledged);
    const std::string first = groups.json["items"][0]["group_id"].GetString();
    const auto events = get("/api/v1/events?limit=1000&group_id=" + escaped(first));
    EXPECT_EQ(events.json["items"].Size(), groups.json["items"][0]["full_events"].GetInt64());
  };
  flood();
  expect_all();
  flood();
  kill_it();
  start();
  expect_all();
  EXPECT_EQ(acknowledged, 3000);
  stop();
}

TEST_F(Crash, SigtermWhileChatHangs) {
  sim_.faults().add("delete_group_member", chatsim::Fault::stall_before(60000));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] { return sim_.call_count("delete_group_member") == 1; }));
  const auto from = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(10));
}

TEST_F(Crash, SigtermBetweenBatchesClosesTheRun) {
  sim_.on_call("delete_group_member", When::kAfter, [this, done = std::make_shared<bool>(false)](const auto&) {
    if (!std::exchange(*done, true)) daemon_->signal(SIGTERM);
  });
  start();
  knock("g");
  EXPECT_EQ(daemon_->wait(), 0) << daemon_->stderr_text();
  sim_.clear_hooks();
  start();
  ASSERT_TRUE(eventually([&] { return !first_run()["finished_at"].IsNull(); }));
  EXPECT_STREQ(first_run()["reason"].GetString(), "interrupted");
  EXPECT_TRUE(reaches("g", "has_room"));
  for (const auto& account : removed("g")) EXPECT_EQ(times_removed(account), 1) << account;
}

}  // namespace
}  // namespace headroom::e2e
