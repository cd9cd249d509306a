#include "postgres/tables/kept_answer_queries.h"

#include <algorithm>

namespace headroom::postgres {

std::optional<KeptAnswer> find_answer(Connection& connection, const RequestKey& key, TimeMs created_after) {
  Query query = connection.query(
      "SELECT request, status, location, body FROM kept_answer WHERE token = $1 AND key = $2 AND created_at > $3");
  if (!query.bind(key.token, key.key, created_after).step()) return std::nullopt;
  KeptAnswer answer;
  answer.request = query.text();
  answer.status = query.small();
  answer.location = query.text();
  answer.body = query.text();
  return answer;
}

void keep_answer(Connection& connection, const RequestKey& key, const KeptAnswer& answer, TimeMs now) {
  connection.query("DELETE FROM kept_answer WHERE token = $1 AND key = $2").bind(key.token, key.key).run();
  connection
      .query(
          "INSERT INTO kept_answer (token, key, request, created_at, status, location, body)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7)")
      .bind(key.token, key.key, answer.request, now, answer.status, answer.location, answer.body)
      .run();
}

std::int64_t kept_answers(Connection& connection) {
  Query newest = connection.query("SELECT max(id) FROM kept_answer");
  Query oldest = connection.query("SELECT min(id) FROM kept_answer");
  newest.step();
  oldest.step();
  const auto last = newest.optional_integer();
  return last ? *last - oldest.integer() + 1 : 0;
}

int delete_answers_before(Connection& connection, TimeMs created_before, int limit) {
  connection
      .query(
          "DELETE FROM kept_answer WHERE id IN"
          " (SELECT id FROM kept_answer WHERE created_at <= $1 ORDER BY created_at LIMIT $2)")
      .bind(created_before, std::max(limit, 0))
      .run();
  return connection.changes();
}

}  // namespace headroom::postgres
