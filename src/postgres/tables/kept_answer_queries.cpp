#include "postgres/tables/kept_answer_queries.h"

#include <algorithm>
#include <string>
#include <utility>

namespace headroom::postgres {

namespace {

constexpr int kNotYet = 0;  // the status of an answer that is not there

std::optional<KeptAnswer> read_answer(Connection& connection, const std::string& sql, const RequestKey& key,
                                      TimeMs created_after) {
  Query query = connection.query(sql);
  if (!query.bind(key.token, key.key, created_after).step()) return std::nullopt;
  KeptAnswer answer;
  answer.request = query.text();
  answer.status = query.small();
  answer.location = query.text();
  answer.body = query.text();
  return answer.status == kNotYet ? std::nullopt : std::optional(std::move(answer));
}

}  // namespace

std::optional<KeptAnswer> find_answer(Connection& connection, const RequestKey& key, TimeMs created_after) {
  static const std::string kFind =
      "SELECT request, status, location, body FROM kept_answer WHERE token = $1 AND key = $2 AND created_at > $3";
  return read_answer(connection, kFind, key, created_after);
}

std::optional<KeptAnswer> claim_answer(Connection& connection, const RequestKey& key, TimeMs created_after) {
  static const std::string kFind =
      "SELECT request, status, location, body FROM kept_answer WHERE token = $1 AND key = $2 AND created_at > $3"
      " FOR UPDATE";
  connection
      .query(
          "INSERT INTO kept_answer (token, key, request, created_at, status, location, body)"
          " VALUES ($1, $2, $3, 0, 0, '', '') ON CONFLICT (token, key) DO NOTHING")
      .bind(key.token, key.key, key.request)
      .run();
  if (connection.changes() > 0) return std::nullopt;
  return read_answer(connection, kFind, key, created_after);
}

void keep_answer(Connection& connection, const RequestKey& key, const KeptAnswer& answer, TimeMs now) {
  connection
      .query(
          "INSERT INTO kept_answer (token, key, request, created_at, status, location, body)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token, key) DO UPDATE SET"
          " (id, request, created_at, status, location, body) ="
          " (excluded.id, excluded.request, excluded.created_at, excluded.status, excluded.location, excluded.body)")
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
