#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headroom/group.h"
#include "headroom/read_view.h"
#include "stored/paging.h"

// A list of groups, whatever it is filtered by and in the order of: a walk that looks at a bounded number of them.
namespace headroom::stored {

// How many groups one page looks at, at most, before it ends short: along the index of what it is in the order of, and
// wherever else the rest of each row stands.
inline constexpr std::int64_t kLookedAtInIdOrder = 50000;
inline constexpr std::int64_t kLookedAtInOtherOrder = 5000;

// Where a walk stands: the id, and what the list is in the order of; absent where it has none of it.
struct GroupPlace {
  std::int64_t id = 0;
  std::optional<std::int64_t> rank;
};
struct GroupWalk {
  std::vector<std::int64_t> shown;  // ids, in order
  std::optional<GroupPlace> next;   // where the next page begins; absent: there is no more
};

inline constexpr int kBlockReasons = static_cast<int>(kLastBlockReason);
constexpr bool is_ascending(GroupSort sort) { return sort == GroupSort::kOldest; }

// One statement of a walk. Its rows: id, rank, and whether the filter shows the group.
struct WalkPart {
  enum class Kind {
    kAll,        // by id, of all groups
    kOfStates,   // by id, of some states
    kOfReasons,  // by id, of groups that are blocked for some reasons
    kTies,       // of some states: the rest of those of the same rank as the last one, by id
    kBeyond,     // of some states: those of a later rank
    kUnranked    // of some states: those without a rank, by id
  };
  Kind kind;
  std::array<bool, kGroupStates> states{};
  std::array<bool, kBlockReasons> reasons{};  // from the first reason that is one
  GroupPlace behind;
  std::int64_t rows = 0;  // at the most
};

// The states whose groups can be shown at all.
inline std::array<bool, kGroupStates> walked_states(const GroupFilter& filter) {
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

// The first `limit` groups that `filter` shows behind the page's place, of no more than `look_at` groups. Query: a
// bound query of a store, which `open` makes of each part.
template <typename Query>
class GroupWalker {
 public:
  using Open = std::function<Query(const WalkPart& part)>;
  GroupWalker(const GroupFilter& filter, int limit, std::int64_t look_at, Open open)
      : filter_(filter),
        open_(std::move(open)),
        walked_(walked_states(filter)),
        limit_(static_cast<std::size_t>(listed(limit))),
        left_(look_at) {}

  GroupWalk walk(const PageRequest& page) {
    if (filter_.sort == GroupSort::kNewest) {
      newest_first(page.before_id.value_or(kMaxId));
    } else {
      in_order(page);
    }
    return std::move(walk_);
  }

 private:
  using Kind = WalkPart::Kind;
  static constexpr std::int64_t kMaxId = std::numeric_limits<std::int64_t>::max();

  void newest_first(std::int64_t before_id) {
    if (!filter_.reasons.empty()) {
      if (walked_[static_cast<std::size_t>(GroupState::kBlocked)]) take(Kind::kOfReasons, {before_id, std::nullopt});
    } else if (std::all_of(walked_.begin(), walked_.end(), [](bool is) { return is; })) {
      take(Kind::kAll, {before_id, std::nullopt});
    } else {
      take(Kind::kOfStates, {before_id, std::nullopt});
    }
  }

  void in_order(const PageRequest& page) {
    if (!page.before_id || page.rank) {
      constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
      constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
      const std::int64_t rank = page.rank.value_or(is_ascending(filter_.sort) ? kLeast : kMost);
      if (page.rank) take(Kind::kTies, {*page.before_id, rank});
      take(Kind::kBeyond, {0, rank});
    }
    if (filter_.sort == GroupSort::kMostRefused) return;  // every group has that number
    take(Kind::kUnranked, {page.rank ? kMaxId : page.before_id.value_or(kMaxId), std::nullopt});
  }

  void take(Kind kind, const GroupPlace& behind) {
    if (walk_.next || over_) return;
    WalkPart part{kind, walked_, {}, behind, left_ + 1};
    for (const BlockReason reason : filter_.reasons) part.reasons[static_cast<std::size_t>(reason) - 1] = true;
    Query query = open_(part);
    while (query.step()) {
      if (walk_.shown.size() == limit_ || left_ == 0) {
        walk_.next = last_;
        return;
      }
      --left_;
      const std::int64_t id = query.integer();
      last_ = {id, query.optional_integer()};
      if (is_over()) return;
      if (query.boolean()) walk_.shown.push_back(id);
    }
  }

  // Behind the last of the stale ones, the oldest first, there is none.
  bool is_over() {
    over_ = filter_.sort == GroupSort::kOldest && filter_.full_since_until && last_.rank > filter_.full_since_until;
    return over_;
  }

  const GroupFilter& filter_;
  const Open open_;
  const std::array<bool, kGroupStates> walked_;
  const std::size_t limit_;
  std::int64_t left_;  // to look at
  GroupPlace last_;    // that was looked at
  bool over_ = false;
  GroupWalk walk_;
};

// Within a page: the index of the most refused ones is a little behind.
inline void put_in_order(const GroupFilter& filter, std::vector<Group>& groups) {
  if (filter.sort != GroupSort::kMostRefused) return;
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.full_events > b.full_events; });
}

// A search for LIKE, whose wildcards it takes for themselves.
inline std::string pattern_of(const std::string& search) {
  std::string pattern = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace headroom::stored
