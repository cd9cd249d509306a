#include "postgres/tables/removal_queries.h"

#include "stored/rows/removal_row.h"
#include "stored/run_json.h"

namespace headroom::postgres {

std::map<std::string, Removal> removals(Connection& connection, const std::string& group_id,
                                        const std::vector<std::string>& accounts) {
  std::map<std::string, Removal> found;
  for (const std::string& account : accounts) {
    Query query = connection.query("SELECT " + stored::kRemovalColumns +
                                   " FROM removal"
                                   " WHERE group_id = $1 AND account = $2");
    if (!query.bind(group_id, account).step()) continue;
    found.emplace(account, stored::read_removal(query));
  }
  return found;
}

std::map<std::string, TimeMs> rejoined(Connection& connection, const std::string& group_id, int limit) {
  Query query = connection.query(
      "SELECT account, rejoined_at FROM removal "
      " WHERE group_id = $1 AND rejoined_at IS NOT NULL LIMIT $2");
  query.bind(group_id, limit);
  std::map<std::string, TimeMs> found;
  while (query.step()) {
    std::string account = query.text();
    found.emplace(std::move(account), query.integer());
  }
  return found;
}

std::int64_t note_rejoined(Connection& connection, const std::string& group_id,
                           const std::vector<std::string>& accounts, TimeMs now) {
  std::int64_t news = 0;
  for (const std::string& account : accounts) {
    connection
        .query(
            "UPDATE removal SET rejoined_at = $1 WHERE group_id = $2 AND account = $3"
            " AND rejoined_at IS NULL AND restored_at IS NULL")
        .bind(now, group_id, account)
        .run();
    news += connection.changes();
  }
  note_back(connection, group_id, accounts, now);
  return news;
}

void note_back(Connection& connection, const std::string& group_id, const std::vector<std::string>& accounts,
               TimeMs now) {
  for (const std::string& account : accounts) {
    connection.query("UPDATE removal SET back_at = $1 WHERE group_id = $2 AND account = $3 AND back_at IS NULL")
        .bind(now, group_id, account)
        .run();
  }
}

std::vector<PolicyOutcome> policy_outcomes(Connection& connection, int limit) {
  Query query = connection.query(
      "SELECT policy, removed, rejoined FROM policy_outcome "
      " WHERE last_run_id > 0 ORDER BY last_run_id DESC LIMIT $1");
  query.bind(limit);
  std::vector<PolicyOutcome> outcomes;
  while (query.step()) {
    PolicyOutcome outcome;
    outcome.policy = stored::policy_from_json(query.text());
    outcome.removed = query.integer();
    outcome.rejoined = query.integer();
    outcomes.push_back(outcome);
  }
  return outcomes;
}

}  // namespace headroom::postgres
