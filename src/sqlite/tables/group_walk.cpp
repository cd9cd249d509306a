#include "sqlite/tables/group_walk.h"

#include <optional>
#include <string>

#include "headroom/names.h"

namespace headroom::sqlite {
namespace {

using stored::WalkPart;

// Parameters of every walk. Those of states and reasons say whether the branch of that one is walked at all: so the
// text of a walk is fixed, however it is filtered.
//   ?1 pattern of the search   ?2 full_since at the most   ?3 reasons   ?4 rank   ?5 id   ?6 rows   ?7.. branches
constexpr int kFirstBranch = 7;
const std::string kShown =
    "(?1 IS NULL OR group_id LIKE ?1 ESCAPE '\\' OR name LIKE ?1 ESCAPE '\\')"
    " AND (?2 IS NULL OR full_since <= ?2) AND (?3 IS NULL OR instr(?3, ' ' || reason || ' '))";
const std::string kFullness = "member_count * 1000000000 / max_member_count";

// How the rows of one order are found. `rank` is an expression, which the index of each state has behind the state.
struct Order {
  std::string rank;
  std::string index;
  std::string of_index;  // what the index asks for, if it is partial
};

Order order_of(GroupSort sort) {
  switch (sort) {
    case GroupSort::kNewest:
      break;
    case GroupSort::kFullest:
      return {kFullness, "chat_group_fullest", " AND member_count IS NOT NULL"};
    case GroupSort::kOldest:
      return {"full_since", "chat_group_oldest", " AND state <> 'full'"};
    case GroupSort::kMostRefused:
      return {"full_events", "chat_group_refused", ""};
  }
  return {};
}

std::string branch(int number, const std::string& columns, const std::string& index, const std::string& where) {
  return "SELECT id, " + columns + " FROM chat_group INDEXED BY " + index + " WHERE ?" +
         std::to_string(kFirstBranch + number) + where;
}

// One walk through the groups of all states, merged from a walk through each.
template <typename Branch>
std::string merged(int branches, const std::string& order, Branch&& of) {
  std::string sql;
  for (int i = 0; i < branches; ++i) sql += (i == 0 ? "" : " UNION ALL ") + of(i);
  return sql + " ORDER BY " + order + " LIMIT ?6";
}

std::string by_id() {
  return "SELECT id, NULL, " + kShown + " FROM chat_group WHERE id < ?5 ORDER BY id DESC LIMIT ?6";
}

// Those whose `absent` is NULL; "NULL": all.
std::string by_state(const std::string& absent) {
  const std::string columns = "NULL, " + kShown + " AND " + absent + " IS NULL";
  return merged(kGroupStates, "id DESC", [&](int i) {
    const std::string state(name_of(static_cast<GroupState>(i)));
    return branch(i, columns, "chat_group_state", " AND state = '" + state + "' AND id < ?5");
  });
}

std::string by_reason() {
  return merged(stored::kBlockReasons, "id DESC", [&](int i) {
    const std::string reason(name_of(static_cast<BlockReason>(i + 1)));
    return branch(i, "NULL, " + kShown + " AND state = 'blocked'", "chat_group_reason",
                  " AND reason <> '' AND reason = '" + reason + "' AND id < ?5");
  });
}

std::string by_rank(GroupSort sort, WalkPart::Kind part) {
  const Order order = order_of(sort);
  const std::string side = stored::is_ascending(sort) ? ">" : "<";
  const std::string behind = part == WalkPart::Kind::kTies ? " AND " + order.rank + " = ?4 AND id " + side + " ?5"
                                                           : " AND " + order.rank + " " + side + " ?4";
  const std::string way = stored::is_ascending(sort) ? "" : " DESC";
  const std::string by = part == WalkPart::Kind::kTies ? "id" + way : "rank" + way + ", id" + way;
  return merged(kGroupStates, by, [&](int i) {
    const auto state = static_cast<GroupState>(i);
    // Full groups have an index by full_since of their own.
    const bool own = sort == GroupSort::kOldest && state == GroupState::kFull;
    return branch(i, order.rank + " AS rank, " + kShown, own ? "chat_group_full_since" : order.index,
                  " AND state = '" + std::string(name_of(state)) + "'" + (own ? "" : order.of_index) + behind);
  });
}

template <typename Word>
std::optional<std::string> words_of(const std::vector<Word>& words) {
  if (words.empty()) return std::nullopt;
  std::string text = " ";
  for (const Word word : words) text += std::string(name_of(word)) + " ";
  return text;
}

std::string text_of(const WalkPart& part, GroupSort sort) {
  switch (part.kind) {
    case WalkPart::Kind::kAll:
      return by_id();
    case WalkPart::Kind::kOfStates:
      return by_state("NULL");
    case WalkPart::Kind::kOfReasons:
      return by_reason();
    case WalkPart::Kind::kTies:
    case WalkPart::Kind::kBeyond:
      return by_rank(sort, part.kind);
    case WalkPart::Kind::kUnranked:
      return by_state(order_of(sort).rank);
  }
  return {};
}

}  // namespace

GroupWalk walk_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page,
                      std::int64_t look_at) {
  const auto open = [&](const WalkPart& part) {
    Query query = connection.query(text_of(part, filter.sort));
    query.bind(filter.search.empty() ? std::optional<std::string>() : stored::pattern_of(filter.search),
               filter.full_since_until, words_of(filter.reasons), part.behind.rank, part.behind.id, part.rows);
    if (part.kind == WalkPart::Kind::kAll) return query;
    if (part.kind == WalkPart::Kind::kOfReasons) {
      for (const bool walked : part.reasons) query.bind(walked);
    } else {
      for (const bool walked : part.states) query.bind(walked);
    }
    return query;
  };
  return stored::GroupWalker<Query>(filter, page.limit, look_at, open).walk(page);
}

}  // namespace headroom::sqlite
