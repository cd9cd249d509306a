#include "sqlite/tables/event_queries.h"

#include "sqlite/tables/paging.h"

namespace headroom::sqlite {
namespace {

Event read_event(Query& row) {
  Event event;
  event.id = row.integer();
  event.group_id = row.text();
  event.source = row.word<EventSource>();
  event.event_time = row.optional_integer();
  event.received_at = row.integer();
  event.client_ip = row.text();
  event.platform = row.text();
  event.topic_id = row.optional_text();
  event.body = row.text();
  if (const auto bytes = row.optional_text(); bytes && bytes->size() == Fingerprint{}.size()) {
    event.fingerprint.emplace();
    std::copy(bytes->begin(), bytes->end(), event.fingerprint->begin());
  }
  return event;
}

}  // namespace

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "event_span", ids_before(page), filter.since, filter.until);
  // The ids bound the time; `+` keeps the planner from an index on it, whose rows would have to be sorted by id.
  std::string sql =
      "SELECT id, group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint"
      " FROM event WHERE id >= ? AND id <= ? AND +received_at >= ? AND +received_at < ?";
  if (filter.group_id) sql += " AND group_id = ?";
  sql += " ORDER BY id DESC LIMIT ?";
  Query query = connection.query(sql);
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1));
  if (filter.group_id) query.bind(*filter.group_id);
  query.bind(listed(page.limit) + 1);
  return read_page<Event>(query, page, read_event);
}

std::optional<std::int64_t> insert_event(Connection& connection, const Event& event) {
  if (event.command != Command::kGroupFull) {
    throw StorageError(StorageError::Kind::kOther, "only full-group events are stored");
  }
  Query query = connection.query(
      "INSERT INTO event (group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (event_time, fingerprint) WHERE fingerprint IS NOT NULL DO NOTHING");
  query.bind_kept(event.group_id, name_of(event.source), event.event_time, event.received_at, event.client_ip,
                  event.platform, event.topic_id, event.body, event.fingerprint);
  query.run();
  if (connection.changes() == 0) return std::nullopt;
  return connection.last_id();
}

Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs now, const TimePosition& after,
                                     int limit) {
  Query query = connection.query(
      "SELECT id, received_at, event_time >= ? AND event_time <= ? FROM event INDEXED BY event_received"
      " WHERE received_at >= ? AND received_at < ? AND (received_at > ? OR id > ?) ORDER BY received_at, id LIMIT ?");
  query.bind(before, now, after.time, before, after.time, after.id, std::max(limit, 0));
  Store::ForgottenEvents forgotten;
  forgotten.last = after;
  std::vector<std::int64_t> old;
  while (query.step()) {
    ++forgotten.seen;
    forgotten.last.id = query.integer();
    forgotten.last.time = query.integer();
    if (query.optional_integer().value_or(0) == 0) old.push_back(forgotten.last.id);
  }
  for (const std::int64_t id : old) connection.query("DELETE FROM event WHERE id = ?").bind(id).run();
  forgotten.deleted = static_cast<int>(old.size());
  connection.execute("DELETE FROM event_span WHERE slot < (SELECT min(received_at) / 600000 FROM event)");
  return forgotten;
}

}  // namespace headroom::sqlite
