#include "sqlite/tables/sweep_queries.h"

#include "sqlite/tables/paging.h"
#include "stored/rows/sweep_row.h"

namespace headroom::sqlite {
namespace {

using stored::read_sweep;

const std::string kSelect = "SELECT " + stored::kSweepColumns + " FROM sweep ";

std::optional<Sweep> read_one(Query& query) {
  if (!query.step()) return std::nullopt;
  return read_sweep(query);
}

}  // namespace

std::optional<Sweep> find_sweep(Connection& connection, std::int64_t id) {
  Query query = connection.query(kSelect + "WHERE id = ?");
  return read_one(query.bind(id));
}

Page<Sweep> list_sweeps(Connection& connection, const PageRequest& page) {
  Query query = connection.query(kSelect + "WHERE id <= ? ORDER BY id DESC LIMIT ?");
  query.bind(ids_before(page).last, listed(page.limit) + 1);
  return read_page<Sweep>(query, page, read_sweep<Query>);
}

std::optional<Sweep> running_sweep(Connection& connection) {
  Query query = connection.query(kSelect + "INDEXED BY sweep_running WHERE state = 'running'");
  return read_one(query);
}

std::optional<Sweep> last_sweep(Connection& connection) {
  Query query = connection.query(kSelect + "INDEXED BY sweep_real WHERE dry_run = 0 ORDER BY id DESC LIMIT 1");
  return read_one(query);
}

std::int64_t insert_sweep(Connection& connection, const Sweep& sweep) {
  connection
      .query(
          "INSERT INTO sweep (state, reason, dry_run, type, next_page, groups_listed, groups_read, groups_full,"
          " groups_new, started_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(name_of(sweep.state), name_of(sweep.reason), sweep.dry_run, sweep.position.type,
            std::to_string(sweep.position.next), sweep.groups_listed, sweep.groups_read, sweep.groups_full,
            sweep.groups_new, sweep.started_at, sweep.finished_at)
      .run();
  const std::int64_t id = connection.last_id();
  connection.query("DELETE FROM sweep WHERE id <= ?").bind(id - Store::kMaxSweeps).run();
  return id;
}

void update_sweep(Connection& connection, const Sweep& sweep) {
  connection
      .query(
          "UPDATE sweep SET state = ?, reason = ?, type = ?, next_page = ?, groups_listed = ?, groups_read = ?,"
          " groups_full = ?, groups_new = ?, finished_at = ? WHERE id = ?")
      .bind(name_of(sweep.state), name_of(sweep.reason), sweep.position.type, std::to_string(sweep.position.next),
            sweep.groups_listed, sweep.groups_read, sweep.groups_full, sweep.groups_new, sweep.finished_at, sweep.id)
      .run();
}

}  // namespace headroom::sqlite
