#include "postgres/tables/event_queries.h"

#include <algorithm>
#include <string>
#include <vector>

#include "postgres/tables/paging.h"
#include "stored/rows/event_row.h"

namespace headroom::postgres {

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "event_span", ids_before(page), filter.since, filter.until);
  Query query = connection.query("SELECT " + stored::kEventColumns +
                                 " FROM event WHERE id >= $1 AND id <= $2 AND received_at >= $3 AND received_at < $4" +
                                 (filter.group_id ? " AND group_id = $6" : "") + " ORDER BY id DESC LIMIT $5");
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1),
             listed(page.limit) + 1);
  if (filter.group_id) query.bind(*filter.group_id);
  return read_page<Event>(query, page, stored::read_event<Query>);
}

std::optional<std::int64_t> insert_event(Connection& connection, const Event& event) {
  if (event.command != Command::kGroupFull) {
    throw StorageError(StorageError::Kind::kOther, "only full-group events are stored");
  }
  Query query = connection.query(
      "INSERT INTO event (group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint,"
      " intake_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, encode($10, 'hex')::uuid) ON CONFLICT DO NOTHING "
      "RETURNING id");
  query.bind(event.group_id, name_of(event.source), event.event_time, event.received_at, event.client_ip,
             event.platform, event.topic_id, event.body, event.fingerprint, event.intake_id);
  if (!query.step()) return std::nullopt;
  return query.integer();
}

Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs newest, const TimePosition& after,
                                     int limit) {
  Query query = connection.query(
      "SELECT id, received_at, event_time >= $1 AND event_time <= $2 FROM event"
      " WHERE received_at < $1 AND (received_at, id) > ($3, $4) ORDER BY received_at, id LIMIT $5");
  query.bind(before, newest, after.time, after.id, std::max(limit, 0));
  Store::ForgottenEvents forgotten;
  forgotten.last = after;
  std::vector<std::int64_t> old;
  while (query.step()) {
    ++forgotten.seen;
    forgotten.last.id = query.integer();
    forgotten.last.time = query.integer();
    if (!query.boolean()) old.push_back(forgotten.last.id);
  }
  for (const std::int64_t id : old) connection.query("DELETE FROM event WHERE id = $1").bind(id).run();
  forgotten.deleted = static_cast<int>(old.size());
  connection.execute("DELETE FROM event_span WHERE slot < (SELECT min(received_at) / 600000 FROM event)");
  return forgotten;
}

}  // namespace headroom::postgres
