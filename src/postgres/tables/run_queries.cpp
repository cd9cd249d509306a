#include "postgres/tables/run_queries.h"

#include <string>
#include <vector>

#include "postgres/tables/paging.h"
#include "stored/rows/run_row.h"

namespace headroom::postgres {
namespace {

using stored::read_run;

const std::string kSelect = "SELECT " + stored::kRunColumns + " FROM run ";

// Far above what `scheduler.concurrency` lets run at once.
constexpr int kMaxRunning = 100000;

const std::string kWindow = "id >= $1 AND id <= $2 AND created_at >= $3 AND created_at < $4";

std::string quoted(RunState state) { return "'" + std::string(name_of(state)) + "'"; }

// A walk through the runs of each state that is asked for, merged.
std::string ids_of_states(const std::vector<RunState>& states) {
  std::string sql;
  for (const RunState state : states) {
    sql.append(sql.empty() ? "(" : " UNION (").append("SELECT id FROM run WHERE state = ").append(quoted(state));
    sql.append(" AND ").append(kWindow).append(" ORDER BY id DESC LIMIT $5)");
  }
  return sql;
}

// As for events: a walk by id, within what the spans say about the time. A group has few runs, a state may have many.
std::string list_of(const RunFilter& filter) {
  if (!filter.group_id && !filter.states.empty()) {
    return kSelect + "WHERE id IN (" + ids_of_states(filter.states) + ") ORDER BY id DESC LIMIT $5";
  }
  std::string sql = kSelect + "WHERE " + kWindow;
  if (filter.group_id) sql += " AND group_id = $6";
  for (std::size_t i = 0; i < filter.states.size(); ++i) {
    sql.append(i == 0 ? " AND state IN (" : ", ").append(quoted(filter.states[i]));
  }
  return sql + (filter.states.empty() ? "" : ")") + " ORDER BY id DESC LIMIT $5";
}

}  // namespace

std::optional<Run> find_run(Connection& connection, std::int64_t id) {
  Query query = connection.query(kSelect + "WHERE id = $1");
  if (!query.bind(id).step()) return std::nullopt;
  return read_run(query);
}

void lock_run(Connection& connection, std::int64_t id) {
  connection.query("SELECT 1 FROM run WHERE id = $1 FOR UPDATE").bind(id).step();
}

void lock_open_run(Connection& connection, const std::string& group_id) {
  connection.query("SELECT 1 FROM run WHERE group_id = $1 AND state IN ('running', 'awaiting_approval') FOR UPDATE")
      .bind(group_id)
      .step();
}

Page<Run> list_runs(Connection& connection, const RunFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "run_span", ids_before(page), filter.since, filter.until);
  Query query = connection.query(list_of(filter));
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1),
             listed(page.limit) + 1);
  if (filter.group_id) query.bind(*filter.group_id);
  return read_page<Run>(query, page, read_run<Query>);
}

std::optional<Run> open_run(Connection& connection, const std::string& group_id) {
  static const std::string kOpen = kSelect + "WHERE group_id = $1 AND state IN ('running', 'awaiting_approval')";
  Query query = connection.query(kOpen);
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_run(query);
}

std::vector<Run> running_runs(Connection& connection) {
  Query query = connection.query(kSelect + "WHERE state = 'running' ORDER BY id LIMIT $1");
  query.bind(kMaxRunning);
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::vector<Run> waiting_runs(Connection& connection, int limit) {
  Query query = connection.query(kSelect +
                                 "WHERE state = 'awaiting_approval' AND created_at >= 0 ORDER BY created_at, id"
                                 " LIMIT $1");
  query.bind(listed(limit));
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::optional<Run> last_listing(Connection& connection, const std::string& group_id) {
  Query query =
      connection.query(kSelect + "WHERE group_id = $1" + stored::kListingToGoBy + " ORDER BY id DESC LIMIT 1");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_run(query);
}

std::int64_t insert_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "INSERT INTO run (group_id, \"trigger\", created_at, mode, state, reason, started_at, finished_at, confirmed_at,"
      " members_before, max_members, members_after, wanted, considered, eligible, selected, removed, restored, kept,"
      " kept_stored, policy, source_run_id, limited_by, evidence, raise_from, raise_to, raise_as, raise_sent_at,"
      " forced, waits_for)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, "
      "$23, $24, $25, $26, $27, $28, $29, $30) RETURNING "
      "id");
  query.bind(run.group_id, name_of(run.trigger), run.created_at);
  stored::bind_run(query, run);
  query.step();
  const std::int64_t id = query.integer();
  query.run();
  return id;
}

void update_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "UPDATE run SET mode = $1, state = $2, reason = $3, started_at = $4, finished_at = $5, confirmed_at = $6,"
      " members_before = $7, max_members = $8, members_after = $9, wanted = $10, considered = $11, eligible = $12, "
      "selected = $13,"
      " removed = $14, restored = $15, kept = $16, kept_stored = $17, policy = $18, source_run_id = $19, limited_by = "
      "$20,"
      " evidence = $21, raise_from = $22, raise_to = $23, raise_as = $24, raise_sent_at = $25, forced = $26, waits_for "
      "= $27"
      " WHERE id = $28");
  stored::bind_run(query, run);
  query.bind(run.id).run();
  if (connection.changes() != 1) {
    throw StorageError(StorageError::Kind::kOther, "run " + std::to_string(run.id) + " is not stored");
  }
}

void add_doubt(Connection& connection, std::int64_t run_id, std::int64_t vain_looks, DurationMs over) {
  connection.query("UPDATE run SET doubt_looks = coalesce(doubt_looks, 0) + $1, doubt_ms = doubt_ms + $2 WHERE id = $3")
      .bind(vain_looks, over, run_id)
      .run();
}

}  // namespace headroom::postgres
