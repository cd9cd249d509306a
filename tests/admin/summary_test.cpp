#include "admin/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headroom/selection.h"
#include "tests/admin/fake_daemon.h"
#include "tests/support/virtual_clock.h"
#include "text/time_text.h"

namespace headroom::admin::admin_test {
namespace {

TEST(AdminSummary, HasEveryFieldInOrder) {
  SummaryCounts numbers;
  numbers.counts.groups = {1, 2, 3, 4, 5};
  numbers.counts.stale_full = 6;
  numbers.counts.due = 7;
  numbers.counts.events_last_hour = 8;
  numbers.counts.events_last_day = 9;
  numbers.counts.runs_last_day = {{RunState::kSucceeded, 10}, {RunState::kExpired, 11}};
  numbers.counts.removals_last_day = 12;
  numbers.counts.blocked = {{BlockReason::kExempt, 13}, {BlockReason::kImplausibleData, 14}};
  numbers.counts.oldest_full_since = kNow;
  numbers.counts.runs_awaiting_approval = 15;
  numbers.counts.at_ceiling = 16;
  numbers.raises.sent = 17;
  numbers.raises.reserved = 1;
  numbers.usage.sent = 12;
  numbers.usage.reserved = 5;
  DaemonStatus status;
  status.mode = SchedulerMode::kPrune;
  status.max_removals_per_day = 1000;
  EXPECT_EQ(
      summary_json(numbers, status, "1.2.3"),
      R"({"mode":"prune","paused":false,"paused_reason":null,)"
      R"("groups":{"full":1,"pruning":2,"has_room":3,"blocked":4,"gone":5},"stale_full":6,"due":7,)"
      R"("events_last_hour":8,"events_last_day":9,"runs_last_day":{"running":0,"awaiting_approval":0,)"
      R"("planned":0,"succeeded":10,"partial":0,"failed":0,"nothing_to_do":0,"rejected":0,"expired":11},)"
      R"("removals_last_day":12,"removals_left":983,"rejoins":[],"version":"1.2.3","paused_hint":null,"retry_at":null,)"
      R"("chat":{"reachable":null,"last_success_at":null,"error":null},"last_webhook_at":null,)"
      R"("last_refusal":null,"blocked":{"nobody_removable":0,"exempt":13,"unsupported_type":0,"out_of_scope":0,"too_small":0,)"
      R"("no_permission":0,"daily_limit":0,"implausible_data":14},)"
      R"("oldest_full_since":"2026-01-01T00:00:00.000Z","runs_awaiting_approval":15,"open":true,"next_open_at":null,)"
      R"("capacity_mode":"off","raises_last_day":17,"raises_left":32,"groups_at_ceiling":16})");
}

TEST(AdminSummary, SaysWhenTheCalendarOpens) {
  DaemonStatus status;
  status.open = false;
  EXPECT_THAT(summary_json({}, status, "1"), testing::HasSubstr(R"("open":false,"next_open_at":null)"));
  status.next_open_at = kNow;
  EXPECT_THAT(summary_json({}, status, "1"),
              testing::HasSubstr(R"("open":false,"next_open_at":"2026-01-01T00:00:00.000Z")"));
  status.open = true;
  EXPECT_THAT(summary_json({}, status, "1"), testing::HasSubstr(R"("open":true,"next_open_at":null)"));
}

TEST(AdminSummary, SaysWhatIsWrong) {
  DaemonStatus status;
  status.paused = true;
  status.paused_reason = "chat_error_70009";
  status.paused_hint = "another key";
  status.retry_at = kNow + 1000;
  status.chat = {false, kNow, "could not resolve"};
  status.last_webhook_at = kNow;
  status.last_refusal = WebhookRefusal{kNow, "sign", "192.0.2.7"};
  const std::string at = '"' + format_time(kNow) + '"';
  const std::string json = summary_json({}, status, "1");
  EXPECT_THAT(json, testing::HasSubstr("\"paused\":true,\"paused_reason\":\"chat_error_70009\","));
  EXPECT_THAT(json,
              testing::HasSubstr("\"paused_hint\":\"another key\",\"retry_at\":\"" + format_time(kNow + 1000) + "\","));
  EXPECT_THAT(json, testing::HasSubstr("\"chat\":{\"reachable\":false,\"last_success_at\":" + at +
                                       ",\"error\":\"could not resolve\"}"));
  EXPECT_THAT(json, testing::HasSubstr("\"last_webhook_at\":" + at + ",\"last_refusal\":{\"at\":" + at +
                                       ",\"reason\":\"sign\",\"peer\":\"192.0.2.7\"},"));
}

TEST(AdminSummary, RemovalsLeft) {
  SummaryCounts numbers;
  numbers.usage.sent = 90;
  numbers.usage.reserved = 20;
  DaemonStatus status;
  EXPECT_THAT(summary_json(numbers, status, "1.2.3"), testing::HasSubstr("\"removals_left\":null"));
  status.max_removals_per_day = 111;
  EXPECT_THAT(summary_json(numbers, status, "1.2.3"), testing::HasSubstr("\"removals_left\":1,"));
  status.max_removals_per_day = 100;
  EXPECT_THAT(summary_json(numbers, status, "1.2.3"), testing::HasSubstr("\"removals_left\":0,"));
}

TEST(AdminSummary, RejoinsOfEachPolicy) {
  SummaryCounts numbers;
  numbers.counts.policies = {{{}, 3, 1}, {{}, 7, 0}};
  numbers.counts.policies[1].policy.inactive_for = 9 * kDayMs;
  const std::string json = summary_json(numbers, {}, "1.2.3");
  EXPECT_THAT(json, testing::HasSubstr(R"(,"removed":3,"rejoined":1,"share":0.3333},{"policy":{"inactive_for":"9d",)"));
  EXPECT_THAT(json, testing::HasSubstr(R"("removed":7,"rejoined":0,"share":0.0}],)"));
}

TEST(AdminSummary, CountsAgain) {
  FakeView view;
  VirtualClock clock(kNow);
  Summary summary;
  summary.counts(view, 600, clock);
  EXPECT_EQ(view.stale_before, kNow - 600);
  EXPECT_EQ(view.usage_since, kNow - kLimitDayMs);
  clock.advance(kSummaryAge - 1);
  summary.counts(view, 600, clock);
  EXPECT_EQ(view.counted, 1);
  clock.advance(1);
  summary.counts(view, 600, clock);
  EXPECT_EQ(view.counted, 2);
  summary.forget();
  summary.counts(view, 600, clock);
  EXPECT_EQ(view.counted, 3);
}

TEST(AdminSummary, CountsAreAsOldAsTheyAreWhateverTheWallClockSays) {
  FakeView view;
  VirtualClock clock(kNow);
  Summary summary;
  clock.step(kDayMs);
  summary.counts(view, 600, clock);
  clock.step(-kDayMs);
  clock.advance(kSummaryAge);
  summary.counts(view, 600, clock);
  EXPECT_EQ(view.counted, 2);
  EXPECT_EQ(view.usage_since, clock.now() - kLimitDayMs);
}

TEST(AdminSummary, OldCountsDoNotOutliveAFailedReadButForWhoTakesThemAsOld) {
  FakeView view;
  VirtualClock clock(kNow);
  Summary summary;
  EXPECT_FALSE(summary.newest());
  summary.counts(view, 0, clock);
  view.failure = StorageError::Kind::kTimeout;
  clock.advance(kSummaryAge);
  EXPECT_THROW(summary.counts(view, 0, clock), StorageError);
  EXPECT_THROW(summary.counts(view, 0, clock), StorageError);
  summary.forget();
  EXPECT_EQ(summary.newest().value().read_at + kSummaryAge, clock.steady_now());
}

}  // namespace
}  // namespace headroom::admin::admin_test
