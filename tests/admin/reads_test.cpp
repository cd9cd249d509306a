#include "admin/reads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fakes.h"

namespace headroom::admin::admin_test {
namespace {

class AdminReadsTest : public testing::Test {
 protected:
  AdminReadsTest() {
    for (int i = 1; i <= 5; ++i) add_group(i, "@TGS#g/" + std::to_string(i) + "+x");
    for (int i = 1; i <= 7; ++i) add_event(i, i % 2 == 0 ? "@TGS#g/1+x" : "other", kNow + i);
    for (int i = 1; i <= 7; ++i) add_run(i, i % 2 == 0 ? "@TGS#g/1+x" : "other", kNow + i);
    for (int i = 1; i <= 5; ++i) {
      RunMember member;
      member.id = i;
      member.account = "u" + std::to_string(i);
      member.decision = i <= 2 ? Decision::kRemove : Decision::kKeep;
      daemon_.view.members[2].push_back(member);
    }
  }
  void add_group(std::int64_t id, const std::string& group_id) {
    Group group;
    group.id = id;
    group.group_id = group_id;
    daemon_.view.all_groups.push_back(group);
  }
  void add_event(std::int64_t id, const std::string& group_id, TimeMs received_at) {
    Event event;
    event.id = id;
    event.group_id = group_id;
    event.received_at = received_at;
    daemon_.view.all_events.push_back(event);
  }
  void add_run(std::int64_t id, const std::string& group_id, TimeMs created_at) {
    headroom::Run run;
    run.id = id;
    run.group_id = group_id;
    run.created_at = created_at;
    run.state = id <= 4 ? RunState::kSucceeded : RunState::kPlanned;
    daemon_.view.all_runs.push_back(run);
  }

  // A full group, and a daemon that says what its limit could be.
  void suggest(CapacityMode mode) {
    Group group;
    group.id = 9;
    group.group_id = "full";
    group.type = "Public";
    group.member_count = group.max_member_count = 200;
    daemon_.view.all_groups.push_back(group);
    daemon_.control.now.capacity.mode = mode;
    daemon_.control.now.capacity.ceilings = *Ceilings::parse("Public:2000");
    daemon_.control.now.target_headroom = Share::percent(5);
  }

  // What stands in `field` of each item; all pages, one after the other.
  std::vector<std::string> walk(const std::string& target, const std::string& field) {
    std::vector<std::string> found;
    std::string cursor;
    do {
      const std::string mark = target.find('?') == std::string::npos ? "?" : "&";
      const Answered answer = daemon_.get(cursor.empty() ? target : target + mark + "cursor=" + cursor);
      EXPECT_EQ(answer.status(), 200) << target << answer.response.body;
      if (answer.status() != 200) return found;
      for (const auto& item : answer.json["items"].GetArray()) {
        const auto& value = item[field.c_str()];
        found.push_back(value.IsString() ? value.GetString() : std::to_string(value.GetInt64()));
      }
      const auto& next = answer.json["next_cursor"];
      cursor = next.IsNull() ? "" : next.GetString();
    } while (!cursor.empty());
    return found;
  }
  std::string cursor_of(const std::string& target) {
    const Answered answer = daemon_.get(target);
    return answer.status() == 200 && answer.json["next_cursor"].IsString() ? answer.json["next_cursor"].GetString()
                                                                           : "";
  }

  FakeDaemon daemon_;
};

TEST_F(AdminReadsTest, PagesNeitherRepeatNorSkip) {
  const std::vector<std::string> all = {"7", "6", "5", "4", "3", "2", "1"};
  for (const std::string limit : {"1", "2", "3", "7", "1000"}) {
    EXPECT_EQ(walk("/api/v1/events?limit=" + limit, "id"), all);
    EXPECT_EQ(walk("/api/v1/runs?limit=" + limit, "id"), all);
    EXPECT_EQ(walk("/api/v1/groups?limit=" + limit, "group_id").size(), 5u);
    EXPECT_EQ(walk("/api/v1/runs/2/members?limit=" + limit, "account"),
              (std::vector<std::string>{"u1", "u2", "u3", "u4", "u5"}))
        << "in plan order";
  }
}

TEST_F(AdminReadsTest, TheNextPageMayBeLonger) {
  const std::string cursor = cursor_of("/api/v1/runs?limit=1");
  const Answered answer = daemon_.get("/api/v1/runs?limit=100&cursor=" + cursor);
  EXPECT_EQ(answer.json["items"].Size(), 6u);
}

TEST_F(AdminReadsTest, ThePageHas50Rows) {
  for (int i = 100; i < 200; ++i) add_event(i, "g", kNow);
  EXPECT_EQ(daemon_.get("/api/v1/events").json["items"].Size(), 50u);
}

TEST_F(AdminReadsTest, Filters) {
  using Ids = std::vector<std::string>;
  const std::string t4 = "2026-01-01T00:00:00.004Z";
  const std::string group = "%40TGS%23g%2F1%2Bx";
  EXPECT_EQ(walk("/api/v1/events?group_id=" + group, "id"), (Ids{"6", "4", "2"}));
  EXPECT_EQ(walk("/api/v1/events?since=" + t4, "id"), (Ids{"7", "6", "5", "4"}));
  EXPECT_EQ(walk("/api/v1/events?until=" + t4, "id"), (Ids{"3", "2", "1"}));
  EXPECT_EQ(walk("/api/v1/runs?limit=1&since=" + t4 + "&group_id=" + group, "id"), (Ids{"6", "4"}));
  EXPECT_EQ(walk("/api/v1/runs?until=2026-01-01T08:00:00.004%2B08:00", "id"), (Ids{"3", "2", "1"}));
  EXPECT_EQ(walk("/api/v1/runs?state=planned&limit=2", "id"), (Ids{"7", "6", "5"}));
  EXPECT_EQ(walk("/api/v1/groups/" + group + "/events?limit=2", "id"), (Ids{"6", "4", "2"}));
  EXPECT_EQ(walk("/api/v1/groups/" + group + "/events?until=" + t4, "id"), (Ids{"2"}));
  EXPECT_EQ(walk("/api/v1/groups/@TGS%23g%2f1+x/runs?state=succeeded", "id"), (Ids{"4", "2"}));
  EXPECT_EQ(walk("/api/v1/runs/2/members?decision=remove&limit=1", "account"), (Ids{"u1", "u2"}));
  EXPECT_EQ(walk("/api/v1/runs/2/members?decision=keep&limit=2", "account"), (Ids{"u3", "u4", "u5"}));
}

TEST_F(AdminReadsTest, StaleGroupsAreFullForLongEnough) {
  auto& groups = daemon_.view.all_groups;
  daemon_.control.now.stale_after = 10 * kMinuteMs;
  groups[0].full_since = kNow - 10 * kMinuteMs;
  groups[1].full_since = kNow - 10 * kMinuteMs + 1;
  groups[2].full_since = kNow - kDayMs;
  groups[2].state = GroupState::kHasRoom;
  EXPECT_EQ(walk("/api/v1/groups?stale=true", "group_id"), std::vector<std::string>{"@TGS#g/1+x"});
  EXPECT_EQ(walk("/api/v1/groups?stale=true&state=has_room", "group_id").size(), 0u);
  EXPECT_EQ(walk("/api/v1/groups?state=has_room", "group_id"), std::vector<std::string>{"@TGS#g/3+x"});
}

TEST_F(AdminReadsTest, BadValuesAreRefused) {
  for (const std::string bad : {"events?limit=0",
                                "events?limit=1001",
                                "events?limit=-1",
                                "events?limit=",
                                "events?limit=1.5",
                                "events?limit=99999999999999999999",
                                "events?limit=+5",
                                "events?limit=5x",
                                "events?since=",
                                "events?since=now",
                                "events?since=1767225600000",
                                "events?since=2026-01-01",
                                "events?until=2026-02-30T00:00:00Z",
                                "events?group_id=",
                                "events?group_id=%00",
                                "events?group_id=%FF",
                                "groups?state=",
                                "groups?state=Full",
                                "groups?state=running",
                                "groups?state=full,",
                                "groups?state=,full",
                                "groups?state=full,full",
                                "groups?state=full,running",
                                "groups?state=full%20,gone",
                                "groups?reason=",
                                "groups?reason=full",
                                "groups?reason=exempt,",
                                "groups?sort=",
                                "groups?sort=newest",
                                "groups?sort=oldest,fullest",
                                "groups?search=",
                                "groups?search=%00",
                                "groups?search=%FF",
                                "groups?stale=",
                                "groups?stale=false",
                                "groups?stale=1",
                                "runs?state=full",
                                "runs?state=running,full",
                                "runs/2/members?decision=maybe",
                                "runs?cursor=",
                                "runs?cursor=garbage",
                                "exemptions?limit=0",
                                "groups/%40TGS%23g%2F1+x/runs?since=x",
                                "groups/unknown/events?limit=0"}) {
    const Answered answer = daemon_.get("/api/v1/" + bad);
    EXPECT_EQ(answer.status(), 400) << bad << answer.response.body;
    EXPECT_EQ(answer.response.content_type, "application/problem+json");
  }
  EXPECT_EQ(daemon_.get("/api/v1/events?group_id=" + std::string(129, 'x')).status(), 400);
  EXPECT_EQ(daemon_.get("/api/v1/events?group_id=" + std::string(128, 'x')).status(), 200);
}

TEST_F(AdminReadsTest, WhatIsWrongWithAListOfWordsIsNamed) {
  EXPECT_EQ(daemon_.get("/api/v1/groups?state=full,fool").detail(), "state is no known value: fool");
  EXPECT_EQ(daemon_.get("/api/v1/groups?reason=%1b").detail(), "reason is no known value");
  EXPECT_EQ(daemon_.get("/api/v1/groups?state=gone,gone").detail(), "state names twice: gone");
  EXPECT_EQ(daemon_.get("/api/v1/groups?search=" + std::string(129, 'x')).status(), 400);
  EXPECT_EQ(daemon_.get("/api/v1/groups?search=" + std::string(128, 'x')).status(), 200);
}

TEST_F(AdminReadsTest, GroupsMayBeAskedForInMoreWays) {
  const Answered answer =
      daemon_.get("/api/v1/groups?state=gone,full&reason=exempt,daily_limit&search=100%25+g&sort=most_refused&limit=7");
  EXPECT_EQ(answer.status(), 200) << answer.response.body;
  const GroupFilter& asked = daemon_.view.groups_asked;
  EXPECT_THAT(asked.states, testing::UnorderedElementsAre(GroupState::kFull, GroupState::kGone));
  EXPECT_THAT(asked.reasons, testing::UnorderedElementsAre(BlockReason::kExempt, BlockReason::kDailyLimit));
  EXPECT_EQ(asked.search, "100% g");
  EXPECT_EQ(asked.sort, GroupSort::kMostRefused);
  EXPECT_EQ(walk("/api/v1/runs?state=planned,succeeded&limit=2", "id").size(), 7u);
  EXPECT_EQ(walk("/api/v1/runs?state=planned,failed", "id"), (std::vector<std::string>{"7", "6", "5"}));
}

TEST_F(AdminReadsTest, TheCursorOfASortedListGoesOnWhereItWas) {
  const std::string cursor = cursor_of("/api/v1/groups?sort=oldest&state=full,gone&limit=2");
  ASSERT_NE(cursor, "");
  EXPECT_EQ(daemon_.get("/api/v1/groups?sort=oldest&state=gone,full&cursor=" + cursor).status(), 200) << "in any order";
  EXPECT_EQ(daemon_.view.rank_asked, -4);
  for (const std::string other : {"", "sort=fullest&state=full,gone&", "sort=oldest&state=full&", "state=full,gone&",
                                  "sort=oldest&state=full,gone&search=x&", "sort=oldest&reason=exempt&"}) {
    EXPECT_EQ(daemon_.get("/api/v1/groups?" + other + "cursor=" + cursor).status(), 400) << other;
  }
}

TEST_F(AdminReadsTest, CursorsBelongToTheirFilters) {
  const std::string runs = cursor_of("/api/v1/runs?limit=1&state=planned");
  ASSERT_NE(runs, "");
  EXPECT_EQ(daemon_.get("/api/v1/runs?state=planned&cursor=" + runs).status(), 200);
  for (const std::string other : {"runs?", "runs?state=succeeded&", "runs?state=planned&since=2026-01-01T00:00:00Z&",
                                  "events?", "groups?", "exemptions?", "runs/2/members?", "groups/other/runs?"}) {
    EXPECT_EQ(daemon_.get("/api/v1/" + other + "cursor=" + runs).status(), 400) << other;
  }
  std::string altered = runs;
  altered[10] = altered[10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(daemon_.get("/api/v1/runs?state=planned&cursor=" + altered).status(), 400);
}

TEST_F(AdminReadsTest, CursorsGoByTheValueNotItsSpelling) {
  const std::string cursor = cursor_of("/api/v1/runs?limit=1&since=2026-01-01T00:00:00Z&state=planned");
  ASSERT_NE(cursor, "");
  EXPECT_EQ(daemon_.get("/api/v1/runs?state=planned&since=2026-01-01T01:00:00.000%2B01:00&cursor=" + cursor).status(),
            200);
}

TEST_F(AdminReadsTest, CursorsOfMembersBelongToTheirRun) {
  daemon_.view.members[3] = daemon_.view.members[2];
  const std::string cursor = cursor_of("/api/v1/runs/2/members?limit=1");
  ASSERT_NE(cursor, "");
  EXPECT_EQ(daemon_.get("/api/v1/runs/2/members?cursor=" + cursor).status(), 200);
  EXPECT_EQ(daemon_.get("/api/v1/runs/3/members?cursor=" + cursor).status(), 400);
}

TEST_F(AdminReadsTest, UnknownIdsAreNotFound) {
  for (const std::string& target :
       {std::string("groups/unknown"), std::string("groups/unknown/events"), std::string("groups/unknown/runs"),
        std::string("groups/%FF"), std::string("groups/%00"), std::string("groups/a%0Ab/events"),
        "groups/" + std::string(129, 'x'), std::string("runs/99"), std::string("runs/99/members"),
        std::string("runs/x"), std::string("runs/x/members"), std::string("runs/0"), std::string("runs/-1"),
        std::string("runs/+2"), std::string("runs/2x"), std::string("runs/%202"), std::string("runs/2.0"),
        std::string("runs/99999999999999999999")}) {
    const Answered answer = daemon_.get("/api/v1/" + target);
    EXPECT_EQ(answer.status(), 404) << target;
    EXPECT_EQ(answer.response.content_type, "application/problem+json");
  }
}

TEST_F(AdminReadsTest, OneGroup) {
  const Answered answer = daemon_.get("/api/v1/groups/%40TGS%23g%2F1+x");
  ASSERT_EQ(answer.status(), 200);
  EXPECT_STREQ(answer.json["group_id"].GetString(), "@TGS#g/1+x");
  EXPECT_FALSE(answer.json["exempt"].GetBool());
}

TEST_F(AdminReadsTest, FullGroupsSayWhatTheirLimitCouldBe) {
  suggest(CapacityMode::kSuggest);
  EXPECT_EQ(daemon_.get("/api/v1/groups/full").json["suggestion"]["raise_to"].GetInt(), 240);
  const Answered list = daemon_.get("/api/v1/groups");
  EXPECT_EQ(list.json["items"][0]["suggestion"]["raise_to"].GetInt(), 240);
  EXPECT_TRUE(list.json["items"][1]["suggestion"].IsNull());
  daemon_.view.ceiling = 200;
  EXPECT_TRUE(daemon_.get("/api/v1/groups/full").json["suggestion"].IsNull()) << "Chat has shown that it can not";
  EXPECT_TRUE(daemon_.get("/api/v1/groups/full").json["learned_ceiling"].IsInt());
}

TEST_F(AdminReadsTest, InOtherModesNothingIsSuggested) {
  suggest(CapacityMode::kRaise);
  EXPECT_TRUE(daemon_.get("/api/v1/groups/full").json["suggestion"].IsNull());
}

TEST_F(AdminReadsTest, ExemptGroupsSaySo) {
  Exemption exemption;
  exemption.id = 1;
  exemption.subject = "@TGS#g/1+x";
  exemption.expires_at = kNow + 1;
  daemon_.view.all_exemptions = {exemption};
  EXPECT_TRUE(daemon_.get("/api/v1/groups/%40TGS%23g%2F1+x").json["exempt"].GetBool());
  const Answered list = daemon_.get("/api/v1/groups");
  EXPECT_TRUE(list.json["items"][4]["exempt"].GetBool());
  EXPECT_FALSE(list.json["items"][3]["exempt"].GetBool());
  daemon_.clock.set(kNow + 1);
  EXPECT_FALSE(daemon_.get("/api/v1/groups/%40TGS%23g%2F1+x").json["exempt"].GetBool());
}

TEST_F(AdminReadsTest, OneRun) {
  const Answered answer = daemon_.get("/api/v1/runs/2");
  ASSERT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.json["id"].GetInt(), 2);
  EXPECT_EQ(answer.json["policy"]["target_headroom"], "5%");
}

TEST_F(AdminReadsTest, Exemptions) {
  for (int i = 1; i <= 3; ++i) {
    Exemption exemption;
    exemption.id = i;
    exemption.kind = i == 1 ? ExemptionKind::kGroup : ExemptionKind::kMember;
    exemption.subject = "s" + std::to_string(i);
    daemon_.view.all_exemptions.push_back(exemption);
  }
  EXPECT_EQ(walk("/api/v1/exemptions?limit=1", "id"), (std::vector<std::string>{"s3", "s2", "s1"}));
  EXPECT_EQ(walk("/api/v1/exemptions", "kind"), (std::vector<std::string>{"member", "member", "group"}));
}

TEST_F(AdminReadsTest, WhoWasRemoved) {
  for (int i = 1; i <= 4; ++i) {
    daemon_.view.all_removals.push_back({i, 12, i % 2 == 0 ? "g" : "h", "u" + std::to_string(i / 3), kNow + i,
                                         i == 4 ? std::optional(kNow + 60'000) : std::nullopt,
                                         i == 3 ? std::optional(kNow + 70'000) : std::nullopt});
  }
  EXPECT_EQ(daemon_.get("/api/v1/removals?limit=2").response.body,
            R"({"items":[{"id":4,"group_id":"g","account":"u1","run_id":12,"removed_at":"2026-01-01T00:00:00.004Z",)"
            R"("restored_at":"2026-01-01T00:01:00.000Z","rejoined_at":null},)"
            R"({"id":3,"group_id":"h","account":"u1","run_id":12,"removed_at":"2026-01-01T00:00:00.003Z",)"
            R"("restored_at":null,"rejoined_at":"2026-01-01T00:01:10.000Z"}],"next_cursor":")" +
                cursor_of("/api/v1/removals?limit=2") + "\"}");
  using Ids = std::vector<std::string>;
  EXPECT_EQ(walk("/api/v1/removals?limit=1", "id"), (Ids{"4", "3", "2", "1"}));
  EXPECT_EQ(walk("/api/v1/removals?group_id=g", "id"), (Ids{"4", "2"}));
  EXPECT_EQ(walk("/api/v1/removals?account=u1&limit=1", "id"), (Ids{"4", "3"}));
  EXPECT_EQ(walk("/api/v1/removals?account=u0&group_id=h", "id"), (Ids{"1"}));
  EXPECT_EQ(walk("/api/v1/removals?since=2026-01-01T00:00:00.002Z&until=2026-01-01T00:00:00.004Z", "id"),
            (Ids{"3", "2"}));
  for (const std::string bad : {"account=", "account=%00", "account=%20u", "group_id=%FF", "since=x", "state=x"}) {
    EXPECT_EQ(daemon_.get("/api/v1/removals?" + bad).status(), 400) << bad;
  }
}

TEST_F(AdminReadsTest, WhoFillsUp) {
  const Day today = day_of(kNow);
  for (int i = 1; i <= 3; ++i) {
    Growth growth;
    growth.id = i;
    growth.group_id = "g" + std::to_string(i);
    growth.type = "Public";
    growth.name = i == 1 ? "" : "Book club";
    growth.seen_at = kNow - kHourMs;
    for (Day day = 6; day >= 0; --day) growth.points.push_back({today - day, 190 - 2 * day, 200});
    growth.forecast = Forecast{today + 12 - 3 * i, today + 2, i == 3 ? std::nullopt : std::optional(today + 40), 14};
    daemon_.view.all_growth.push_back(growth);
  }
  EXPECT_EQ(daemon_.get("/api/v1/filling").response.body,
            R"({"items":[{"id":3,"group_id":"g3","type":"Public","name":"Book club","member_count":190,)"
            R"("max_member_count":200,"observed_at":"2025-12-31T23:00:00.000Z","points":7,"members_per_week":14,)"
            R"("full_on":"2026-01-04","spread":{"soonest":"2026-01-03","latest":null}},)"
            R"({"id":2,"group_id":"g2","type":"Public","name":"Book club","member_count":190,"max_member_count":200,)"
            R"("observed_at":"2025-12-31T23:00:00.000Z","points":7,"members_per_week":14,"full_on":"2026-01-07",)"
            R"("spread":{"soonest":"2026-01-03","latest":"2026-02-10"}}],"next_cursor":null})");
  EXPECT_EQ(daemon_.view.filling_until, today + 7);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(walk("/api/v1/filling?within=30d&limit=1", "id"), (Ids{"3", "2", "1"}));
  EXPECT_EQ(daemon_.view.rank_asked, today + 6) << "a page goes on where the last one's row stood";
  EXPECT_EQ(walk("/api/v1/filling?within=72h", "id"), (Ids{"3"}));
  const std::string cursor = cursor_of("/api/v1/filling?within=30d&limit=1");
  EXPECT_EQ(daemon_.get("/api/v1/filling?within=720h&limit=1&cursor=" + cursor).status(), 200) << "the same time";
  EXPECT_EQ(daemon_.get("/api/v1/filling?within=29d&limit=1&cursor=" + cursor).status(), 400);
  for (const std::string bad : {"within=", "within=7", "within=1h", "within=366d", "within=-7d", "state=full"}) {
    EXPECT_EQ(daemon_.get("/api/v1/filling?" + bad).status(), 400) << bad;
  }
}

TEST_F(AdminReadsTest, TheAudit) {
  for (int i = 1; i <= 3; ++i) {
    AuditEntry entry;
    entry.id = i;
    entry.at = kNow + i;
    entry.actor = {"ops", AdminRole::kOperator, "192.0.2.7", i == 1 ? "" : "ticket \"7\""};
    entry.action = AuditAction::kUnexempt;
    entry.target = "member:u";
    daemon_.view.all_audit.push_back(entry);
  }
  EXPECT_EQ(walk("/api/v1/audit?limit=1", "target").size(), 3u);
  const Answered window = daemon_.get("/api/v1/audit?since=2026-01-01T00:00:00.002Z&until=2026-01-01T00:00:00.003Z");
  EXPECT_EQ(window.response.body,
            R"({"items":[{"id":2,"at":"2026-01-01T00:00:00.002Z","token":"ops","role":"operator","peer":"192.0.2.7",)"
            R"("action":"unexempt","target":"member:u","reason":"ticket \"7\""}],"next_cursor":null})");
  EXPECT_TRUE(daemon_.get("/api/v1/audit?until=2026-01-01T00:00:00.002Z").json["items"][0]["reason"].IsNull());
  EXPECT_EQ(daemon_.get("/api/v1/audit?since=yesterday").status(), 400);
  EXPECT_EQ(daemon_.get("/api/v1/audit?group_id=g").status(), 400);
}

TEST_F(AdminReadsTest, TheSummaryIsOfFreshStatusAndYoungCounts) {
  daemon_.view.numbers.due = 1;
  daemon_.control.now.stale_after = 77;
  EXPECT_EQ(daemon_.get("/api/v1/summary").json["due"].GetInt(), 1);
  EXPECT_EQ(daemon_.view.stale_before, kNow - 77);
  daemon_.view.numbers.due = 2;
  daemon_.control.now.mode = SchedulerMode::kObserve;
  daemon_.control.now.paused = true;
  daemon_.control.now.paused_reason = "clock_skew";
  const Answered young = daemon_.get("/api/v1/summary");
  EXPECT_EQ(young.json["due"].GetInt(), 1);
  EXPECT_EQ(young.json["mode"], "observe");
  EXPECT_TRUE(young.json["paused"].GetBool());
  EXPECT_EQ(young.json["paused_reason"], "clock_skew");
  daemon_.clock.set(kNow + 5 * kSecondMs);
  EXPECT_EQ(daemon_.get("/api/v1/summary").json["due"].GetInt(), 2);
}

TEST(AdminReads, SweepsAreAList) {
  FakeDaemon daemon;
  for (int i = 1; i <= 3; ++i) {
    Sweep sweep;
    sweep.id = i;
    sweep.state = i == 3 ? SweepState::kRunning : SweepState::kInterrupted;
    daemon.view.all_sweeps.push_back(sweep);
  }
  const Answered first = daemon.get("/api/v1/sweeps?limit=2");
  ASSERT_EQ(first.status(), 200);
  ASSERT_EQ(first.json["items"].Size(), 2u);
  EXPECT_EQ(first.json["items"][0]["id"].GetInt(), 3);
  EXPECT_EQ(first.json["items"][1]["state"], "interrupted");
  const Answered second =
      daemon.get("/api/v1/sweeps?limit=2&cursor=" + std::string(first.json["next_cursor"].GetString()));
  ASSERT_EQ(second.status(), 200);
  EXPECT_EQ(second.json["items"][0]["id"].GetInt(), 1);
  EXPECT_TRUE(second.json["next_cursor"].IsNull());
  EXPECT_EQ(daemon.get("/api/v1/sweeps?state=running").status(), 400);
}

}  // namespace
}  // namespace headroom::admin::admin_test
