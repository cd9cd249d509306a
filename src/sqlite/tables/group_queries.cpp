#include "sqlite/tables/group_queries.h"

#include <algorithm>
#include <utility>

#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/group_list.h"
#include "sqlite/tables/paging.h"
#include "stored/due_order.h"

namespace headroom::sqlite {
namespace {

const std::string kConfirmedDue = "INDEXED BY chat_group_due WHERE observed_at IS NOT NULL";
const std::string kUnconfirmedDue = "INDEXED BY chat_group_due_unconfirmed WHERE observed_at IS NULL";

std::vector<Group> due_of(Connection& connection, const std::string& which, TimeMs now, std::size_t limit) {
  Query query = connection.query(kSelectGroup + which + " AND next_check_at <= ? ORDER BY next_check_at, id LIMIT ?");
  query.bind(now, static_cast<std::int64_t>(limit));
  std::vector<Group> groups;
  while (query.step()) groups.push_back(read_group(query));
  return groups;
}

std::int64_t unconfirmed(Connection& connection) {
  Query query = connection.query("SELECT value FROM group_counter WHERE name = 'unconfirmed'");
  query.step();
  return query.integer();
}

void require_stored(Connection& connection, std::int64_t id) {
  if (connection.changes() == 1) return;
  throw StorageError(StorageError::Kind::kOther, "group " + std::to_string(id) + " is not stored");
}

}  // namespace

std::optional<Group> find_group(Connection& connection, const std::string& group_id) {
  static const std::string kById = kSelectGroup + "WHERE group_id = ?";
  Query query = connection.query(kById);
  if (!query.bind_kept(group_id).step()) return std::nullopt;
  return read_group(query);
}

std::optional<GroupRow> find_group_row(Connection& connection, const std::string& group_id) {
  static const std::string kRow =
      "SELECT " + kGroupColumns + ", recent_events, full_events FROM chat_group WHERE group_id = ?";
  Query query = connection.query(kRow);
  if (!query.bind_kept(group_id).step()) return std::nullopt;
  GroupRow row{read_group(query), {}};
  row.recent_events = ids_of(query.text());
  row.listed_full_events = query.integer();
  row.stored_last_full_at = row.group.last_full_at;
  return row;
}

std::vector<Group> due_groups(Connection& connection, TimeMs now, int limit) {
  const auto wanted = static_cast<std::size_t>(listed(limit));
  return stored::shared_turns(due_of(connection, kConfirmedDue, now, wanted),
                              due_of(connection, kUnconfirmedDue, now, wanted), wanted);
}

std::vector<Group> unconfirmed_groups(Connection& connection, std::int64_t after_id, std::int64_t beyond, int limit) {
  if (unconfirmed(connection) <= beyond) return {};
  Query query = connection.query(
      kSelectGroup + "INDEXED BY chat_group_unconfirmed WHERE observed_at IS NULL AND id > ? ORDER BY id LIMIT ?");
  query.bind(after_id, listed(limit));
  std::vector<Group> groups;
  while (query.step()) groups.push_back(read_group(query));
  return groups;
}

std::optional<TimeMs> next_due_at(Connection& connection) {
  std::optional<TimeMs> next;
  for (const std::string& which : {kConfirmedDue, kUnconfirmedDue}) {
    Query query =
        connection.query("SELECT min(next_check_at) FROM chat_group " + which + " AND next_check_at IS NOT NULL");
    query.step();
    const auto first = query.optional_integer();
    if (first && (!next || *first < *next)) next = first;
  }
  return next;
}

std::vector<Group> groups_due_after(Connection& connection, const TimePosition& after, int limit) {
  std::vector<Group> groups;
  for (const std::string& which : {kConfirmedDue, kUnconfirmedDue}) {
    Query query = connection.query(kSelectGroup + which +
                                   " AND next_check_at >= ? AND (next_check_at > ? OR id > ?)"
                                   " ORDER BY next_check_at, id LIMIT ?");
    query.bind(after.time, after.time, after.id, listed(limit));
    while (query.step()) groups.push_back(read_group(query));
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return std::pair(a.next_check_at, a.id) < std::pair(b.next_check_at, b.id);
  });
  const auto most = static_cast<std::size_t>(listed(limit));
  if (groups.size() > most) groups.resize(most);
  return groups;
}

bool is_blocked_for(Connection& connection, std::int64_t id, BlockReason reason) {
  Query query = connection.query("SELECT state, reason FROM chat_group WHERE id = ?");
  if (!query.bind(id).step()) return false;
  const auto state = query.word<GroupState>();
  return state == GroupState::kBlocked && query.word<BlockReason>() == reason;
}

std::int64_t save_group(Connection& connection, const Group& group) {
  if (group.id == 0) {
    Query query = connection.query(
        "INSERT INTO chat_group (group_id, state, reason, full_since, last_full_at, full_events, seen_room_at, type,"
        " name, member_count, max_member_count, observed_at, next_check_at, cooldown_until, exit_look_at, failures,"
        " last_run_id, made_room_at, cooldown_doublings, share_settled, first_planned_at, silent, raised_to,"
        " at_ceiling)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    stored::bind_group(query, group);
    query.run();
    return connection.last_id();
  }
  Query query = connection.query(
      "UPDATE chat_group SET state = ?2, reason = ?3, full_since = ?4, last_full_at = ?5, full_events = ?6,"
      " full_events_more = 0, seen_room_at = ?7, type = ?8, name = ?9, member_count = ?10, max_member_count = ?11, "
      "observed_at = ?12,"
      " next_check_at = ?13, cooldown_until = ?14, exit_look_at = ?15, failures = ?16, last_run_id = ?17,"
      " made_room_at = ?18, cooldown_doublings = ?19, share_settled = ?20, first_planned_at = ?21, silent = ?22,"
      " raised_to = ?23, at_ceiling = ?24"
      " WHERE id = ?25 AND group_id = ?1");
  stored::bind_group(query, group);
  query.bind(group.id).run();
  require_stored(connection, group.id);
  return group.id;
}

// Touches no index, no check and no trigger, but for now and then that of full_events: by far the most events are of
// groups that are known to be full.
void save_full_events(Connection& connection, const GroupRow& row) {
  const std::int64_t more = row.group.full_events - row.listed_full_events;
  if (more == 0) {
    Query query = connection.query(
        "UPDATE chat_group SET full_events = ?, full_events_more = 0, last_full_at = ?, recent_events = ? WHERE id = "
        "?");
    query.bind(row.group.full_events, row.group.last_full_at, to_text(row.recent_events), row.group.id).run();
  } else {
    Query query = connection.query(
        "UPDATE chat_group SET full_events_more = ?, last_full_at = ?, recent_events = ? WHERE id = ?");
    query.bind(more, row.group.last_full_at, to_text(row.recent_events), row.group.id).run();
  }
  require_stored(connection, row.group.id);
}

void save_recent_events(Connection& connection, const GroupRow& row) {
  connection.query("UPDATE chat_group SET recent_events = ? WHERE id = ?")
      .bind(to_text(row.recent_events), row.group.id)
      .run();
}

void delete_group(Connection& connection, const std::string& group_id) {
  connection.query("DELETE FROM chat_group WHERE group_id = ?").bind(group_id).run();
}

std::int64_t unconfirmed_groups_beyond(Connection& connection, std::int64_t keep) {
  return unconfirmed(connection) - std::max<std::int64_t>(keep, 0);
}

std::vector<std::string> oldest_unconfirmed(Connection& connection, int limit) {
  Query query = connection.query(
      "SELECT group_id FROM chat_group AS candidate INDEXED BY chat_group_unconfirmed WHERE observed_at IS NULL"
      " AND NOT EXISTS (SELECT 1 FROM run WHERE run.group_id = candidate.group_id"
      " AND run.state IN ('running', 'awaiting_approval')) ORDER BY id LIMIT ?");
  query.bind(limit);
  std::vector<std::string> group_ids;
  while (query.step()) group_ids.push_back(query.text());
  return group_ids;
}

}  // namespace headroom::sqlite
