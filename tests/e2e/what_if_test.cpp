#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/e2e/fixture.h"

namespace headroom::e2e {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class WhatIf : public E2e {
 protected:
  WhatIf() {
    set("scheduler.mode", "plan");
    set("scheduler.stale_after", "1d");  // no runs but those that are asked for
    create(full_group("g", 100));
  }
  HttpAnswer ask(const std::string& policy) const {
    return send("POST", "/api/v1/what-if", R"({"policy":)" + policy + "}");
  }
  HttpAnswer ask_now(const std::string& policy) const {
    return send("POST", "/api/v1/groups/g/what-if", R"({"policy":)" + policy + "}");
  }
  static std::vector<std::string> names(const rapidjson::Value& answer, const char* list) {
    std::vector<std::string> accounts;
    for (const auto& name : answer[list].GetArray()) accounts.emplace_back(name["account"].GetString());
    return accounts;
  }
  // Whom the group's newest plan selects, the first to go first.
  std::vector<std::string> plan() {
    if (state_of("g") == "unknown") knock("g");
    EXPECT_TRUE(reaches("g", "full"));
    const auto made = send("POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})");
    EXPECT_EQ(made.status, 202) << made.body;
    const std::string path = "/api/v1/runs/" + std::to_string(made.json["id"].GetInt64());
    EXPECT_TRUE(eventually([&] { return !get(path).json["finished_at"].IsNull(); }));
    std::vector<std::string> accounts;
    const auto members = get(path + "/members?decision=remove");
    for (const auto& member : members.json["items"].GetArray()) accounts.emplace_back(member["account"].GetString());
    return accounts;
  }
  void restart_with(const std::string& key, const std::string& value) {
    stop();
    set(key, value);
    start();
  }
  void sql(const std::string& text) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file("headroom.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
};

// What the stored run says of another policy is what that policy does, once it is in force.
TEST_F(WhatIf, OfAStoredRunItWasRight) {
  start();
  EXPECT_THAT(plan(), ElementsAre("idle00", "idle01", "idle02", "idle03", "idle04"));
  const auto more = ask(R"({"target_headroom":8})");
  ASSERT_EQ(more.status, 200) << more.body;
  EXPECT_EQ(more.json["runs"].GetInt(), 1);
  EXPECT_EQ(more.json["did_remove"].GetInt(), 5);
  EXPECT_EQ(more.json["would_remove"].GetInt(), 8);
  EXPECT_THAT(names(more.json, "added"), ElementsAre("idle05", "idle06", "idle07"));
  EXPECT_STREQ(more.json["added"][0]["why_then"].GetString(), "not_needed");
  restart_with("policy.target_headroom", "8");
  EXPECT_THAT(plan(), ElementsAre("idle00", "idle01", "idle02", "idle03", "idle04", "idle05", "idle06", "idle07"));

  const auto longer = ask(R"({"inactive_for":"198d"})");
  EXPECT_EQ(longer.json["runs"].GetInt(), 2);
  EXPECT_THAT(names(longer.json, "spared"),
              ElementsAre("idle03", "idle04", "idle05", "idle06", "idle07", "idle03", "idle04"))
      << longer.body;
  restart_with("policy.inactive_for", "198d");
  EXPECT_THAT(plan(), ElementsAre("idle00", "idle01", "idle02"));
}

TEST_F(WhatIf, OfAGroupNowItWasRight) {
  set("policy.inactive_for", "300d");
  start();
  EXPECT_THAT(plan(), IsEmpty());
  sim_.world().set_presence("idle01", chatsim::Presence::kOnline);
  const auto ahead = ask_now(R"({"inactive_for":"100d","max_removals_per_run":4})");
  ASSERT_EQ(ahead.status, 200) << ahead.body;
  EXPECT_THAT(names(ahead.json, "added"), ElementsAre("idle00", "idle02", "idle03", "idle04"));
  EXPECT_STREQ(ahead.json["added"][0]["why_then"].GetString(), "active");
  EXPECT_TRUE(ahead.json["added"][0]["run"].IsNull());
  EXPECT_EQ(get("/api/v1/groups/g/runs").json["items"].Size(), 1U) << "it is no run";
  EXPECT_EQ(get("/api/v1/audit").json["items"].Size(), 1U) << "and no change: there is that of the plan";

  // The stored run has no names: nobody asked whether they were online.
  const auto before = ask(R"({"inactive_for":"100d"})");
  EXPECT_THAT(names(before.json, "added"), IsEmpty());
  EXPECT_EQ(before.json["would_remove"].GetInt(), 0);
  EXPECT_EQ(before.json["counted_only"].GetInt(), 5);

  stop();
  set("policy.inactive_for", "100d");
  set("policy.max_removals_per_run", "4");
  start();
  EXPECT_THAT(plan(), ElementsAre("idle00", "idle02", "idle03", "idle04"));
}

// As a version left them that stored nothing of what it judged by.
TEST_F(WhatIf, RunsOfAnEarlierVersionNameNobodyWhomTheyCanNotProve) {
  set("policy.inactive_for", "198d");
  start();
  EXPECT_THAT(plan(), ElementsAre("idle00", "idle01", "idle02"));
  stop();
  sql("UPDATE run SET evidence = NULL; UPDATE run_member SET role = '', unread = NULL, presence = '', judged_at = "
      "NULL");
  start();
  const auto same = ask("{}");
  EXPECT_EQ(same.json["would_remove"].GetInt(), 3) << same.body;
  EXPECT_THAT(names(same.json, "spared"), IsEmpty());
  const auto shorter = ask(R"({"inactive_for":"100d"})");
  EXPECT_EQ(shorter.json["would_remove"].GetInt(), 3) << shorter.body;
  EXPECT_THAT(names(shorter.json, "added"), IsEmpty());
  EXPECT_EQ(shorter.json["counted_only"].GetInt(), 2);
}

TEST_F(WhatIf, WhatIsAskedWrongIsSaidInWords) {
  start();
  const auto expect = [&](const HttpAnswer& answer, const std::string& detail) {
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(detail));
  };
  expect(ask(R"({"inactive_fro":"60d"})"), "did you mean inactive_for?");
  expect(ask(R"({"inactive_for":60})"), "a duration needs a unit: 60s");
  expect(ask_now(R"({"max_removed_share":"0%"})"), "above 0% to 100%");
  expect(ask_now(R"({"stale_after":"1m"})"), "not known");
  EXPECT_EQ(send("POST", "/api/v1/groups/other/what-if", "{}").status, 404);
}

}  // namespace
}  // namespace headroom::e2e
