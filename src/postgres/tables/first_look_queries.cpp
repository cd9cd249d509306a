#include "postgres/tables/first_look_queries.h"

namespace headroom::postgres {

std::map<std::string, FirstLook> first_looks(Connection& connection, const std::string& group_id,
                                             const std::vector<std::string>& accounts) {
  std::map<std::string, FirstLook> found;
  for (const std::string& account : accounts) {
    Query query = connection.query(
        "SELECT seen_at, msg_seq, offline, moved_at FROM first_look WHERE group_id = $1 AND account = $2");
    if (!query.bind(group_id, account).step()) continue;
    FirstLook look;
    look.seen_at = query.integer();
    look.msg_seq = query.integer();
    look.offline = query.boolean();
    look.moved_at = query.optional_integer();
    found.emplace(account, look);
  }
  return found;
}

void note_first_looks(Connection& connection, const std::string& group_id, const std::vector<NotedLook>& looks,
                      TimeMs now, TimeMs moved_after) {
  for (const auto& [account, look] : looks) {
    connection
        .query(
            "INSERT INTO first_look (group_id, account, seen_at, msg_seq, offline, moved_at, noted_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (group_id, account) DO UPDATE SET seen_at = "
            "excluded.seen_at,"
            " msg_seq = excluded.msg_seq, offline = excluded.offline, moved_at = excluded.moved_at,"
            " noted_at = excluded.noted_at")
        .bind(group_id, account, look.seen_at, look.msg_seq, look.offline, look.moved_at, now)
        .run();
  }
  connection
      .query("DELETE FROM first_look WHERE group_id = $1 AND noted_at <> $2 AND (moved_at IS NULL OR moved_at < $3)")
      .bind(group_id, now, moved_after)
      .run();
}

int delete_first_looks_before(Connection& connection, TimeMs noted_before, int limit) {
  connection
      .query(
          "DELETE FROM first_look WHERE (group_id, account) IN (SELECT group_id, account FROM first_look"
          " WHERE noted_at < $1 ORDER BY noted_at LIMIT $2)")
      .bind(noted_before, limit)
      .run();
  return connection.changes();
}

}  // namespace headroom::postgres
