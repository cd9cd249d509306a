#include "postgres/tables/tally_queries.h"

#include <limits>

namespace headroom::postgres {
namespace {

// Those in the rest of one minute are counted: `sql` has two parameters, both ends excluded.
std::int64_t count_in_minute(Connection& connection, const std::string& sql, TimeMs at) {
  Query query = connection.query("SELECT count(*) FROM " + sql);
  query.bind(at, end_of_minute(at)).step();
  return query.integer();
}

// Slots in (after, before).
std::int64_t sum(Connection& connection, const std::string& what, TimeMs span, std::int64_t after,
                 std::int64_t before) {
  Query query =
      connection.query("SELECT sum(value) FROM tally WHERE what = $1 AND span = $2 AND slot > $3 AND slot < $4");
  query.bind(what, span, after, before).step();
  return query.optional_integer().value_or(0);
}

}  // namespace

void write_tally(Connection& connection, const stored::PendingTally& tally) {
  for (const auto& [key, value] : tally.numbers()) {
    const auto& [what, span, slot] = key;
    connection
        .query(
            "INSERT INTO tally (what, span, slot, value) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (what, span, slot) DO UPDATE SET value = tally.value + excluded.value")
        .bind(what, span, slot, value)
        .run();
  }
  for (const auto& [slot, ids] : tally.spans()) {
    connection
        .query(
            "INSERT INTO event_span (slot, first_id, last_id) VALUES ($1, $2, $3) ON CONFLICT (slot) DO UPDATE"
            " SET first_id = least(event_span.first_id, excluded.first_id),"
            " last_id = greatest(event_span.last_id, excluded.last_id)")
        .bind(slot, ids.first, ids.last)
        .run();
  }
}

std::int64_t tallied(Connection& connection, const std::string& what) {
  Query query = connection.query("SELECT value FROM tally WHERE what = $1 AND span = 0 AND slot = 0");
  return query.bind(what).step() ? query.integer() : 0;
}

std::int64_t tallied_after(Connection& connection, const std::string& what, TimeMs at) {
  const std::int64_t minute = at / kMinuteMs;
  const std::int64_t hour = at / kHourMs;
  return sum(connection, what, kMinuteMs, minute, (hour + 1) * 60) +
         sum(connection, what, kHourMs, hour, std::numeric_limits<std::int64_t>::max());
}

std::int64_t tallied_before(Connection& connection, const std::string& what, TimeMs at) {
  const std::int64_t minute = at / kMinuteMs;
  const std::int64_t hour = at / kHourMs;
  return sum(connection, what, kHourMs, -1, hour) + sum(connection, what, kMinuteMs, hour * 60 - 1, minute);
}

// Groups have been full for as long as they like: the later ones are summed up, and taken from all.
std::int64_t full_until(Connection& connection, TimeMs at) {
  const std::int64_t later = tallied_after(connection, "full", at) +
                             count_in_minute(connection,
                                             "chat_group "
                                             "WHERE state = 'full' AND full_since > $1 AND full_since < $2",
                                             at);
  return tallied(connection, "full") - later;
}

// Many may become due within the next minute; those of its beginning have been looked at.
std::int64_t due_until(Connection& connection, TimeMs at) {
  std::int64_t due = tallied_before(connection, "due", at);
  for (const char* which : {"observed_at IS NOT NULL", "observed_at IS NULL"}) {
    Query query = connection.query("SELECT count(*) FROM chat_group WHERE " + std::string(which) +
                                   " AND next_check_at >= $1 AND next_check_at <= $2");
    query.bind(at / kMinuteMs * kMinuteMs, at).step();
    due += query.integer();
  }
  return due;
}

std::int64_t events_after(Connection& connection, TimeMs at) {
  return tallied_after(connection, "event", at) +
         count_in_minute(connection, "event WHERE received_at > $1 AND received_at < $2", at);
}

std::int64_t removals_after(Connection& connection, TimeMs at) {
  return tallied_after(connection, "removal", at) +
         count_in_minute(connection,
                         "run_member AS m JOIN run AS r ON r.id = m.run_id"
                         " WHERE m.sent_at > $1 AND m.sent_at < $2 AND r.mode <> 'restore'",
                         at);
}

}  // namespace headroom::postgres
