#include "postgres/tables/group_list.h"

#include <algorithm>
#include <string>

#include "headroom/names.h"
#include "postgres/tables/group_walk.h"
#include "postgres/tables/paging.h"

namespace headroom::postgres {
namespace {

using stored::read_group;

Page<Group> list_stale(Connection& connection, TimeMs full_since_until, const PageRequest& page) {
  Query query = connection.query(kSelectGroup +
                                 "WHERE state = 'full' AND full_since <= $1 AND id <= $2 ORDER BY id DESC LIMIT $3");
  query.bind(full_since_until, ids_before(page).last, listed(page.limit) + 1);
  return read_page<Group>(query, page, read_group<Query>);
}

// Nothing is passed over: an index has these and no others.
Page<Group> list_of_state(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  const bool all = filter.states.empty();
  Query query =
      connection.query(kSelectGroup + "WHERE id <= $1" + (all ? "" : " AND state = $3") + " ORDER BY id DESC LIMIT $2");
  query.bind(ids_before(page).last, listed(page.limit) + 1);
  if (!all) query.bind(name_of(filter.states.front()));
  return read_page<Group>(query, page, read_group<Query>);
}

Page<Group> list_walked(Connection& connection, const GroupFilter& filter, const PageRequest& page) {
  const bool by_id = filter.sort == GroupSort::kNewest;
  const stored::GroupWalk walk =
      walk_groups(connection, filter, page, by_id ? stored::kLookedAtInIdOrder : stored::kLookedAtInOtherOrder);
  Page<Group> result;
  for (const std::int64_t id : walk.shown) {
    Query query = connection.query(kSelectGroup + "WHERE id = $1");
    if (query.bind(id).step()) result.items.push_back(read_group(query));
  }
  if (walk.next) {
    result.next_before_id = walk.next->id;
    result.next_rank = walk.next->rank;
  }
  stored::put_in_order(filter, result.items);
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

}  // namespace headroom::postgres
