#include "sqlite/tables/run_queries.h"

#include "sqlite/tables/paging.h"
#include "sqlite/tables/run_json.h"

namespace headroom::sqlite {
namespace {

const std::string kSelect =
    "SELECT id, group_id, \"trigger\", mode, state, reason, created_at, started_at, finished_at, confirmed_at,"
    " members_before, max_members, members_after, wanted, considered, eligible, selected, removed, restored, kept,"
    " kept_stored, policy, source_run_id, limited_by, doubt_looks, doubt_ms FROM run ";

// Far above what `scheduler.concurrency` lets run at once.
constexpr int kMaxRunning = 100000;

Run read_run(Query& row) {
  Run run;
  run.id = row.integer();
  run.group_id = row.text();
  run.trigger = row.word<RunTrigger>();
  run.mode = row.word<RunMode>();
  run.state = row.word<RunState>();
  run.reason = row.word<Reason>();
  run.created_at = row.integer();
  run.started_at = row.optional_integer();
  run.finished_at = row.optional_integer();
  run.confirmed_at = row.optional_integer();
  run.members_before = row.optional_integer();
  run.max_members = row.optional_integer();
  run.members_after = row.optional_integer();
  run.wanted = row.integer();
  run.considered = row.integer();
  run.eligible = row.integer();
  run.selected = row.integer();
  run.removed = row.integer();
  run.restored = row.integer();
  run.kept = kept_from_json(row.text());
  run.kept_stored = row.boolean();
  run.policy = policy_from_json(row.text());
  run.source_run_id = row.optional_integer();
  run.limited_by = row.word<LimitedBy>();
  run.doubt_looks = row.optional_integer();
  run.doubt_for = row.integer();
  return run;
}

// Everything but id, group, trigger, created_at and doubt.
void bind_run(Query& query, const Run& run) {
  query.bind(name_of(run.mode), name_of(run.state), name_of(run.reason), run.started_at, run.finished_at,
             run.confirmed_at, run.members_before, run.max_members, run.members_after);
  query.bind(run.wanted, run.considered, run.eligible, run.selected, run.removed, run.restored, kept_to_json(run.kept),
             run.kept_stored, policy_to_json(run.policy), run.source_run_id, name_of(run.limited_by));
}

}  // namespace

std::optional<Run> find_run(Connection& connection, std::int64_t id) {
  Query query = connection.query(kSelect + "WHERE id = ?");
  if (!query.bind(id).step()) return std::nullopt;
  return read_run(query);
}

Page<Run> list_runs(Connection& connection, const RunFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "run_span", ids_before(page), filter.since, filter.until);
  // As for events: a walk by id, within what the spans say about the time. A group has few runs, a state may have many.
  std::string sql = kSelect +
                    (filter.group_id ? "INDEXED BY run_group "
                     : filter.state  ? "INDEXED BY run_state "
                                     : "") +
                    "WHERE id >= ? AND id <= ? AND +created_at >= ? AND +created_at < ?";
  if (filter.group_id) sql += " AND group_id = ?";
  if (filter.state) sql += filter.group_id ? " AND +state = ?" : " AND state = ?";
  sql += " ORDER BY id DESC LIMIT ?";
  Query query = connection.query(sql);
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1));
  if (filter.group_id) query.bind(*filter.group_id);
  if (filter.state) query.bind(name_of(*filter.state));
  query.bind(listed(page.limit) + 1);
  return read_page<Run>(query, page, read_run);
}

std::optional<Run> open_run(Connection& connection, const std::string& group_id) {
  static const std::string kOpen =
      kSelect + "INDEXED BY run_open WHERE group_id = ? AND state IN ('running', 'awaiting_approval')";
  Query query = connection.query(kOpen);
  if (!query.bind_kept(group_id).step()) return std::nullopt;
  return read_run(query);
}

std::set<std::string> groups_with_open_runs(Connection& connection, int limit) {
  Query query = connection.query(
      "SELECT group_id FROM run INDEXED BY run_open WHERE state IN ('running', 'awaiting_approval') LIMIT ?");
  query.bind(limit);
  std::set<std::string> groups;
  while (query.step()) groups.insert(query.text());
  return groups;
}

std::vector<Run> running_runs(Connection& connection) {
  Query query = connection.query(kSelect + "INDEXED BY run_state WHERE state = 'running' ORDER BY id LIMIT ?");
  query.bind(kMaxRunning);
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::vector<Run> waiting_runs(Connection& connection, int limit) {
  Query query = connection.query(
      kSelect +
      "INDEXED BY run_waiting WHERE state = 'awaiting_approval' AND created_at >= 0 ORDER BY created_at, id"
      " LIMIT ?");
  query.bind(listed(limit));
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::optional<Run> last_listing(Connection& connection, const std::string& group_id) {
  Query query = connection.query(kSelect +
                                 "INDEXED BY run_group WHERE group_id = ? AND considered > 0 AND mode <> 'restore'"
                                 " AND (eligible > 0 OR state <> 'failed')"
                                 " AND state NOT IN ('awaiting_approval', 'rejected', 'expired')"
                                 " ORDER BY id DESC LIMIT 1");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_run(query);
}

std::int64_t insert_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "INSERT INTO run (group_id, \"trigger\", created_at, mode, state, reason, started_at, finished_at, confirmed_at,"
      " members_before, max_members, members_after, wanted, considered, eligible, selected, removed, restored, kept,"
      " kept_stored, policy, source_run_id, limited_by)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
  query.bind(run.group_id, name_of(run.trigger), run.created_at);
  bind_run(query, run);
  query.step();
  const std::int64_t id = query.integer();
  query.run();
  return id;
}

void update_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "UPDATE run SET mode = ?, state = ?, reason = ?, started_at = ?, finished_at = ?, confirmed_at = ?,"
      " members_before = ?, max_members = ?, members_after = ?, wanted = ?, considered = ?, eligible = ?, selected = ?,"
      " removed = ?, restored = ?, kept = ?, kept_stored = ?, policy = ?, source_run_id = ?, limited_by = ?"
      " WHERE id = ?");
  bind_run(query, run);
  query.bind(run.id).run();
  if (connection.changes() != 1) {
    throw StorageError(StorageError::Kind::kOther, "run " + std::to_string(run.id) + " is not stored");
  }
}

void add_doubt(Connection& connection, std::int64_t run_id, std::int64_t vain_looks, DurationMs over) {
  connection.query("UPDATE run SET doubt_looks = coalesce(doubt_looks, 0) + ?, doubt_ms = doubt_ms + ? WHERE id = ?")
      .bind(vain_looks, over, run_id)
      .run();
}

}  // namespace headroom::sqlite
