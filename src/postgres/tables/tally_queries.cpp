#include "postgres/tables/tally_queries.h"

#include <limits>

#include "stored/paging.h"

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

void write_tally(Connection& connection, const stored::PendingTally& tally, const std::string& node) {
  Rows numbers(4);
  for (const auto& [key, value] : tally.numbers()) {
    const auto& [what, span, slot] = key;
    numbers.bind(what, span, slot, value);
  }
  Rows spans(3);
  for (const auto& [slot, ids] : tally.spans()) spans.bind(slot, ids.first, ids.last);
  connection
      .query(
          "WITH spans AS (INSERT INTO event_span (slot, node, first_id, last_id) SELECT slot, $8, first_id, last_id"
          " FROM unnest($5::bigint[], $6::bigint[], $7::bigint[]) AS s (slot, first_id, last_id) ORDER BY slot"
          " ON CONFLICT (slot, node) DO UPDATE SET first_id = least(event_span.first_id, excluded.first_id),"
          " last_id = greatest(event_span.last_id, excluded.last_id))"
          " INSERT INTO tally (what, span, slot, node, value) SELECT what, span, slot, $8, value"
          " FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t (what, span, slot, value)"
          " ORDER BY what, span, slot"
          " ON CONFLICT (what, span, slot, node) DO UPDATE SET value = tally.value + excluded.value")
      .bind_rows(numbers)
      .bind_rows(spans)
      .bind(node)
      .run_later();
}

// Taken one after the other by whoever folds; a row that its node writes meanwhile is waited for, and then counted.
int fold_counters(Connection& connection, TimeMs over_by, int limit) {
  Query tallies = connection.query(
      "WITH old AS MATERIALIZED (SELECT what, span, slot, node FROM tally WHERE node <> '' AND (slot + 1) * span <= $1"
      " AND span > 0 ORDER BY what, span, slot, node LIMIT $2 FOR UPDATE),"
      " gone AS (DELETE FROM tally AS t USING old AS o WHERE t.what = o.what AND t.span = o.span AND t.slot = o.slot"
      " AND t.node = o.node RETURNING t.*),"
      " folded AS (INSERT INTO tally (what, span, slot, node, value) SELECT what, span, slot, '', sum(value) FROM gone"
      " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
      " ON CONFLICT (what, span, slot, node) DO UPDATE SET value = tally.value + excluded.value)"
      " SELECT count(*) FROM gone");
  tallies.bind(over_by, limit).step();
  Query spans = connection.query(
      "WITH old AS MATERIALIZED (SELECT slot, node FROM event_span WHERE node <> '' AND (slot + 1) * $3 <= $1"
      " ORDER BY slot, node LIMIT $2 FOR UPDATE),"
      " gone AS (DELETE FROM event_span AS s USING old AS o WHERE s.slot = o.slot AND s.node = o.node RETURNING s.*),"
      " folded AS (INSERT INTO event_span (slot, node, first_id, last_id) SELECT slot, '', min(first_id), max(last_id)"
      " FROM gone GROUP BY 1 ORDER BY 1 ON CONFLICT (slot, node) DO UPDATE"
      " SET first_id = least(event_span.first_id, excluded.first_id),"
      " last_id = greatest(event_span.last_id, excluded.last_id))"
      " SELECT count(*) FROM gone");
  spans.bind(over_by, limit, stored::kSpanMs).step();
  return tallies.small() + spans.small();
}

std::int64_t tallied(Connection& connection, const std::string& what) {
  Query query = connection.query("SELECT sum(value) FROM tally WHERE what = $1 AND span = 0 AND slot = 0");
  query.bind(what).step();
  return query.optional_integer().value_or(0);
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
