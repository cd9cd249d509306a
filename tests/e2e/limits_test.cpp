#include <condition_variable>
#include <mutex>

#include "tests/e2e/fixture.h"

// How many go: the target, and what a run, a group and a day allow.
namespace headroom::e2e {
namespace {

using Limits = E2e;

TEST_F(Limits, TheTargetMayBeACount) {
  set("policy.target_headroom", "3");
  create(full_group("g", 100));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  const auto run = finished_run("g");
  EXPECT_EQ(run["wanted"].GetInt(), 3);
  EXPECT_EQ(run["removed"].GetInt(), 3);
  EXPECT_EQ(members_of("g"), 97);
}

TEST_F(Limits, OneRunTakesNoMoreThanItsShareOfTheGroup) {
  set("policy.target_headroom", "10%");
  set("policy.max_removed_share", "2.9%");  // rounded down
  create(full_group("g", 100));
  start();
  knock("g");
  const auto run = finished_run("g");
  ASSERT_TRUE(run.IsObject());
  EXPECT_EQ(run["wanted"].GetInt(), 10);
  EXPECT_EQ(run["selected"].GetInt(), 2);
  EXPECT_EQ(run["removed"].GetInt(), 2);
  EXPECT_EQ(removed("g"), (std::set<std::string>{"idle00", "idle01"}));
}

TEST_F(Limits, LimitsHoldAcrossGroupsAndRuns) {
  set("policy.max_removals_per_day", "7");
  set("policy.max_removals_per_run", "4");
  for (int i = 0; i < 4; ++i) create(full_group("g" + std::to_string(i), 100));
  start();
  for (int i = 0; i < 4; ++i) knock("g" + std::to_string(i));
  std::size_t limited = 0;
  ASSERT_TRUE(eventually([&] {
    std::size_t decided = 0;
    limited = 0;
    for (int i = 0; i < 4; ++i) {
      const auto answer = group("g" + std::to_string(i));
      const std::string state = answer.json["state"].GetString();
      if (state == "blocked") ++limited;
      if (state == "blocked" || state == "has_room") ++decided;
    }
    return decided == 4;
  }));
  std::size_t sent = 0;
  for (const auto& call : sim_.calls("delete_group_member")) sent += call.accounts.size();
  EXPECT_EQ(sent, 7U);
  EXPECT_EQ(limited, 2U);
  EXPECT_EQ(get("/api/v1/summary").json["removals_left"].GetInt(), 0);
  stop();
}

TEST_F(Limits, TheDayOfOneGroupHoldsOverItsRuns) {
  set("policy.max_removals_per_group_day", "7");
  create(full_group("g", 100));
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room")) << daemon_->stderr_text();
  int joined = 0;
  const auto fill_and_prune = [&](int joins) {
    for (int i = 0; i < joins; ++i) sim_.world().join("g", "new" + std::to_string(joined++));
    const auto ordered = send("POST", "/api/v1/groups/g/runs", R"({"mode":"prune"})");
    EXPECT_EQ(ordered.status, 202) << ordered.body;
    return finished_run("g");
  };
  EXPECT_EQ(fill_and_prune(5)["removed"].GetInt(), 2);
  const auto third = fill_and_prune(2);
  EXPECT_STREQ(third["state"].GetString(), "nothing_to_do");
  EXPECT_STREQ(third["reason"].GetString(), "daily_limit");
  EXPECT_EQ(removed("g").size(), 7U);
  EXPECT_STREQ(group("g").json["reason"].GetString(), "daily_limit");
  stop();
}

// All eight have planned before the first of them reserves its share of the day.
TEST_F(Limits, EightRunsAtOnceDoNotExceedTheDayByOne) {
  set("policy.max_removals_per_day", "13");
  set("chat.delete_batch", "1");
  constexpr int kGroups = 8;
  for (int i = 0; i < kGroups; ++i) create(full_group("g" + std::to_string(i), 100));
  std::mutex mutex;
  std::condition_variable all_planned;
  int planned = 0;
  sim_.on_call("query_online_status", chatsim::When::kAfter, [&](const auto&) {
    std::unique_lock lock(mutex);
    if (++planned >= kGroups) all_planned.notify_all();
    all_planned.wait_for(lock, std::chrono::seconds(3), [&] { return planned >= kGroups; });
  });
  start();
  for (int i = 0; i < kGroups; ++i) knock("g" + std::to_string(i));
  ASSERT_TRUE(eventually([&] {
    int decided = 0;
    for (int i = 0; i < kGroups; ++i) {
      const std::string state = state_of("g" + std::to_string(i));
      if (state == "blocked" || state == "has_room") ++decided;
    }
    return decided == kGroups;
  })) << daemon_->stderr_text();
  std::size_t sent = 0;
  for (const auto& call : sim_.calls("delete_group_member")) sent += call.accounts.size();
  EXPECT_EQ(sent, 13U);
  EXPECT_EQ(get("/api/v1/summary").json["removals_left"].GetInt(), 0);
  stop();
}

}  // namespace
}  // namespace headroom::e2e
