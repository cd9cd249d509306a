#include "postgres/tables/growth_queries.h"

#include "postgres/tables/paging.h"
#include "stored/rows/growth_row.h"

namespace headroom::postgres {
namespace {

using stored::bind_growth;
using stored::read_growth;

const std::string kSelect = "SELECT " + stored::kGrowthColumns + " FROM group_growth ";

}  // namespace

std::optional<Growth> find_growth(Connection& connection, const std::string& group_id) {
  Query query = connection.query(kSelect + "WHERE group_id = $1");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_growth(query);
}

Page<Growth> list_filling(Connection& connection, Day until, const PageRequest& page) {
  Query query = connection.query(kSelect +
                                 "WHERE (full_on, id) > ($1, $2) AND full_on <= $3"
                                 " ORDER BY full_on, id LIMIT $4");
  query.bind(page.rank.value_or(0), page.before_id.value_or(0), until, listed(page.limit) + 1);
  Page<Growth> result = read_page<Growth>(query, page, read_growth<Query>);
  if (result.next_before_id) result.next_rank = result.items.back().forecast->full_on;
  return result;
}

std::int64_t count_filling(Connection& connection, Day until) {
  Query query = connection.query("SELECT sum(value) FROM filling_day WHERE day <= $1");
  return query.bind(until).step() ? query.optional_integer().value_or(0) : 0;
}

std::int64_t save_growth(Connection& connection, const Growth& growth) {
  if (growth.id == 0) {
    Query query = connection.query(
        "INSERT INTO group_growth (group_id, type, name, seen_at, points, full_on, soonest, latest, members_per_week)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
    query.bind(growth.group_id);
    bind_growth(query, growth);
    query.step();
    return query.integer();
  }
  Query query = connection.query(
      "UPDATE group_growth SET type = $1, name = $2, seen_at = $3, points = $4, full_on = $5, soonest = $6, latest = "
      "$7,"
      " members_per_week = $8 WHERE id = $9");
  bind_growth(query, growth);
  query.bind(growth.id).run();
  return growth.id;
}

bool delete_growth(Connection& connection, const std::string& group_id) {
  connection.query("DELETE FROM group_growth WHERE group_id = $1").bind(group_id).run();
  return connection.changes() > 0;
}

int delete_growth_before(Connection& connection, TimeMs seen_before, int limit) {
  connection
      .query(
          "DELETE FROM group_growth WHERE id IN (SELECT id FROM group_growth "
          " WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)")
      .bind(seen_before, limit)
      .run();
  return connection.changes();
}

int drop_forecasts_before(Connection& connection, TimeMs seen_before, int limit) {
  connection
      .query(
          "UPDATE group_growth SET full_on = NULL, soonest = NULL, latest = NULL, members_per_week = NULL WHERE id IN"
          " (SELECT id FROM group_growth "
          " WHERE full_on IS NOT NULL AND seen_at < $1 ORDER BY seen_at LIMIT $2)")
      .bind(seen_before, limit)
      .run();
  return connection.changes();
}

}  // namespace headroom::postgres
