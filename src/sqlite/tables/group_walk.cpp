#include "sqlite/tables/group_walk.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "headroom/names.h"
#include "sqlite/tables/paging.h"

namespace headroom::sqlite {
namespace {

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
  bool ascending = false;
};

Order order_of(GroupSort sort) {
  switch (sort) {
    case GroupSort::kNewest:
      break;
    case GroupSort::kFullest:
      return {kFullness, "chat_group_fullest", " AND member_count IS NOT NULL", false};
    case GroupSort::kOldest:
      return {"full_since", "chat_group_oldest", " AND state <> 'full'", true};
    case GroupSort::kMostRefused:
      return {"full_events", "chat_group_refused", "", false};
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

constexpr int kReasons = static_cast<int>(kLastBlockReason);
std::string by_reason() {
  return merged(kReasons, "id DESC", [&](int i) {
    const std::string reason(name_of(static_cast<BlockReason>(i + 1)));
    return branch(i, "NULL, " + kShown + " AND state = 'blocked'", "chat_group_reason",
                  " AND reason <> '' AND reason = '" + reason + "' AND id < ?5");
  });
}

enum class Part { kTies, kBeyond };  // the rest of those of the same rank as the last one; those behind

std::string by_rank(GroupSort sort, Part part) {
  const Order order = order_of(sort);
  const std::string side = order.ascending ? ">" : "<";
  const std::string behind = part == Part::kTies ? " AND " + order.rank + " = ?4 AND id " + side + " ?5"
                                                 : " AND " + order.rank + " " + side + " ?4";
  const std::string way = order.ascending ? "" : " DESC";
  const std::string by = part == Part::kTies ? "id" + way : "rank" + way + ", id" + way;
  return merged(kGroupStates, by, [&](int i) {
    const auto state = static_cast<GroupState>(i);
    // Full groups have an index by full_since of their own.
    const bool own = sort == GroupSort::kOldest && state == GroupState::kFull;
    return branch(i, order.rank + " AS rank, " + kShown, own ? "chat_group_full_since" : order.index,
                  " AND state = '" + std::string(name_of(state)) + "'" + (own ? "" : order.of_index) + behind);
  });
}

std::string pattern_of(const std::string& search) {
  std::string pattern = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

template <typename Word>
std::optional<std::string> words_of(const std::vector<Word>& words) {
  if (words.empty()) return std::nullopt;
  std::string text = " ";
  for (const Word word : words) text += std::string(name_of(word)) + " ";
  return text;
}

// The states whose groups can be shown at all.
std::array<bool, kGroupStates> walked_states(const GroupFilter& filter) {
  std::array<bool, kGroupStates> walked{};
  for (int i = 0; i < kGroupStates; ++i) {
    const auto state = static_cast<GroupState>(i);
    const bool asked =
        filter.states.empty() || std::find(filter.states.begin(), filter.states.end(), state) != filter.states.end();
    const bool stale = !filter.full_since_until || state == GroupState::kFull;
    const bool reason = filter.reasons.empty() || state == GroupState::kBlocked;
    walked[static_cast<std::size_t>(i)] = asked && stale && reason;
  }
  return walked;
}

class Walker {
 public:
  Walker(Connection& connection, const GroupFilter& filter, int limit, std::int64_t look_at)
      : connection_(connection),
        filter_(filter),
        walked_(walked_states(filter)),
        limit_(static_cast<std::size_t>(limit)),
        left_(look_at) {}

  void newest_first(std::int64_t before_id) {
    if (!filter_.reasons.empty()) {
      if (walked_[static_cast<std::size_t>(GroupState::kBlocked)]) take_reasons(before_id);
    } else if (std::all_of(walked_.begin(), walked_.end(), [](bool is) { return is; })) {
      Query query = connection_.query(by_id());
      take(query, {before_id, std::nullopt});
    } else {
      take_states(by_state("NULL"), {before_id, std::nullopt});
    }
  }

  void in_order(const PageRequest& page) {
    const Order order = order_of(filter_.sort);
    if (!page.before_id || page.rank) {
      constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
      constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
      const std::int64_t rank = page.rank.value_or(order.ascending ? kLeast : kMost);
      if (page.rank) take_states(by_rank(filter_.sort, Part::kTies), {*page.before_id, rank});
      take_states(by_rank(filter_.sort, Part::kBeyond), {0, rank});
    }
    if (filter_.sort == GroupSort::kMostRefused) return;  // every group has that number
    take_states(by_state(order.rank), {page.rank ? kMaxId : page.before_id.value_or(kMaxId), std::nullopt});
  }

  GroupWalk walk;
  static constexpr std::int64_t kMaxId = std::numeric_limits<std::int64_t>::max();

 private:
  void take_states(const std::string& sql, const GroupPlace& behind) {
    if (walk.next || over_) return;
    Query query = connection_.query(sql);
    take(query, behind, walked_);
  }
  void take_reasons(std::int64_t before_id) {
    std::array<bool, kReasons> asked{};
    for (const BlockReason reason : filter_.reasons) asked[static_cast<std::size_t>(reason) - 1] = true;
    Query query = connection_.query(by_reason());
    take(query, {before_id, std::nullopt}, asked);
  }

  template <typename Branches = std::array<bool, 0>>
  void take(Query& query, const GroupPlace& behind, const Branches& branches = {}) {
    query.bind(filter_.search.empty() ? std::optional<std::string>() : pattern_of(filter_.search),
               filter_.full_since_until, words_of(filter_.reasons), behind.rank, behind.id, left_ + 1);
    for (const bool walked : branches) query.bind(walked);
    while (query.step()) {
      if (walk.shown.size() == limit_ || left_ == 0) {
        walk.next = last_;
        return;
      }
      --left_;
      const std::int64_t id = query.integer();
      last_ = {id, query.optional_integer()};
      if (is_over()) return;
      if (query.boolean()) walk.shown.push_back(id);
    }
  }

  // Behind the last of the stale ones, the oldest first, there is none.
  bool is_over() {
    over_ = filter_.sort == GroupSort::kOldest && filter_.full_since_until && last_.rank > filter_.full_since_until;
    return over_;
  }

  Connection& connection_;
  const GroupFilter& filter_;
  const std::array<bool, kGroupStates> walked_;
  const std::size_t limit_;
  std::int64_t left_;  // to look at
  GroupPlace last_;    // that was looked at
  bool over_ = false;
};

}  // namespace

GroupWalk walk_groups(Connection& connection, const GroupFilter& filter, const PageRequest& page,
                      std::int64_t look_at) {
  Walker walker(connection, filter, listed(page.limit), look_at);
  if (filter.sort == GroupSort::kNewest) {
    walker.newest_first(page.before_id.value_or(Walker::kMaxId));
  } else {
    walker.in_order(page);
  }
  return std::move(walker.walk);
}

}  // namespace headroom::sqlite
