#include "postgres/tables/group_walk.h"

#include <optional>
#include <string>
#include <vector>

#include "headroom/names.h"

namespace headroom::postgres {
namespace {

using stored::WalkPart;
using Kind = WalkPart::Kind;

// Parameters of every walk; what the place asks for comes behind them.
//   $1 pattern of the search   $2 full_since at the most   $3 reasons   $4 rows
const std::string kShown =
    "($1::text IS NULL OR group_id ILIKE $1::text ESCAPE '\\' OR name ILIKE $1::text ESCAPE '\\')"
    " AND ($2::bigint IS NULL OR full_since <= $2::bigint)"
    " AND ($3::text IS NULL OR position(' ' || reason || ' ' IN $3::text) > 0)";

// How the rows of one order are found. `rank` is an expression, which the index of each state has behind the state.
struct Order {
  std::string rank;
  std::string of_index;  // what the index asks for, if it is partial
};

Order order_of(GroupSort sort) {
  switch (sort) {
    case GroupSort::kNewest:
      break;
    case GroupSort::kFullest:
      return {"(member_count * 1000000000 / nullif(max_member_count, 0))", " AND member_count IS NOT NULL"};
    case GroupSort::kOldest:
      return {"full_since", " AND state <> 'full'"};
    case GroupSort::kMostRefused:
      return {"full_events", ""};
  }
  return {};
}

std::string quoted(std::string_view word) { return "'" + std::string(word) + "'"; }

// One walk merged from a walk through each of those that are asked for, of which there may be none. Each has its own
// order and its own end: without them the server reads all rows of all, and sorts them.
template <typename Asked, typename Branch>
std::string merged(const Asked& asked, const std::string& order, Branch&& of) {
  const std::string end = " ORDER BY " + order + " LIMIT $4";
  std::vector<std::string> walks;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i]) walks.push_back(of(static_cast<int>(i)) + end);
  }
  if (walks.empty()) return of(0) + " AND false" + end;
  if (walks.size() == 1) return walks.front();
  std::string sql;
  for (const std::string& walk : walks) sql += (sql.empty() ? "(" : " UNION ALL (") + walk + ")";
  return sql + end;
}

std::string branch(const std::string& rank, const std::string& shown, const std::string& where) {
  return "SELECT id, " + rank + " AS rank, " + shown + " FROM chat_group WHERE " + where;
}

// Those whose `absent` is NULL; "NULL": all. $5: behind that id.
std::string by_state(const WalkPart& part, const std::string& absent) {
  return merged(part.states, "id DESC", [&](int i) {
    return branch("NULL::bigint", kShown + " AND " + absent + " IS NULL",
                  "state = " + quoted(name_of(static_cast<GroupState>(i))) + " AND id < $5");
  });
}

std::string by_reason(const WalkPart& part) {
  return merged(part.reasons, "id DESC", [&](int i) {
    return branch("NULL::bigint", kShown + " AND state = 'blocked'",
                  "reason <> '' AND reason = " + quoted(name_of(static_cast<BlockReason>(i + 1))) + " AND id < $5");
  });
}

// $5: the rank of the place; $6, of ties: its id.
std::string by_rank(const WalkPart& part, GroupSort sort) {
  const Order order = order_of(sort);
  const std::string side = stored::is_ascending(sort) ? " > " : " < ";
  const std::string way = stored::is_ascending(sort) ? "" : " DESC";
  const bool ties = part.kind == Kind::kTies;
  const std::string behind = ties ? order.rank + " = $5 AND id" + side + "$6" : order.rank + side + "$5";
  return merged(part.states, ties ? "id" + way : "rank" + way + ", id" + way, [&](int i) {
    const auto state = static_cast<GroupState>(i);
    // Full groups have an index by full_since of their own.
    const bool own = sort == GroupSort::kOldest && state == GroupState::kFull;
    return branch(order.rank, kShown,
                  "state = " + quoted(name_of(state)) + (own ? "" : order.of_index) + " AND " + behind);
  });
}

std::string text_of(const WalkPart& part, GroupSort sort) {
  switch (part.kind) {
    case Kind::kAll:
      return branch("NULL::bigint", kShown, "id < $5") + " ORDER BY id DESC LIMIT $4";
    case Kind::kOfStates:
      return by_state(part, "NULL");
    case Kind::kOfReasons:
      return by_reason(part);
    case Kind::kTies:
    case Kind::kBeyond:
      return by_rank(part, sort);
    case Kind::kUnranked:
      return by_state(part, order_of(sort).rank);
  }
  return {};
}

std::optional<std::string> words_of(const std::vector<BlockReason>& reasons) {
  if (reasons.empty()) return std::nullopt;
  std::string text = " ";
  for (const BlockReason reason : reasons) text += std::string(name_of(reason)) + " ";
  return text;
}

}  // namespace

stored::GroupWalk walk_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page,
                              std::int64_t look_at) {
  const auto open = [&](const WalkPart& part) {
    Query query = connection.query(text_of(part, filter.sort));
    query.bind(filter.search.empty() ? std::optional<std::string>() : stored::pattern_of(filter.search),
               filter.full_since_until, words_of(filter.reasons), part.rows);
    if (part.kind == Kind::kTies || part.kind == Kind::kBeyond) query.bind(part.behind.rank);
    if (part.kind != Kind::kBeyond) query.bind(part.behind.id);
    return query;
  };
  return stored::GroupWalker<Query>(filter, page.limit, look_at, open).walk(page);
}

}  // namespace headroom::postgres
