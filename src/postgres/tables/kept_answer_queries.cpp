#include "postgres/tables/kept_answer_queries.h"

#include <algorithm>
#include <string>
#include <utility>

namespace headroom::postgres {

namespace {

constexpr int kNotYet = 0;  // the status of an answer that is not there

// Of the row that holds the key: an answer that is younger than that.
std::optional<KeptAnswer> read_answer(Query& query, TimeMs created_after) {
  KeptAnswer answer;
  answer.request = query.text();
  answer.status = query.small();
  answer.location = query.text();
  answer.body = query.text();
  const bool is_one = answer.status != kNotYet && query.integer() > created_after;
  return is_one ? std::optional(std::move(answer)) : std::nullopt;
}

const std::string kFind =
    "SELECT request, status, location, body, created_at FROM kept_answer WHERE token = $1 AND key = $2";

}  // namespace

std::optional<KeptAnswer> find_answer(Connection& connection, const RequestKey& key, TimeMs created_after) {
  Query query = connection.query(kFind);
  return query.bind(key.token, key.key).step() ? read_answer(query, created_after) : std::nullopt;
}

std::optional<KeptAnswer> claim_answer(Connection& connection, const RequestKey& key, TimeMs created_after) {
  static const std::string kLock = kFind + " FOR UPDATE";
  // A row that is there is looked for first: each that is refused uses up an id.
  for (const bool last : {false, true}) {
    Query query = connection.query(kLock);
    if (query.bind(key.token, key.key).step()) return read_answer(query, created_after);
    if (last) break;  // it was there, and is forgotten: nobody else holds it
    connection
        .query(
            "INSERT INTO kept_answer (token, key, request, created_at, status, location, body)"
            " VALUES ($1, $2, $3, 0, 0, '', '') ON CONFLICT (token, key) DO NOTHING")
        .bind(key.token, key.key, key.request)
        .run();
    if (connection.changes() > 0) break;
  }
  return std::nullopt;
}

void keep_answer(Connection& connection, const RequestKey& key, const KeptAnswer& answer, TimeMs now) {
  connection
      .query(
          "UPDATE kept_answer SET request = $3, created_at = $4, status = $5, location = $6, body = $7"
          " WHERE token = $1 AND key = $2 AND status = 0")
      .bind(key.token, key.key, answer.request, now, answer.status, answer.location, answer.body)
      .run();
  if (connection.changes() > 0) return;
  // A key of another day gets a new row, with a new id.
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
