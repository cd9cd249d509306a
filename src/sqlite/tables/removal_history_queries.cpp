#include "sqlite/tables/removal_history_queries.h"

#include <string>

#include "sqlite/tables/paging.h"
#include "stored/rows/removal_row.h"

namespace headroom::sqlite {
// As for events: a walk by id, within what the spans say about the time. Of an account and a group that of the account
// is walked: who was removed from many groups is rarer than a group that lost many.
Page<PastRemoval> list_removal_history(Connection& connection, const RemovalFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "removal_span", ids_before(page), filter.since, filter.until);
  std::string sql = "SELECT " + stored::kPastRemovalColumns + " FROM removal_history ";
  if (filter.account || filter.group_id) {
    sql += filter.account ? "INDEXED BY removal_history_account " : "INDEXED BY removal_history_group ";
  }
  sql += "WHERE id >= ?1 AND id <= ?2 AND +removed_at >= ?3 AND +removed_at < ?4";
  if (filter.account) sql += " AND account = ?5";
  if (filter.group_id) sql += filter.account ? " AND +group_id = ?6" : " AND group_id = ?6";
  Query query = connection.query(sql + " ORDER BY id DESC LIMIT ?7");
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1), filter.account,
             filter.group_id, listed(page.limit) + 1);
  return read_page<PastRemoval>(query, page, stored::read_past_removal<Query>);
}

}  // namespace headroom::sqlite
