#include "sqlite/summary_queries.h"

#include "sqlite/removal_queries.h"
#include "sqlite/run_member_queries.h"

namespace headroom::sqlite {
namespace {

constexpr int kPolicies = 5;

template <typename... Values>
std::int64_t count(Connection& connection, const std::string& sql, const Values&... values) {
  Query query = connection.query("SELECT count(*) FROM " + sql);
  query.bind(values...).step();
  return query.integer();
}

void count_groups(Connection& connection, Counts& counts) {
  Query query = connection.query("SELECT name, value FROM group_counter WHERE name <> 'unconfirmed'");
  while (query.step()) {
    const auto state = query.word<GroupState>();
    counts.groups.at(static_cast<std::size_t>(state)) = query.integer();
  }
}

}  // namespace

Counts counts(Connection& connection, TimeMs now, TimeMs stale_before) {
  Counts counts;
  count_groups(connection, counts);
  counts.stale_full = count(
      connection, "chat_group INDEXED BY chat_group_full_since WHERE state = 'full' AND full_since <= ?", stale_before);
  counts.due = count(connection, "chat_group INDEXED BY chat_group_due WHERE next_check_at <= ?", now);
  counts.events_last_hour = count(connection, "event INDEXED BY event_received WHERE received_at > ?", now - kHourMs);
  counts.events_last_day = count(connection, "event INDEXED BY event_received WHERE received_at > ?", now - kDayMs);
  {
    Query runs =
        connection.query("SELECT state, count(*) FROM run INDEXED BY run_created WHERE created_at > ? GROUP BY state");
    runs.bind(now - kDayMs);
    while (runs.step()) {
      const auto state = runs.word<RunState>();
      counts.runs_last_day[state] = runs.integer();
    }
  }
  counts.runs_awaiting_approval = count(connection, "run INDEXED BY run_state WHERE state = 'awaiting_approval'");
  counts.removals_last_day = removal_usage(connection, now - kDayMs, std::nullopt).sent;
  Query newest = connection.query("SELECT max(received_at) FROM event");
  newest.step();
  counts.last_event_at = newest.optional_integer();
  counts.policies = policy_outcomes(connection, kPolicies);
  return counts;
}

std::optional<std::string> setting(Connection& connection, const std::string& key) {
  Query query = connection.query("SELECT value FROM setting WHERE key = ?");
  if (!query.bind(key).step()) return std::nullopt;
  return query.text();
}

void put_setting(Connection& connection, const std::string& key, const std::optional<std::string>& value) {
  if (value) {
    connection
        .query("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key, *value)
        .run();
  } else {
    connection.query("DELETE FROM setting WHERE key = ?").bind(key).run();
  }
}

}  // namespace headroom::sqlite
