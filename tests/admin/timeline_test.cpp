#include "admin/timeline.h"

#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

std::string asked(const std::string& query, TimeMs now = kNow + 30 * kMinuteMs) {
  FakeDaemon daemon;
  daemon.clock.set(now);
  const Answered answer = daemon.get("/api/v1/timeline" + query);
  return answer.status() == 200 ? daemon.view.timeline_asked : std::to_string(answer.status());
}

TEST(AdminTimeline, TellsWhatHappened) {
  FakeDaemon daemon;
  EXPECT_EQ(daemon.get("/api/v1/timeline?since=2026-01-01T00:00:00Z").response.body,
            R"({"items":[{"start":"2026-01-01T00:00:00.000Z","events":3,"groups_filled":2,"removals":1}]})");
}

TEST(AdminTimeline, IsOfTheLastDayOrMonthByItself) {
  EXPECT_EQ(asked(""), "hour 2025-12-31T01:00:00.000Z 2026-01-01T00:30:00.000Z");
  EXPECT_EQ(asked("?bucket=hour"), asked(""));
  EXPECT_EQ(asked("?bucket=day"), "day 2025-12-03T00:00:00.000Z 2026-01-01T00:30:00.000Z");
  EXPECT_EQ(asked("", 5), "hour 1970-01-01T00:00:00.000Z 1970-01-01T00:00:00.005Z");
}

TEST(AdminTimeline, IsOfTheTimeThatWasAskedFor) {
  EXPECT_EQ(asked("?since=2025-12-31T22:10:00Z"), "hour 2025-12-31T22:10:00.000Z 2026-01-01T00:30:00.000Z");
  EXPECT_EQ(asked("?since=2025-12-31T22:10:00Z&until=2025-12-31T23:00:00Z"),
            "hour 2025-12-31T22:10:00.000Z 2025-12-31T22:59:59.999Z");
  EXPECT_EQ(asked("?until=2025-12-31T23:00:00Z"), "hour 2025-12-30T23:00:00.000Z 2025-12-31T22:59:59.999Z");
  EXPECT_EQ(asked("?since=2026-06-01T00:00:00Z"), "hour 2026-06-01T00:00:00.000Z 2026-06-01T00:00:00.000Z");
}

TEST(AdminTimeline, IsBounded) {
  EXPECT_EQ(asked("?since=2025-01-01T00:00:00Z&until=2025-02-11T16:00:00Z").substr(0, 4), "hour");  // 1000 hours
  for (const char* query :
       {"?since=2025-01-01T00:00:00Z&until=2025-02-11T16:00:00.001Z", "?since=1970-01-01T00:00:00Z",
        "?bucket=day&since=1970-01-01T00:00:00Z", "?since=2025-01-01T00:00:00Z&until=2025-01-01T00:00:00Z",
        "?until=1970-01-01T00:00:00Z", "?since=1969-01-01T00:00:00Z&until=1969-01-02T00:00:00Z", "?bucket=week",
        "?bucket=", "?since=x", "?limit=5", "?bucket=day&bucket=day"}) {
    EXPECT_EQ(asked(query), "400") << query;
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
