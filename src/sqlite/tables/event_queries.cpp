#include "sqlite/tables/event_queries.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/tables/group_event_ids.h"
#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/paging.h"
#include "stored/rows/event_row.h"

namespace headroom::sqlite {
namespace {

using stored::read_event;

const std::string kSelect = "SELECT " + stored::kEventColumns + " FROM event";

Page<Event> list_events_of_group(Connection& connection, const EventFilter& filter, const PageRequest& page,
                                 const IdRange& ids) {
  static const std::string kOne = kSelect + " WHERE id = ? AND received_at >= ? AND received_at < ?";
  GroupEventIds of_group(connection, *filter.group_id, ids);
  Page<Event> result;
  const auto limit = static_cast<std::size_t>(listed(page.limit));
  while (const auto id = of_group.next()) {
    Query query = connection.query(kOne);
    query.bind(*id, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1));
    if (!query.step()) continue;
    if (result.items.size() == limit) {
      result.next_before_id = result.items.back().id;
      break;
    }
    result.items.push_back(read_event(query));
  }
  return result;
}

std::int64_t one_id(Connection& connection, const std::string& sql) {
  Query query = connection.query(sql);
  query.step();
  return query.optional_integer().value_or(0);
}

}  // namespace

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page) {
  IdRange ids = ids_between(connection, "event_span", ids_before(page), filter.since, filter.until);
  if (filter.group_id) {
    ids.first = std::max(ids.first, one_id(connection, "SELECT min(id) FROM event"));
    return list_events_of_group(connection, filter, page, ids);
  }
  // The ids bound the time; `+` keeps the planner from an index on it, whose rows would have to be sorted by id.
  static const std::string kList =
      kSelect + " WHERE id >= ? AND id <= ? AND +received_at >= ? AND +received_at < ? ORDER BY id DESC LIMIT ?";
  Query query = connection.query(kList);
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1),
             listed(page.limit) + 1);
  return read_page<Event>(query, page, read_event<Query>);
}

std::int64_t last_event_id(Connection& connection) {
  return std::max(one_id(connection, "SELECT max(id) FROM event"),
                  one_id(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'event'"));
}

bool insert_event(Connection& connection, const Event& event, std::int64_t id) {
  if (event.command != Command::kGroupFull) {
    throw StorageError(StorageError::Kind::kOther, "only full-group events are stored");
  }
  Query query = connection.query(
      "INSERT INTO event (id, group_id, source, event_time, received_at, client_ip, platform, topic_id, body,"
      " fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (event_time, fingerprint) WHERE fingerprint IS NOT NULL DO NOTHING");
  query.bind_kept(id, event.group_id, name_of(event.source), event.event_time, event.received_at, event.client_ip,
                  event.platform, event.topic_id, event.body, event.fingerprint);
  query.run();
  return connection.changes() == 1;
}

Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs newest, const TimePosition& after,
                                     int limit, const std::function<void(const std::string&)>& before_group) {
  Query query = connection.query(
      "SELECT id, group_id, received_at, event_time >= ? AND event_time <= ? FROM event INDEXED BY event_received"
      " WHERE received_at >= ? AND received_at < ? AND (received_at > ? OR id > ?) ORDER BY received_at, id LIMIT ?");
  query.bind(before, newest, after.time, before, after.time, after.id, std::max(limit, 0));
  Store::ForgottenEvents forgotten;
  forgotten.last = after;
  std::vector<std::pair<std::int64_t, std::string>> old;
  while (query.step()) {
    ++forgotten.seen;
    forgotten.last.id = query.integer();
    std::string group_id = query.text();
    forgotten.last.time = query.integer();
    if (query.optional_integer().value_or(0) == 0) old.emplace_back(forgotten.last.id, std::move(group_id));
  }
  if (!old.empty()) {
    connection.execute("UPDATE sqlite_sequence SET seq = max(seq, (SELECT max(id) FROM event)) WHERE name = 'event'");
  }
  for (const auto& [id, group_id] : old) {
    before_group(group_id);
    connection.query("DELETE FROM event WHERE id = ?").bind(id).run();
    forget_group_event(connection, group_id, id);
  }
  forgotten.deleted = static_cast<int>(old.size());
  connection.execute("DELETE FROM event_span WHERE slot < (SELECT min(received_at) / 600000 FROM event)");
  return forgotten;
}

}  // namespace headroom::sqlite
