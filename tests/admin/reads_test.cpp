#include "admin/reads.h"

#include <gmock/gmock.h>

#include "tests/admin/reads_fixture.h"

namespace headroom::admin::admin_test {
namespace {

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
