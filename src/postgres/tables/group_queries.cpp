#include "postgres/tables/group_queries.h"

#include <algorithm>

#include "headroom/names.h"
#include "postgres/tables/group_list.h"
#include "postgres/tables/paging.h"
#include "stored/due_order.h"

namespace headroom::postgres {
namespace {

using stored::read_group;

const std::string kConfirmedDue = "WHERE next_check_at IS NOT NULL AND observed_at IS NOT NULL";
const std::string kUnconfirmedDue = "WHERE next_check_at IS NOT NULL AND observed_at IS NULL";

std::vector<Group> read_groups(Query& query) {
  std::vector<Group> groups;
  while (query.step()) groups.push_back(read_group(query));
  return groups;
}

std::vector<Group> due_of(Connection& connection, const std::string& which, TimeMs now, int limit) {
  Query query = connection.query(kSelectGroup + which + " AND next_check_at <= $1 ORDER BY next_check_at, id LIMIT $2");
  query.bind(now, limit);
  return read_groups(query);
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

std::string set_full_events(const std::string& events, const std::string& last) {
  const std::string is_listed = "CASE WHEN " + events + " - full_events >= greatest(full_events / 8, 1) AND (" +
                                events + " < 8 OR last_full_at / 60000 IS DISTINCT FROM " + last + " / 60000) THEN ";
  return "full_events = " + is_listed + events + " ELSE full_events END, full_events_more = " + is_listed + "0 ELSE " +
         events + " - full_events END, last_full_at = " + last;
}

std::optional<Group> find_group(Connection& connection, const std::string& group_id) {
  Query query = connection.query(kSelectGroup + "WHERE group_id = $1");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_group(query);
}

std::vector<Group> due_groups(Connection& connection, TimeMs now, int limit) {
  const int wanted = listed(limit);
  return stored::shared_turns(due_of(connection, kConfirmedDue, now, wanted),
                              due_of(connection, kUnconfirmedDue, now, wanted), static_cast<std::size_t>(wanted));
}

std::vector<Group> unconfirmed_groups(Connection& connection, std::int64_t after_id, std::int64_t beyond, int limit) {
  if (unconfirmed(connection) <= beyond) return {};
  Query query = connection.query(kSelectGroup + "WHERE observed_at IS NULL AND id > $1 ORDER BY id LIMIT $2");
  query.bind(after_id, listed(limit));
  return read_groups(query);
}

std::optional<TimeMs> next_due_at(Connection& connection) {
  std::optional<TimeMs> next;
  for (const std::string& which : {kConfirmedDue, kUnconfirmedDue}) {
    Query query = connection.query("SELECT min(next_check_at) FROM chat_group " + which);
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
                                   " AND (next_check_at, id) > ($1, $2) ORDER BY next_check_at, id LIMIT $3");
    query.bind(after.time, after.id, listed(limit));
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
  Query query = connection.query("SELECT state, reason FROM chat_group WHERE id = $1");
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
        " at_ceiling) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
        " $20, $21, $22, $23, $24) ON CONFLICT (group_id) DO NOTHING RETURNING id");
    stored::bind_group(query, group);
    if (query.step()) return query.integer();
    throw StorageError(StorageError::Kind::kConflict, "another has stored a group that was new");
  }
  Query query = connection.query(
      "UPDATE chat_group SET state = $2, reason = $3, full_since = $4, last_full_at = $5, full_events = $6,"
      " full_events_more = 0, seen_room_at = $7, type = $8, name = $9, member_count = $10, max_member_count = $11,"
      " observed_at = $12, next_check_at = $13, cooldown_until = $14, exit_look_at = $15, failures = $16,"
      " last_run_id = $17, made_room_at = $18, cooldown_doublings = $19, share_settled = $20, first_planned_at = $21,"
      " silent = $22, raised_to = $23, at_ceiling = $24 WHERE id = $25 AND group_id = $1");
  stored::bind_group(query, group);
  query.bind(group.id).run();
  require_stored(connection, group.id);
  return group.id;
}

// Touches no index, no check and no trigger, but for now and then that of full_events: by far the most events are of
// groups that are known to be full.
void save_full_events(Connection& connection, const Group& group) {
  static const std::string kCount =
      "UPDATE chat_group SET " + set_full_events("$1::bigint", "$2::bigint") + " WHERE id = $3";
  connection.query(kCount).bind(group.full_events, group.last_full_at, group.id).run();
  require_stored(connection, group.id);
}

void delete_group(Connection& connection, const std::string& group_id) {
  connection.query("DELETE FROM chat_group WHERE group_id = $1").bind(group_id).run();
}

// None with an open run.
int evict_unconfirmed_groups(Connection& connection, std::int64_t keep, int limit) {
  const std::int64_t excess = unconfirmed(connection) - std::max<std::int64_t>(keep, 0);
  if (excess <= 0 || limit <= 0) return 0;
  connection
      .query(
          "DELETE FROM chat_group WHERE id IN (SELECT id FROM chat_group AS candidate WHERE observed_at IS NULL"
          " AND NOT EXISTS (SELECT 1 FROM run WHERE run.group_id = candidate.group_id"
          " AND run.state IN ('running', 'awaiting_approval')) ORDER BY id LIMIT $1)")
      .bind(std::min<std::int64_t>(excess, limit))
      .run();
  return connection.changes();
}

}  // namespace headroom::postgres
