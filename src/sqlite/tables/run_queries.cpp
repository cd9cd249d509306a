#include "sqlite/tables/run_queries.h"

#include <algorithm>
#include <string>

#include "sqlite/tables/paging.h"
#include "stored/rows/run_row.h"

namespace headroom::sqlite {
namespace {

using stored::read_run;

const std::string kSelect = "SELECT " + stored::kRunColumns + " FROM run ";

// Far above what `scheduler.concurrency` lets run at once.
constexpr int kMaxRunning = 100000;

constexpr int kRunStates = static_cast<int>(RunState::kExpired) + 1;
const std::string kWindow = "id >= ?1 AND id <= ?2 AND +created_at >= ?3 AND +created_at < ?4";

bool is_asked(const RunFilter& filter, RunState state) {
  return std::find(filter.states.begin(), filter.states.end(), state) != filter.states.end();
}

std::optional<std::string> words_of(const std::vector<RunState>& states) {
  if (states.empty()) return std::nullopt;
  std::string words = " ";
  for (const RunState state : states) words.append(name_of(state)).append(" ");
  return words;
}

// The walks through the runs of each state, merged; those of states that nobody asks for are not begun.
std::string ids_of_states() {
  std::string sql;
  for (int i = 0; i < kRunStates; ++i) {
    sql.append(i == 0 ? "" : " UNION ALL ").append("SELECT id FROM run INDEXED BY run_state WHERE ?");
    sql.append(std::to_string(8 + i)).append(" AND state = '").append(name_of(static_cast<RunState>(i)));
    sql.append("' AND ").append(kWindow);
  }
  return sql + " ORDER BY id DESC LIMIT ?7";
}

}  // namespace

std::optional<Run> find_run(Connection& connection, std::int64_t id) {
  static const std::string kById = kSelect + "WHERE id = ?";
  Query query = connection.query(kById);
  if (!query.bind(id).step()) return std::nullopt;
  return read_run(query);
}

Page<Run> list_runs(Connection& connection, const RunFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "run_span", ids_before(page), filter.since, filter.until);
  // As for events: a walk by id, within what the spans say about the time. A group has few runs, a state may have many.
  const bool of_states = !filter.group_id && !filter.states.empty();
  Query query = connection.query(of_states ? kSelect + "WHERE id IN (" + ids_of_states() + ") ORDER BY id DESC"
                                           : kSelect + (filter.group_id ? "INDEXED BY run_group " : "") + "WHERE " +
                                                 kWindow + (filter.group_id ? " AND group_id = ?5" : "") +
                                                 " AND (?6 IS NULL OR instr(?6, ' ' || state || ' '))" +
                                                 " ORDER BY id DESC LIMIT ?7");
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1), filter.group_id,
             of_states ? std::nullopt : words_of(filter.states), listed(page.limit) + 1);
  if (of_states) {
    for (int i = 0; i < kRunStates; ++i) query.bind(is_asked(filter, static_cast<RunState>(i)));
  }
  return read_page<Run>(query, page, read_run<Query>);
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
  static const std::string kRunning = kSelect + "INDEXED BY run_state WHERE state = 'running' ORDER BY id LIMIT ?";
  Query query = connection.query(kRunning);
  query.bind(kMaxRunning);
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::vector<Run> waiting_runs(Connection& connection, int limit) {
  static const std::string kWaiting =
      kSelect +
      "INDEXED BY run_waiting WHERE state = 'awaiting_approval' AND created_at >= 0 ORDER BY created_at, id LIMIT ?";
  Query query = connection.query(kWaiting);
  query.bind(listed(limit));
  std::vector<Run> runs;
  while (query.step()) runs.push_back(read_run(query));
  return runs;
}

std::optional<Run> last_listing(Connection& connection, const std::string& group_id) {
  Query query = connection.query(kSelect + "INDEXED BY run_group WHERE group_id = ?" + stored::kListingToGoBy +
                                 " ORDER BY id DESC LIMIT 1");
  if (!query.bind(group_id).step()) return std::nullopt;
  return read_run(query);
}

std::int64_t insert_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "INSERT INTO run (group_id, \"trigger\", created_at, mode, state, reason, started_at, finished_at, confirmed_at,"
      " members_before, max_members, members_after, wanted, considered, eligible, selected, removed, restored, kept,"
      " kept_stored, policy, source_run_id, limited_by, evidence, raise_from, raise_to, raise_as, raise_sent_at,"
      " forced, waits_for)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.bind(run.group_id, name_of(run.trigger), run.created_at);
  stored::bind_run(query, run);
  query.run();
  return connection.last_id();
}

void update_run(Connection& connection, const Run& run) {
  Query query = connection.query(
      "UPDATE run SET mode = ?, state = ?, reason = ?, started_at = ?, finished_at = ?, confirmed_at = ?,"
      " members_before = ?, max_members = ?, members_after = ?, wanted = ?, considered = ?, eligible = ?, selected = ?,"
      " removed = ?, restored = ?, kept = ?, kept_stored = ?, policy = ?, source_run_id = ?, limited_by = ?,"
      " evidence = ?, raise_from = ?, raise_to = ?, raise_as = ?, raise_sent_at = ?, forced = ?, waits_for = ?"
      " WHERE id = ?");
  stored::bind_run(query, run);
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
