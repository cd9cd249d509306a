#include "postgres/tables/sweep_queries.h"

#include "postgres/tables/paging.h"
#include "stored/rows/sweep_row.h"

namespace headroom::postgres {
namespace {

using stored::read_sweep;

const std::string kSelect = "SELECT " + stored::kSweepColumns + " FROM sweep ";

std::optional<Sweep> read_one(Query& query) {
  if (!query.step()) return std::nullopt;
  return read_sweep(query);
}

}  // namespace

std::optional<Sweep> find_sweep(Connection& connection, std::int64_t id) {
  Query query = connection.query(kSelect + "WHERE id = $1");
  return read_one(query.bind(id));
}

Page<Sweep> list_sweeps(Connection& connection, const PageRequest& page) {
  Query query = connection.query(kSelect + "WHERE id <= $1 ORDER BY id DESC LIMIT $2");
  query.bind(ids_before(page).last, listed(page.limit) + 1);
  return read_page<Sweep>(query, page, read_sweep<Query>);
}

std::optional<Sweep> running_sweep(Connection& connection) {
  Query query = connection.query(kSelect + "WHERE state = 'running'");
  return read_one(query);
}

std::optional<Sweep> last_sweep(Connection& connection) {
  Query query = connection.query(kSelect + "WHERE NOT dry_run ORDER BY id DESC LIMIT 1");
  return read_one(query);
}

std::int64_t insert_sweep(Connection& connection, const Sweep& sweep) {
  Query query = connection.query(
      "INSERT INTO sweep (state, reason, dry_run, type, next_page, groups_listed, groups_read, groups_full, groups_new,"
      " started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
  query.bind(name_of(sweep.state), name_of(sweep.reason), sweep.dry_run, sweep.position.type,
             std::to_string(sweep.position.next), sweep.groups_listed, sweep.groups_read, sweep.groups_full,
             sweep.groups_new, sweep.started_at, sweep.finished_at);
  query.step();
  const std::int64_t id = query.integer();
  // Ids may have gaps: it is the number of rows that is kept.
  connection
      .query(
          "DELETE FROM sweep WHERE id < (SELECT min(id) FROM (SELECT id FROM sweep ORDER BY id DESC LIMIT $1) AS kept)")
      .bind(Store::kMaxSweeps)
      .run();
  return id;
}

void update_sweep(Connection& connection, const Sweep& sweep) {
  connection
      .query(
          "UPDATE sweep SET state = $1, reason = $2, type = $3, next_page = $4, groups_listed = $5, groups_read = $6,"
          " groups_full = $7, groups_new = $8, finished_at = $9 WHERE id = $10")
      .bind(name_of(sweep.state), name_of(sweep.reason), sweep.position.type, std::to_string(sweep.position.next),
            sweep.groups_listed, sweep.groups_read, sweep.groups_full, sweep.groups_new, sweep.finished_at, sweep.id)
      .run();
}

}  // namespace headroom::postgres
