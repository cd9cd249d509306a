#include "postgres/tables/removal_history_queries.h"

#include <string>

#include "postgres/tables/paging.h"
#include "stored/rows/removal_row.h"

namespace headroom::postgres {

// As for events: a walk by id, within what the spans say about the time.
Page<PastRemoval> list_removal_history(Connection& connection, const RemovalFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_between(connection, "removal_span", ids_before(page), filter.since, filter.until);
  int last = 4;
  const auto next = [&] { return "$" + std::to_string(++last); };
  std::string sql = "SELECT " + stored::kPastRemovalColumns +
                    " FROM removal_history WHERE id >= $1 AND id <= $2 AND removed_at >= $3 AND removed_at < $4";
  if (filter.account) sql += " AND account = " + next();
  if (filter.group_id) sql += " AND group_id = " + next();
  sql += " ORDER BY id DESC LIMIT " + next();
  Query query = connection.query(sql);
  query.bind(ids.first, ids.last, filter.since.value_or(0), filter.until.value_or(kMaxTimeMs + 1));
  if (filter.account) query.bind(*filter.account);
  if (filter.group_id) query.bind(*filter.group_id);
  query.bind(listed(page.limit) + 1);
  return read_page<PastRemoval>(query, page, stored::read_past_removal<Query>);
}

}  // namespace headroom::postgres
