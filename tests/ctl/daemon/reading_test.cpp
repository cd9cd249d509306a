#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sqlite3.h>

#include <set>

#include "tests/ctl/daemon/ctl_fixture.h"

namespace headroom::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Every byte that a terminal would obey, and every way of writing from right to left that is not a letter.
void expect_harmless(const std::string& text) {
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << "byte " << static_cast<int>(c) << " in " << text;
    EXPECT_NE(c, 0x7f) << text;
  }
  for (const char* raw : {"\u202e", "\u202d", "\u2066", "\u200f", "\u009b"}) EXPECT_THAT(text, Not(HasSubstr(raw)));
}

class Reading : public CtlTest {
 protected:
  Reading() { set("scheduler.mode", "plan"); }
  void fill(const std::string& group_id) {
    create(full_group(group_id, 100));
    knock(group_id);
    run_in(group_id, "planned");
  }
};

TEST_F(Reading, EveryCommandThatReadsInEveryForm) {
  start();
  fill("g");
  const std::string id = std::to_string(run_in("g", "planned"));
  const std::vector<std::vector<std::string>> commands = {{"status"},     {"groups"},
                                                          {"group", "g"}, {"events"},
                                                          {"runs"},       {"run", id},
                                                          {"plans"},      {"why", "g", "idle00"},
                                                          {"removals"},   {"exemptions"},
                                                          {"sweeps"},     {"audit"},
                                                          {"filling"},    {"filling", "--within", "30d"},
                                                          {"what-if"},    {"what-if", "target_headroom=8"}};
  for (const auto& command : commands) {
    EXPECT_THAT(output(command), Not(HasSubstr("{"))) << command.front();
    EXPECT_TRUE(json(command).IsObject());
    auto on_terminal = terminal(command, 60);
    EXPECT_EQ(on_terminal.wait(), 0) << on_terminal.screen();
    std::istringstream lines(on_terminal.screen());
    const bool is_table = command.front() != "status" && command.front() != "plans" && command.front() != "what-if";
    for (std::string line; std::getline(lines, line) && is_table;) EXPECT_LE(line.size(), 62U) << line;
  }
  EXPECT_THAT(output({"groups"}), HasSubstr("g      full   100/100"));
  EXPECT_THAT(output({"run", id}), HasSubstr("idle00"));
  EXPECT_THAT(output({"why", "g", "idle00"}), HasSubstr("idle00 may be removed now: inactive"));
  EXPECT_THAT(output({"why", "g", "owner"}), HasSubstr("owner stays: owner"));
  stop();
}

TEST_F(Reading, WhatAnotherPolicyWouldHaveDone) {
  start();
  fill("g");
  EXPECT_THAT(
      output({"what-if", "target_headroom=6", "policy.max_removals_per_run=50"}),
      AllOf(StartsWith("In 1 run 6 members would have been selected, where 5 were.\n"),
            HasSubstr("Would have gone, and were not selected:\n"), HasSubstr("idle05   not_needed  inactive")));
  EXPECT_THAT(output({"what-if", "--since", "2h", "inactive_for=199d"}), HasSubstr("idle03   inactive  active"));
  EXPECT_THAT(output({"what-if", "--group", "g", "target_headroom=2"}),
              AllOf(StartsWith("2 members would go now.\n"), HasSubstr("idle01   inactive  inactive")));
  EXPECT_THAT(output({"what-if", "--group", "g", "inactive_for=300d"}), "Nobody would go now: nobody_removable.\n");
  EXPECT_EQ(json({"what-if", "target_headroom=6"})["added"].Size(), 1U);
  expect_status(64, {"what-if", "inactive_for"}, "KEY=VALUE");
  expect_status(64, {"what-if", "=60d"}, "KEY=VALUE");
  expect_status(64, {"what-if", "inactive_for=1d", "policy.inactive_for=2d"}, "inactive_for is given twice");
  expect_status(64, {"what-if", "--group", "g", "--since", "2h"}, "--since");
  expect_status(1, {"what-if", "inactive_for=soon"}, "a duration is a whole number and its unit");
  expect_status(1, {"what-if", "inactive=60d"}, "did you mean inactive_for?");
  expect_status(1, {"what-if", "--group", "other"}, "Chat knows no such group");
  stop();
}

TEST_F(Reading, JsonIsTheApis) {
  start();
  fill("g");
  const std::string id = std::to_string(run_in("g", "planned"));
  EXPECT_EQ(output({"group", "g", "--json"}), get("/api/v1/groups/g").body + "\n");
  EXPECT_EQ(output({"--json", "run", id}), get("/api/v1/runs/" + id).body + "\n");
  EXPECT_EQ(output({"runs", "--json"}), get("/api/v1/runs?limit=50").body + "\n");
  EXPECT_EQ(output({"audit", "--json"}), "{\"items\":[],\"next_cursor\":null}\n");
  const auto plans = json({"plans"});
  ASSERT_EQ(plans["items"].Size(), 1U);
  EXPECT_EQ(plans.MemberCount(), 1U);
  EXPECT_EQ(plans["items"][0]["members"].Size(), 5U);
  EXPECT_STREQ(plans["items"][0]["members"][0]["account"].GetString(), "idle00");
  EXPECT_STREQ(plans["items"][0]["members"][0]["decision"].GetString(), "remove");
  EXPECT_THAT(output({"plans"}), HasSubstr("5 of 100 members of g (Group g) would go"));
  EXPECT_THAT(output({"plans"}), HasSubstr("200d"));
  stop();
}

TEST_F(Reading, StatusSaysFirstWhetherAllIsWell) {
  start();
  EXPECT_THAT(output({"status"}), StartsWith("All is well.\nNothing waits for you.\n"));
  output({"pause", "--reason", "a migration"});
  EXPECT_THAT(output({"status"}), StartsWith("Not all is well.\n* The scheduler is paused: a migration"));
  stop();
}

TEST_F(Reading, ATerminalIsAsWideAsColumnsSays) {
  start();
  fill("g");
  const std::string id = std::to_string(run_in("g", "planned"));
  const auto widest = [&](const std::string& columns, unsigned short of_terminal) {
    test::Variables variables = environment();
    if (!columns.empty()) variables["COLUMNS"] = columns;
    test::TerminalProcess shown(line({"why", "g", "idle00"}), variables, of_terminal);
    EXPECT_EQ(shown.wait(), 0) << shown.screen();
    std::istringstream lines(shown.screen());
    std::size_t width = 0;
    for (std::string one; std::getline(lines, one);) width = std::max(width, one.size());
    return width;
  };
  const std::size_t own = widest("", 60);
  EXPECT_LE(own, 60U);
  const std::size_t wide = widest("140", 60);
  EXPECT_GT(wide, own);
  EXPECT_LE(wide, 140U);
  EXPECT_LE(widest("60", 140), 60U);
  for (const char* none : {"0", "-3", "wide", "99999999999"}) EXPECT_EQ(widest(none, 60), own) << none;
  // Where there is no terminal nothing is cut.
  test::Variables variables = environment();
  variables["COLUMNS"] = "60";
  EXPECT_EQ(test::run_command(line({"run", id}), variables).out, output({"run", id}));
  stop();
}

TEST_F(Reading, TimesAreInTheZoneOfTheReader) {
  start();
  fill("g");
  const std::string local = output({"events"}), utc = output({"events", "--utc"});
  const std::string stored = json({"events"})["items"][0]["event_time"].GetString();
  EXPECT_THAT(utc, HasSubstr(stored.substr(0, 10) + " " + stored.substr(11, 8) + "Z"));
  EXPECT_THAT(local, Not(HasSubstr(stored.substr(11, 6))));
  EXPECT_THAT(output({"events", "--since", "1h"}), HasSubstr("webhook"));
  EXPECT_EQ(output({"events", "--since", "9999-01-01"}), "");
  stop();
}

// Ids that a path, a query, a table and a terminal would each take for something else. Chat gives out none of them, but
// a webhook may say anything.
class StrangeIds : public CtlTest {
 protected:
  StrangeIds() { set("scheduler.mode", "observe"); }
  void report_full(const std::string& group_id) const {
    rapidjson::StringBuffer body;
    rapidjson::Writer<rapidjson::StringBuffer> writer(body);
    writer.StartObject();
    writer.Key("CallbackCommand");
    writer.String("Group.CallbackAfterGroupFull");
    writer.Key("GroupId");
    writer.String(group_id);
    writer.EndObject();
    const auto answer = e2e::http(
        "POST", webhook_url_ + "?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull", body.GetString());
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

TEST_F(StrangeIds, AreAskedForAsTheyAreAndShownSafely) {
  start();
  const std::vector<std::string> ids = {"@TGS#2J4", "a/b",     "100%41", "two  words", "群组🎉", "שלום",  "a\u202eb",
                                        "..",       "a?b&c=d", "a+b",    "\\x1b",      "-x",    "--json"};
  for (const std::string& id : ids) report_full(id);
  for (const std::string& id : ids) {
    EXPECT_EQ(json({"group", "--", id})["group_id"].GetString(), id);
    EXPECT_EQ(json({"events", "--group", id})["items"].Size(), 1U) << id;
    expect_harmless(output({"group", "--", id}));
    output({"exempt", "--reason", "strange\u00a0群", "group", "--", id});
    EXPECT_TRUE(json({"group", "--", id})["exempt"].GetBool()) << id;
    output({"unexempt", "group", "--", id});
  }
  const std::vector<std::vector<std::string>> commands = {
      {"groups"}, {"events"}, {"audit"}, {"plans"}, {"groups", "--search", "\u202e"}};
  for (auto command : commands) {
    expect_harmless(output(command));
    auto on_terminal = terminal(command, 100);
    EXPECT_EQ(on_terminal.wait(), 0);
    expect_harmless(on_terminal.screen());
    command.emplace_back("--json");
    expect_harmless(output(command));
  }
  EXPECT_THAT(output({"groups"}), AllOf(HasSubstr("a\\u202eb "), HasSubstr("群组🎉 "), HasSubstr("שלום ")));
  const auto unknown = run({"group", "a\x1b[31m\u202e"});
  EXPECT_EQ(unknown.status, 1);
  expect_harmless(unknown.err);
  expect_harmless(run({"\x1b[31m"}).err);
  expect_harmless(run({"exempt", "member", "a\x1b[31m", "--reason", "x"}).err);
  stop();
}

void add_groups(const std::string& database, int count) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(database.c_str(), &db), SQLITE_OK);
  const std::string sql =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) +
      ") INSERT INTO chat_group (group_id, state, reason, full_events, type, name, failures, observed_at) "
      "SELECT 'many-' || i, 'has_room', '', 0, 'Public', 'Group ' || i, 0, 1790000000000 FROM n";
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
  sqlite3_close(db);
}

TEST_F(Reading, AHundredThousandGroupsArePaged) {
  constexpr int kGroups = 100'000;
  start();
  stop();
  add_groups(file("headroom.db"), kGroups);
  start();
  const auto begun = std::chrono::steady_clock::now();
  const auto all = json({"groups", "--limit", "0"});
  std::set<std::string> ids;
  for (const auto& group : all["items"].GetArray()) ids.insert(group["group_id"].GetString());
  EXPECT_EQ(ids.size(), std::size_t{kGroups});
  EXPECT_EQ(all["items"].Size(), unsigned{kGroups});
  EXPECT_TRUE(all["next_cursor"].IsNull());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(60));
  EXPECT_EQ(json({"groups", "--limit", "2500"})["items"].Size(), 2500U);
  EXPECT_EQ(json({"groups"})["items"].Size(), 50U);
  const auto some = run({"groups", "--limit", "1500"});
  EXPECT_EQ(std::count(some.out.begin(), some.out.end(), '\n'), 1501);
  EXPECT_THAT(some.err, HasSubstr("There are more than these 1500"));
  // A reader that has seen enough ends it.
  const auto head = in_shell("set -o pipefail;", "groups --limit 0 | head -n 2");
  EXPECT_EQ(head.status, 1);
  EXPECT_EQ(head.err, "");
  stop();
}

}  // namespace
}  // namespace headroom::ctl
