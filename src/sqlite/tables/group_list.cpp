#include "sqlite/tables/group_list.h"

#include <algorithm>
#include <string>

#include "sqlite/tables/group_walk.h"
#include "sqlite/tables/paging.h"
#include "sqlite/tables/tally_queries.h"

namespace headroom::sqlite {
namespace {

// Few among the full groups are sorted by id; of many, a walk by id soon meets enough. Sorting costs their number, the
// walk the number of full groups that stand between two of them.
bool few(std::int64_t stale, std::int64_t full) { return stale * stale < 100 * full; }

Page<Group> list_stale(Connection& connection, TimeMs full_since_until, const PageRequest& page) {
  const std::string stale = "FROM chat_group INDEXED BY chat_group_full_since WHERE state = 'full' AND full_since <= ?";
  const bool sorted = few(full_until(connection, full_since_until), tallied(connection, "full"));
  const IdRange ids = ids_before(page);
  const std::string sql =
      sorted
          ? kSelectGroup + "WHERE id IN (SELECT id " + stale + " AND id <= ? ORDER BY id DESC LIMIT ?) ORDER BY id DESC"
          : kSelectGroup +
                "INDEXED BY chat_group_state WHERE state = 'full' AND full_since <= ? AND id <= ?"
                " ORDER BY id DESC LIMIT ?";
  Query query = connection.query(sql);
  query.bind(full_since_until, ids.last, listed(page.limit) + 1);
  return read_page<Group>(query, page, read_group<Query>);
}

// Nothing is passed over: an index has these and no others.
Page<Group> list_of_state(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  const IdRange ids = ids_before(page);
  Query query =
      filter.states.empty()
          ? connection.query(kSelectGroup + "WHERE id <= ? ORDER BY id DESC LIMIT ?")
          : connection.query(kSelectGroup +
                             "INDEXED BY chat_group_state WHERE id <= ? AND state = ? ORDER BY id DESC LIMIT ?");
  query.bind(ids.last);
  if (!filter.states.empty()) query.bind(name_of(filter.states.front()));
  query.bind(listed(page.limit) + 1);
  return read_page<Group>(query, page, read_group<Query>);
}

Page<Group> list_walked(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  const bool by_id = filter.sort == GroupSort::kNewest;
  const GroupWalk walk = walk_groups(connection, filter, page, by_id ? kLookedAtInIdOrder : kLookedAtInOtherOrder);
  Page<Group> result;
  for (const std::int64_t id : walk.shown) {
    Query query = connection.query(kSelectGroup + "WHERE id = ?");
    if (query.bind(id).step()) result.items.push_back(read_group(query));
  }
  if (walk.next) {
    result.next_before_id = walk.next->id;
    result.next_rank = walk.next->rank;
  }
  return result;
}

bool is_stale_alone(const GroupFilter& filter) {
  const bool can_be_full = filter.states.empty() || std::find(filter.states.begin(), filter.states.end(),
                                                              GroupState::kFull) != filter.states.end();
  return filter.full_since_until && can_be_full;
}

}  // namespace

Page<Group> list_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  if (filter.search.empty() && filter.reasons.empty() && filter.sort == GroupSort::kNewest) {
    if (is_stale_alone(filter)) return list_stale(connection, *filter.full_since_until, page);
    if (!filter.full_since_until && filter.states.size() <= 1) return list_of_state(connection, filter, page);
  }
  return list_walked(connection, filter, page);
}

}  // namespace headroom::sqlite
