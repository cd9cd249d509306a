#include "sqlite/group_queries.h"

#include "sqlite/paging.h"

namespace headroom::sqlite {
namespace {

const std::string kSelect =
    "SELECT id, group_id, state, reason, full_since, last_full_at, full_events, seen_room_at, type, name, member_count,"
    " max_member_count, observed_at, next_check_at, cooldown_until, exit_look_at, failures, last_run_id"
    " FROM chat_group ";

// With fewer matches than this they are sorted by id; with more, a walk by id soon meets enough of them.
constexpr int kFewStale = 20000;

Group read_group(Query& row) {
  Group group;
  group.id = row.integer();
  group.group_id = row.text();
  group.state = row.word<GroupState>();
  group.reason = row.word<BlockReason>();
  group.full_since = row.optional_integer();
  group.last_full_at = row.optional_integer();
  group.full_events = row.integer();
  group.seen_room_at = row.optional_integer();
  group.type = row.text();
  group.name = row.text();
  group.member_count = row.optional_integer();
  group.max_member_count = row.optional_integer();
  group.observed_at = row.optional_integer();
  group.next_check_at = row.optional_integer();
  group.cooldown_until = row.optional_integer();
  group.exit_look_at = row.optional_integer();
  group.failures = row.small();
  group.last_run_id = row.optional_integer();
  return group;
}

void bind_group(Query& query, const Group& group) {
  query.bind(group.group_id, name_of(group.state), name_of(group.reason), group.full_since, group.last_full_at,
             group.full_events, group.seen_room_at, group.type, group.name, group.member_count);
  query.bind(group.max_member_count, group.observed_at, group.next_check_at, group.cooldown_until, group.exit_look_at,
             group.failures, group.last_run_id);
}

Page<Group> list_stale(Connection& connection, TimeMs full_since_until, const PageRequest& page) {
  const std::string stale = "FROM chat_group INDEXED BY chat_group_full_since WHERE state = 'full' AND full_since <= ?";
  bool few = false;
  {
    Query query = connection.query("SELECT count(*) FROM (SELECT 1 " + stale + " LIMIT ?)");
    query.bind(full_since_until, kFewStale).step();
    few = query.small() < kFewStale;
  }
  const IdRange ids = ids_before(page);
  const std::string sql =
      few ? kSelect + "WHERE id IN (SELECT id " + stale + " AND id <= ? ORDER BY id DESC LIMIT ?) ORDER BY id DESC"
          : kSelect +
                "INDEXED BY chat_group_state WHERE state = 'full' AND full_since <= ? AND id <= ?"
                " ORDER BY id DESC LIMIT ?";
  Query query = connection.query(sql);
  query.bind(full_since_until, ids.last, listed(page.limit) + 1);
  return read_page<Group>(query, page, read_group);
}

}  // namespace

std::optional<Group> find_group(Connection& connection, const std::string& group_id) {
  Query query = connection.query(kSelect + "WHERE group_id = ?");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_group(query);
}

std::vector<Group> due_groups(Connection& connection, TimeMs now, int limit) {
  Query query = connection.query(
      kSelect + "INDEXED BY chat_group_due WHERE next_check_at <= ? ORDER BY next_check_at, id LIMIT ?");
  query.bind(now, listed(limit));
  std::vector<Group> groups;
  while (query.step()) groups.push_back(read_group(query));
  return groups;
}

std::optional<TimeMs> next_due_at(Connection& connection) {
  Query query = connection.query("SELECT min(next_check_at) FROM chat_group WHERE next_check_at IS NOT NULL");
  query.step();
  return query.optional_integer();
}

Page<Group> list_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  if (filter.full_since_until) {
    if (filter.state && *filter.state != GroupState::kFull) return {};
    return list_stale(connection, *filter.full_since_until, page);
  }
  const IdRange ids = ids_before(page);
  Query query = filter.state
                    ? connection.query(
                          kSelect + "INDEXED BY chat_group_state WHERE id <= ? AND state = ? ORDER BY id DESC LIMIT ?")
                    : connection.query(kSelect + "WHERE id <= ? ORDER BY id DESC LIMIT ?");
  query.bind(ids.last);
  if (filter.state) query.bind(name_of(*filter.state));
  query.bind(listed(page.limit) + 1);
  return read_page<Group>(query, page, read_group);
}

std::int64_t save_group(Connection& connection, const Group& group) {
  if (group.id == 0) {
    Query query = connection.query(
        "INSERT INTO chat_group (group_id, state, reason, full_since, last_full_at, full_events, seen_room_at, type,"
        " name, member_count, max_member_count, observed_at, next_check_at, cooldown_until, exit_look_at, failures,"
        " last_run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
    bind_group(query, group);
    query.step();
    const std::int64_t id = query.integer();
    query.run();
    return id;
  }
  Query query = connection.query(
      "UPDATE chat_group SET group_id = ?, state = ?, reason = ?, full_since = ?, last_full_at = ?, full_events = ?,"
      " seen_room_at = ?, type = ?, name = ?, member_count = ?, max_member_count = ?, observed_at = ?,"
      " next_check_at = ?, cooldown_until = ?, exit_look_at = ?, failures = ?, last_run_id = ? WHERE id = ?");
  bind_group(query, group);
  query.bind(group.id).run();
  if (connection.changes() != 1) {
    throw StorageError(StorageError::Kind::kOther, "group " + std::to_string(group.id) + " is not stored");
  }
  return group.id;
}

void delete_group(Connection& connection, const std::string& group_id) {
  connection.query("DELETE FROM chat_group WHERE group_id = ?").bind(group_id).run();
}

int evict_unconfirmed_groups(Connection& connection, std::int64_t keep, int limit) {
  std::int64_t excess = 0;
  {
    Query query = connection.query("SELECT value FROM group_counter WHERE name = 'unconfirmed'");
    query.step();
    excess = query.integer() - std::max<std::int64_t>(keep, 0);
  }
  if (excess <= 0 || limit <= 0) return 0;
  connection
      .query(
          "DELETE FROM chat_group WHERE id IN (SELECT id FROM chat_group AS candidate"
          " INDEXED BY chat_group_unconfirmed WHERE observed_at IS NULL AND NOT EXISTS (SELECT 1 FROM run"
          " WHERE run.group_id = candidate.group_id AND run.state IN ('running', 'awaiting_approval'))"
          " ORDER BY id LIMIT ?)")
      .bind(std::min<std::int64_t>(excess, limit))
      .run();
  return connection.changes();
}

}  // namespace headroom::sqlite
