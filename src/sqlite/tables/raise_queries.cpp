#include "sqlite/tables/raise_queries.h"

#include "headroom/scope.h"

namespace headroom::sqlite {

RemovalUsage raise_usage(Connection& connection, TimeMs since) {
  RemovalUsage usage;
  {
    Query sent = connection.query(
        "SELECT count(*), count(*) FILTER (WHERE state = 'running'), min(raise_sent_at)"
        " FROM run INDEXED BY run_raise_sent WHERE raise_sent_at > ? AND mode = 'raise'");
    sent.bind(since).step();
    usage.sent = sent.integer();
    usage.undecided = sent.integer();
    usage.oldest_sent_at = sent.optional_integer();
  }
  Query open = connection.query(
      "SELECT count(*) FROM run INDEXED BY run_reserving WHERE state = 'running' AND reason <> 'closed' AND mode = "
      "'raise'"
      " AND raise_as <> 'plan' AND raise_sent_at IS NULL AND doubt_looks IS NULL");
  open.step();
  usage.reserved = open.integer();
  return usage;
}

std::optional<std::int64_t> learned_ceiling(Connection& connection, const std::string& group_id,
                                            std::optional<GroupType> type, TimeMs learned_after) {
  Query query = connection.query(
      "SELECT min(ceiling) FROM learned_ceiling WHERE learned_at > ?"
      " AND (of_type, subject) IN (VALUES (0, ?), (1, ?))");
  query.bind(learned_after, group_id, type ? name_of(*type) : std::string_view()).step();
  return query.optional_integer();
}

void learn_ceiling(Connection& connection, const LearnedCeiling& ceiling, TimeMs now) {
  connection
      .query(
          "INSERT INTO learned_ceiling (of_type, subject, ceiling, learned_at) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (of_type, subject) DO UPDATE SET ceiling = excluded.ceiling, learned_at = excluded.learned_at")
      .bind(ceiling.of_type, ceiling.subject, ceiling.ceiling, now)
      .run();
}

void forget_ceilings(Connection& connection, const std::string& group_id, std::optional<GroupType> type,
                     std::int64_t limit) {
  connection.query("DELETE FROM learned_ceiling WHERE (of_type, subject) IN (VALUES (0, ?), (1, ?)) AND ceiling < ?")
      .bind(group_id, type ? name_of(*type) : std::string_view(), limit)
      .run();
}

int delete_ceilings_before(Connection& connection, TimeMs learned_before, int limit) {
  connection
      .query(
          "DELETE FROM learned_ceiling WHERE (of_type, subject) IN (SELECT of_type, subject FROM learned_ceiling"
          " INDEXED BY learned_ceiling_learned WHERE learned_at < ? ORDER BY learned_at LIMIT ?)")
      .bind(learned_before, limit)
      .run();
  return connection.changes();
}

}  // namespace headroom::sqlite
