#include "daemon/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "daemon/metrics_process.h"
#include "headroom/names.h"

namespace headroom {
namespace {

// The value of a series, written as in the text; -1 when it is not there.
double value_of(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  }
  return -1;
}

ChatCall call(std::string_view api, ChatOutcome outcome, ChatContact contact = ChatContact::kAnswered) {
  return {api, outcome, 0, contact, "", 0.1};
}

TEST(Metrics, EverySeriesOfAClosedSetIsThereFromTheStart) {
  Metrics metrics("1.2.3");
  const std::string text = metrics.text({});
  for (const char* result :
       {"recorded", "duplicate", "spooled", "ignored", "refused", "invalid", "overloaded", "failed"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_webhook_requests_total{result=\"") + result + "\"}"), 0) << result;
  }
  for (const char* state : {"full", "pruning", "has_room", "blocked", "gone"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_groups{state=\"") + state + "\"}"), 0) << state;
  }
  for (const char* state :
       {"awaiting_approval", "planned", "succeeded", "partial", "failed", "nothing_to_do", "rejected", "expired"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_runs_total{state=\"") + state + "\"}"), 0) << state;
  }
  for (const char* api : {"get_group_info", "get_group_member_info", "get_specified_group_member_info",
                          "get_role_in_group", "query_online_status", "delete_group_member", "modify_group_base_info",
                          "add_group_member", "get_appid_group_list"}) {
    for (const char* result : {"done", "throttled", "refused", "credentials_rejected", "operator_needed", "unreachable",
                               "outcome_unknown"}) {
      EXPECT_EQ(
          value_of(text, std::string("headroom_chat_requests_total{api=\"") + api + "\",result=\"" + result + "\"}"), 0)
          << api << result;
    }
    EXPECT_EQ(value_of(text, std::string("headroom_chat_request_seconds_count{api=\"") + api + "\"}"), 0) << api;
  }
  for (const char* name :
       {"headroom_webhook_ack_seconds_count", "headroom_events_total", "headroom_stale_full_groups",
        "headroom_runs_awaiting_approval", "headroom_members_removed_total", "headroom_rejoined_total",
        "headroom_commit_batch_size_count", "headroom_commit_seconds_count", "headroom_write_queue_depth",
        "headroom_database_bytes{file=\"db\"}", "headroom_database_bytes{file=\"wal\"}",
        "headroom_last_event_timestamp_seconds", "headroom_scheduler_paused", "headroom_refused_connections_total"}) {
    EXPECT_EQ(value_of(text, name), 0) << name;
  }
  EXPECT_EQ(value_of(text, "headroom_build_info{version=\"1.2.3\"}"), 1);
  for (const char* result : {"succeeded", "failed", "nothing_to_do"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_raises_total{result=\"") + result + "\"}"), 0) << result;
  }
  EXPECT_EQ(value_of(text, "headroom_groups_at_ceiling"), 0);
  for (const char* state : {"finished", "failed", "interrupted"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_sweeps_total{state=\"") + state + "\"}"), 0) << state;
  }
  for (const char* reason : {"nobody_removable", "exempt", "unsupported_type", "too_small", "no_permission",
                             "daily_limit", "implausible_data"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_groups_blocked{reason=\"") + reason + "\"}"), 0) << reason;
  }
  for (const char* name : {"headroom_last_sweep_timestamp_seconds", "headroom_chat_last_success_timestamp_seconds",
                           "headroom_oldest_stale_full_seconds"}) {
    EXPECT_EQ(value_of(text, name), 0) << name;
  }
  for (const char* name : {"headroom_chat_unreachable", "headroom_disk_free_bytes", "headroom_disk_size_bytes"}) {
    EXPECT_EQ(value_of(text, name), 0) << name;
  }
  EXPECT_EQ(value_of(text, "headroom_removals_left"), std::numeric_limits<double>::infinity()) << "no limit";
  EXPECT_EQ(value_of(text, "headroom_config_reload_success"), 1);
  EXPECT_EQ(value_of(text, "headroom_mode{mode=\"plan\"}"), 1);
}

TEST(Metrics, Counts) {
  Metrics metrics("1");
  metrics.webhook("recorded", 0.002);
  metrics.webhook("nonsense", 0.002);
  metrics.event_recorded();
  metrics.run_finished(RunState::kSucceeded);
  metrics.run_finished(RunState::kRunning);
  metrics.members_removed(7);
  metrics.members_rejoined(2);
  metrics.chat_request(call("get_group_info", ChatOutcome::kThrottled));
  metrics.chat_request(call("nonsense", ChatOutcome::kThrottled));
  metrics.chat_request(call("get_group_info", ChatOutcome::kNotSent, ChatContact::kNothingSent));
  metrics.chat_request(call("get_group_info", ChatOutcome::kOutcomeUnknown, ChatContact::kNoAnswer));
  metrics.sweep_ended(SweepState::kFailed);
  metrics.sweep_ended(SweepState::kRunning);
  metrics.commit(12, 0.004);
  const std::string text = metrics.text({});
  EXPECT_EQ(value_of(text, "headroom_webhook_requests_total{result=\"recorded\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_webhook_ack_seconds_count"), 1);
  EXPECT_EQ(value_of(text, "headroom_webhook_ack_seconds_bucket{le=\"0.0025\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_events_total"), 1);
  EXPECT_EQ(value_of(text, "headroom_runs_total{state=\"succeeded\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_members_removed_total"), 7);
  EXPECT_EQ(value_of(text, "headroom_rejoined_total"), 2);
  EXPECT_EQ(value_of(text, "headroom_chat_requests_total{api=\"get_group_info\",result=\"throttled\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_chat_requests_total{api=\"get_group_info\",result=\"unreachable\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_chat_requests_total{api=\"get_group_info\",result=\"outcome_unknown\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_chat_request_seconds_count{api=\"get_group_info\"}"), 3);
  EXPECT_EQ(value_of(text, "headroom_sweeps_total{state=\"failed\"}"), 1);
  EXPECT_EQ(value_of(text, "headroom_commit_batch_size_sum"), 12);
  EXPECT_EQ(value_of(text, "headroom_commit_seconds_count"), 1);
}

TEST(Metrics, GaugesAreThoseOfTheScrape) {
  Metrics metrics("1");
  MetricsSnapshot snapshot;
  snapshot.groups[static_cast<std::size_t>(GroupState::kBlocked)] = 3;
  snapshot.stale_full = 4;
  snapshot.runs_awaiting_approval = 5;
  snapshot.write_queue_depth = 6;
  snapshot.database_bytes = 4096;
  snapshot.wal_bytes = 123456789012;
  snapshot.refused_connections = 9;
  snapshot.last_event_at = 1670574414123;
  snapshot.paused_by = {PauseCause::kOperator, PauseCause::kStorageFailing};
  snapshot.mode = SchedulerMode::kPrune;
  snapshot.blocked = {{BlockReason::kExempt, 2}};
  snapshot.oldest_stale_full = 7500;
  snapshot.removals_left = 0;
  snapshot.last_sweep_at = 1670574414123;
  snapshot.groups_filling = 11;
  snapshot.last_chat_success_at = 1670574415123;
  snapshot.chat_unreachable = true;
  snapshot.disk_free_bytes = 3'000'000'000;
  snapshot.disk_size_bytes = 9'000'000'000;
  snapshot.config_reloaded = false;
  snapshot.open = false;
  metrics.text(snapshot);
  const std::string text = metrics.text(snapshot);
  for (const char* mode : {"observe", "plan", "approve", "prune"}) {
    EXPECT_EQ(value_of(text, std::string("headroom_mode{mode=\"") + mode + "\"}"),
              mode == std::string("prune") ? 1 : 0);
  }
  EXPECT_EQ(value_of(text, "headroom_groups_blocked{reason=\"exempt\"}"), 2);
  EXPECT_EQ(value_of(text, "headroom_groups_blocked{reason=\"daily_limit\"}"), 0);
  EXPECT_EQ(value_of(text, "headroom_oldest_stale_full_seconds"), 7.5);
  EXPECT_EQ(value_of(text, "headroom_removals_left"), 0);
  EXPECT_NEAR(value_of(text, "headroom_last_sweep_timestamp_seconds"), 1670574414.123, 0.001);
  EXPECT_EQ(value_of(text, "headroom_groups_filling"), 11);
  EXPECT_NEAR(value_of(text, "headroom_chat_last_success_timestamp_seconds"), 1670574415.123, 0.001);
  EXPECT_EQ(value_of(text, "headroom_config_reload_success"), 0);
  EXPECT_EQ(value_of(text, "headroom_open"), 0);
  EXPECT_EQ(value_of(text, "headroom_groups{state=\"blocked\"}"), 3);
  EXPECT_EQ(value_of(text, "headroom_stale_full_groups"), 4);
  EXPECT_EQ(value_of(text, "headroom_runs_awaiting_approval"), 5);
  EXPECT_EQ(value_of(text, "headroom_write_queue_depth"), 6);
  EXPECT_EQ(value_of(text, "headroom_database_bytes{file=\"db\"}"), 4096);
  EXPECT_EQ(value_of(text, "headroom_database_bytes{file=\"wal\"}"), 123456789012);
  EXPECT_EQ(value_of(text, "headroom_refused_connections_total"), 9);
  EXPECT_NEAR(value_of(text, "headroom_last_event_timestamp_seconds"), 1670574414.123, 0.001);
  EXPECT_EQ(value_of(text, "headroom_scheduler_paused"), 1);
  for (const PauseCause cause : kPauseCauses) {
    const std::string series = "headroom_scheduler_paused_by{cause=\"" + std::string(name_of(cause)) + "\"}";
    EXPECT_EQ(value_of(text, series), snapshot.paused_by.contains(cause) ? 1 : 0) << series;
  }
  EXPECT_EQ(value_of(text, "headroom_chat_unreachable"), 1);
  EXPECT_EQ(value_of(text, "headroom_disk_free_bytes"), 3e9);
  EXPECT_EQ(value_of(text, "headroom_disk_size_bytes"), 9e9);
}

TEST(Metrics, ProcessMetrics) {
  const std::string text = Metrics("1").text({});
  EXPECT_GT(value_of(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 100000);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes"), value_of(text, "process_resident_memory_bytes"));
  EXPECT_GE(value_of(text, "process_open_fds"), 3);
  EXPECT_GT(value_of(text, "process_max_fds"), value_of(text, "process_open_fds"));
  const double start = value_of(text, "process_start_time_seconds");
  const double now = static_cast<double>(::time(nullptr));
  EXPECT_LE(start, now + 1);
  EXPECT_GT(start, now - 86400);
}

// The family of a sample: a histogram's samples have names of their own.
std::string family_of(const std::string& line, const std::map<std::string, std::string>& types) {
  const std::string name = line.substr(0, line.find_first_of("{ "));
  for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
    if (!name.ends_with(suffix)) continue;
    const auto family = types.find(name.substr(0, name.size() - suffix.size()));
    if (family != types.end() && family->second == "histogram") return family->first;
  }
  return name;
}

// What `promtool check metrics` looks at, and the format itself.
TEST(Metrics, TextIsWellFormed) {
  const std::string text = Metrics("1").text({});
  ASSERT_TRUE(text.ends_with('\n'));
  const auto is_sample = testing::MatchesRegex(
      "[a-z_:][a-z0-9_:]*(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? (-?[0-9.e+-]+|\\+Inf|NaN)");
  std::map<std::string, std::string> types;
  std::set<std::string> helped, series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, keyword, name, rest;
    words >> hash >> keyword >> name >> rest;
    if (hash == "#") {
      ASSERT_TRUE(keyword == "HELP" || keyword == "TYPE") << line;
      EXPECT_FALSE(rest.empty()) << line;
      if (keyword == "HELP") {
        EXPECT_TRUE(helped.insert(name).second) << line;
      } else {
        EXPECT_TRUE(types.emplace(name, rest).second) << line;
      }
      continue;
    }
    ASSERT_THAT(line, is_sample);
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
    EXPECT_TRUE(types.contains(family_of(line, types))) << line;
  }
  for (const auto& [name, type] : types) {
    EXPECT_TRUE(helped.contains(name)) << name;
    EXPECT_EQ(type == "counter", name.ends_with("_total")) << name;
    EXPECT_FALSE(name.ends_with("_count") || name.ends_with("_sum") || name.ends_with("_bucket")) << name;
  }
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics("1");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 500; ++i) {
        metrics.webhook("recorded", 0.001);
        metrics.chat_request(call("get_group_info", ChatOutcome::kDone));
        if (i % 100 == 0) metrics.text({});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(value_of(metrics.text({}), "headroom_webhook_requests_total{result=\"recorded\"}"), 2000);
}

}  // namespace
}  // namespace headroom
