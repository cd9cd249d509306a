// What a list is asked with: filters, limits and cursors.
#include <gmock/gmock.h>

#include "admin/reads.h"
#include "tests/admin/reads_fixture.h"

namespace headroom::admin::admin_test {
namespace {

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

}  // namespace
}  // namespace headroom::admin::admin_test
