#include "postgres/tables/summary_queries.h"

#include "postgres/tables/growth_queries.h"
#include "postgres/tables/removal_queries.h"
#include "postgres/tables/tally_queries.h"

namespace headroom::postgres {
namespace {

constexpr int kPolicies = 5;

void count_groups(Connection& connection, Counts& counts) {
  Query query = connection.query("SELECT name, value FROM group_counter WHERE name <> 'unconfirmed'");
  while (query.step()) {
    const std::string name = query.text();
    const std::int64_t value = query.integer();
    if (const auto state = named<GroupState>(name)) {
      counts.groups.at(static_cast<std::size_t>(*state)) = value;
    } else if (name == "at_ceiling") {
      counts.at_ceiling = value;
    }
  }
}

void count_blocked(Connection& connection, Counts& counts) {
  Query query =
      connection.query("SELECT substr(what, 9), value FROM tally WHERE what >= 'blocked_' AND what < 'blocked`'");
  while (query.step()) {
    const auto reason = query.word<BlockReason>();
    counts.blocked[reason] += query.integer();
  }
}

std::optional<TimeMs> one_time(Connection& connection, const std::string& sql) {
  Query query = connection.query(sql);
  return query.step() ? query.optional_integer() : std::nullopt;
}

void count_runs(Connection& connection, TimeMs since, Counts& counts) {
  {
    Query runs = connection.query(
        "SELECT state, count(*) FROM run WHERE created_at > $1 AND created_at < $2"
        " GROUP BY state");
    runs.bind(since, end_of_minute(since));
    while (runs.step()) {
      const auto state = runs.word<RunState>();
      counts.runs_last_day[state] = runs.integer();
    }
  }
  for (int i = 0; i <= static_cast<int>(RunState::kExpired); ++i) {
    const auto state = static_cast<RunState>(i);
    const std::int64_t runs = tallied_after(connection, "run_" + std::string(name_of(state)), since);
    if (runs > 0) counts.runs_last_day[state] += runs;
  }
  counts.runs_awaiting_approval = tallied(connection, "run_awaiting_approval");
}

}  // namespace

Counts counts(Connection& connection, TimeMs now, TimeMs stale_before) {
  Counts counts;
  count_groups(connection, counts);
  count_blocked(connection, counts);
  counts.oldest_full_since = one_time(connection, "SELECT min(full_since) FROM chat_group WHERE state = 'full'");
  counts.stale_full = full_until(connection, stale_before);
  counts.due = due_until(connection, now);
  counts.events_last_hour = events_after(connection, now - kHourMs);
  counts.events_last_day = events_after(connection, now - kDayMs);
  count_runs(connection, now - kDayMs, counts);
  counts.removals_last_day = removals_after(connection, now - kDayMs);
  counts.last_event_at = one_time(connection, "SELECT max(received_at) FROM event");
  counts.last_sweep_at = one_time(connection, "SELECT max(finished_at) FROM sweep WHERE state = 'finished'");
  counts.groups_filling = count_filling(connection, day_of(now) + kFillingSoon);
  counts.policies = policy_outcomes(connection, kPolicies);
  return counts;
}

std::optional<std::string> setting(Connection& connection, const std::string& key) {
  Query query = connection.query("SELECT value FROM setting WHERE key = $1");
  if (!query.bind(key).step()) return std::nullopt;
  return query.text();
}

void put_setting(Connection& connection, const std::string& key, const std::optional<std::string>& value) {
  if (value) {
    connection
        .query(
            "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key, *value)
        .run();
  } else {
    connection.query("DELETE FROM setting WHERE key = $1").bind(key).run();
  }
}

}  // namespace headroom::postgres
