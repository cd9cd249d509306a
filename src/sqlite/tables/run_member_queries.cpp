#include "sqlite/tables/run_member_queries.h"

#include "sqlite/tables/paging.h"
#include "sqlite/tables/tally_queries.h"
#include "stored/rows/run_member_row.h"

namespace headroom::sqlite {
namespace {

using stored::read_member;

const std::string kSelect = "SELECT " + stored::kMemberColumns + " FROM run_member ";

// The most that `policy.max_removals_per_run` allows.
constexpr int kMaxPlan = 100000;

[[noreturn]] void not_in_plan(std::int64_t run_id) {
  throw StorageError(StorageError::Kind::kOther, "run " + std::to_string(run_id) + " did not select this member");
}

// The day's removals of all groups may be many: they are tallied, and the oldest is looked up.
void read_sent(Connection& connection, TimeMs since, RemovalUsage& usage) {
  usage.sent = removals_after(connection, since);
  Query oldest = connection.query(
      "SELECT m.sent_at FROM run_member AS m INDEXED BY run_member_sent CROSS JOIN run AS r ON r.id = m.run_id"
      " WHERE m.sent_at > ? AND r.mode <> 'restore' ORDER BY m.sent_at LIMIT 1");
  if (oldest.bind(since).step()) usage.oldest_sent_at = oldest.integer();
}

// CROSS JOIN fixes the order: a group's runs are few.
void read_sent_in_group(Connection& connection, TimeMs since, const std::string& group_id, RemovalUsage& usage) {
  Query sent = connection.query(
      "SELECT count(*), min(m.sent_at) FROM run AS r INDEXED BY run_group"
      " CROSS JOIN run_member AS m INDEXED BY run_member_run_sent ON m.run_id = r.id"
      " WHERE m.sent_at > ? AND r.mode <> 'restore' AND r.group_id = ?");
  sent.bind(since, group_id).step();
  usage.sent = sent.integer();
  usage.oldest_sent_at = sent.optional_integer();
}

}  // namespace

Page<RunMember> list_run_members(Connection& connection, std::int64_t run_id, std::optional<Decision> decision,
                                 const PageRequest& page) {
  Query query = connection.query(kSelect + "INDEXED BY run_member_run WHERE run_id = ? AND id > ?" +
                                 (decision ? " AND decision = ?" : "") + " ORDER BY id LIMIT ?");
  query.bind(run_id, page.before_id.value_or(0));
  if (decision) query.bind(name_of(*decision));
  query.bind(listed(page.limit) + 1);
  return read_page<RunMember>(query, page, read_member<Query>);
}

std::vector<RunMember> plan(Connection& connection, std::int64_t run_id) {
  static const std::string kPlan =
      kSelect + "INDEXED BY run_member_run WHERE run_id = ? AND decision = 'remove' ORDER BY id LIMIT ?";
  Query query = connection.query(kPlan);
  query.bind(run_id, kMaxPlan);
  std::vector<RunMember> members;
  while (query.step()) members.push_back(read_member(query));
  return members;
}

RemovalUsage removal_usage(Connection& connection, TimeMs since, const std::optional<std::string>& group_id) {
  RemovalUsage usage;
  if (group_id) {
    read_sent_in_group(connection, since, *group_id, usage);
  } else {
    read_sent(connection, since, usage);
  }
  Query open =
      connection.query(std::string("SELECT count(*) FILTER (WHERE m.sent_at IS NULL),"
                                   " count(*) FILTER (WHERE m.sent_at > ?)"
                                   " FROM run AS r INDEXED BY run_reserving CROSS JOIN run_member AS m"
                                   " INDEXED BY run_member_run ON m.run_id = r.id WHERE r.state = 'running'"
                                   " AND r.reason <> 'closed'"
                                   " AND r.mode NOT IN ('plan', 'restore') AND m.decision = 'remove' AND m.outcome = ''"
                                   " AND r.doubt_looks IS NULL") +
                       (group_id ? " AND r.group_id = ?" : ""));
  if (group_id) {
    open.bind(since, *group_id);
  } else {
    open.bind(since);
  }
  open.step();
  usage.reserved = open.integer();
  usage.undecided = open.integer();
  return usage;
}

void insert_run_members(Connection& connection, std::int64_t run_id, const std::vector<RunMember>& members) {
  for (const RunMember& member : members) {
    // A listing that moved while it was read may name an account twice: the first row, the selected one, counts.
    Query query = connection.query(
        "INSERT INTO run_member (run_id, account, decision, why, joined_at_s, last_sent_at_s, outcome,"
        " error_code, sent_at, role, unread, presence, muted, first_seen_at, seen_again_at, judged_at, exempt,"
        " returned_at, restored_at, moved_at, first_offline)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, account) DO "
        "NOTHING");
    stored::bind_member(query, run_id, member);
    query.run();
  }
}

void shorten_plan(Connection& connection, std::int64_t run_id, std::int64_t limit) {
  connection
      .query(
          "UPDATE run_member SET decision = 'keep', why = 'over_limit' WHERE id IN"
          " (SELECT id FROM run_member INDEXED BY run_member_run WHERE run_id = ? AND decision = 'remove'"
          " AND outcome = '' AND sent_at IS NULL ORDER BY id LIMIT -1 OFFSET ?)")
      .bind(run_id, limit)
      .run();
}

void mark_sent(Connection& connection, std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) {
  for (const std::string& account : accounts) {
    connection.query("UPDATE run_member SET sent_at = ? WHERE run_id = ? AND account = ? AND decision = 'remove'")
        .bind(now, run_id, account)
        .run();
    if (connection.changes() != 1) not_in_plan(run_id);
  }
}

void unmark_sent(Connection& connection, std::int64_t run_id, const std::vector<std::string>& accounts) {
  for (const std::string& account : accounts) {
    connection.query("UPDATE run_member SET sent_at = NULL WHERE run_id = ? AND account = ? AND decision = 'remove'")
        .bind(run_id, account)
        .run();
    if (connection.changes() != 1) not_in_plan(run_id);
  }
}

void finish_member(Connection& connection, std::int64_t run_id, const std::string& account, Outcome outcome,
                   int error_code) {
  connection
      .query(
          "UPDATE run_member SET outcome = ?, error_code = ?"
          " WHERE run_id = ? AND account = ? AND decision = 'remove'")
      .bind(name_of(outcome), error_code, run_id, account)
      .run();
  if (connection.changes() != 1) not_in_plan(run_id);
}

int delete_kept_members_before(Connection& connection, TimeMs created_before, int limit) {
  const IdRange runs = ids_between(connection, "run_span", {}, std::nullopt, created_before);
  // By run, oldest first; `run_id <=` ends the walk before the runs that are too young.
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;
  {
    Query query = connection.query(
        "SELECT m.id, m.run_id FROM run_member AS m INDEXED BY run_member_kept CROSS JOIN run AS r ON r.id = m.run_id"
        " WHERE m.decision = 'keep' AND m.run_id <= ? AND r.created_at < ? ORDER BY m.run_id LIMIT ?");
    query.bind(runs.last, created_before, std::max(limit, 0));
    while (query.step()) {
      const std::int64_t id = query.integer();
      rows.emplace_back(id, query.integer());
    }
  }
  std::int64_t run_id = 0;
  for (const auto& [id, of_run] : rows) {
    connection.query("DELETE FROM run_member WHERE id = ?").bind(id).run();
    if (of_run == run_id) continue;
    run_id = of_run;
    connection.query("UPDATE run SET kept_stored = 0 WHERE id = ?").bind(run_id).run();
  }
  return static_cast<int>(rows.size());
}

}  // namespace headroom::sqlite
