#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "headroom/names.h"
#include "tests/storage/backend.h"

// Lists of groups, whatever is asked of them, against the same list made by hand.
namespace headroom::test {
namespace {

class GroupListsTest : public StorageTest {
 protected:
  GroupListsTest() {
    write([&](Transaction& s) {
      for (int i = 0; i < 150; ++i) {
        Group group = a_group(i);
        group.id = s.save_group(group);
        groups_.push_back(group);
      }
    });
  }

  Group a_group(int number) {
    const auto one_of = [&](int choices) { return std::uniform_int_distribution<int>(0, choices - 1)(dice_); };
    Group group;
    group.group_id = "@TGS#" + std::to_string(number) + (number % 3 == 0 ? "Ab" : "");
    group.state = static_cast<GroupState>(one_of(kGroupStates));
    if (group.state == GroupState::kBlocked) group.reason = static_cast<BlockReason>(1 + one_of(7));
    if (one_of(3) > 0) group.full_since = kNow + one_of(9);
    group.full_events = one_of(4) * (one_of(5) == 0 ? 100 : 1);
    group.name = one_of(2) == 0 ? "100%_of\\it" : "\xE7\xBE\xA4 aB";
    if (one_of(4) > 0) {
      group.member_count = 10 * one_of(5);
      group.max_member_count = 20 * one_of(3);
    }
    return group;
  }

  // The pages one after the other; none of them may be longer than asked.
  std::vector<std::string> listed(const GroupFilter& filter, int limit) {
    std::vector<std::string> ids;
    PageRequest request{limit};
    for (int pages = 0; pages < 1000; ++pages) {
      const auto page = storage().groups(filter, request);
      EXPECT_LE(page.items.size(), static_cast<std::size_t>(limit));
      for (const Group& group : page.items) ids.push_back(group.group_id);
      if (!page.next_before_id) return ids;
      request.before_id = page.next_before_id;
      request.rank = page.next_rank;
    }
    ADD_FAILURE() << "the pages have no end";
    return ids;
  }

  static std::optional<std::int64_t> rank_of(const Group& group, GroupSort sort) {
    if (sort == GroupSort::kMostRefused) return group.full_events;
    if (sort == GroupSort::kOldest) return group.full_since ? std::optional(-*group.full_since) : std::nullopt;
    if (!group.member_count || group.max_member_count.value_or(0) == 0) return std::nullopt;
    return *group.member_count * 1'000'000 / *group.max_member_count;
  }
  static bool is_shown(const Group& group, const GroupFilter& filter) {
    const auto has = [&](const std::string& text) {
      const auto same = [](char a, char b) {
        const auto folded = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
        return folded(a) == folded(b);
      };
      return std::search(text.begin(), text.end(), filter.search.begin(), filter.search.end(), same) != text.end() ||
             filter.search.empty();
    };
    const auto asked = [](auto word, const auto& words) {
      return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
    };
    const bool stale = !filter.full_since_until || (group.state == GroupState::kFull && group.full_since &&
                                                    *group.full_since <= *filter.full_since_until);
    return stale && asked(group.state, filter.states) && asked(group.reason, filter.reasons) &&
           (has(group.group_id) || has(group.name));
  }
  std::vector<std::string> expected(const GroupFilter& filter) const {
    std::vector<Group> found;
    std::copy_if(groups_.begin(), groups_.end(), std::back_inserter(found),
                 [&](const Group& group) { return is_shown(group, filter); });
    std::sort(found.begin(), found.end(), [&](const Group& a, const Group& b) {
      const auto ranks = std::pair(rank_of(a, filter.sort), rank_of(b, filter.sort));  // without one: the least
      const bool by_rank = filter.sort != GroupSort::kNewest;
      if (by_rank && ranks.first != ranks.second) return ranks.first > ranks.second;
      const bool oldest_first = filter.sort == GroupSort::kOldest && ranks.first;
      return oldest_first ? a.id < b.id : a.id > b.id;
    });
    std::vector<std::string> ids;
    for (const Group& group : found) ids.push_back(group.group_id);
    return ids;
  }
  void expect_listed(const GroupFilter& filter, const std::string& what) {
    const auto all = expected(filter);
    for (const int limit : {1, 7, 1000}) EXPECT_EQ(listed(filter, limit), all) << what << ", pages of " << limit;
  }

  std::mt19937 dice_{7};
  std::vector<Group> groups_;
};
HEADROOM_ALL_BACKENDS(GroupListsTest);

const std::vector<GroupSort> kSorts = {GroupSort::kNewest, GroupSort::kFullest, GroupSort::kOldest,
                                       GroupSort::kMostRefused};

TEST_P(GroupListsTest, AnyFilterInAnyOrder) {
  using States = std::vector<GroupState>;
  using Reasons = std::vector<BlockReason>;
  for (const GroupSort sort : kSorts) {
    for (const States& states :
         {States{}, States{GroupState::kFull}, States{GroupState::kBlocked, GroupState::kGone}}) {
      for (const Reasons& reasons : {Reasons{}, Reasons{BlockReason::kExempt, BlockReason::kNobodyRemovable}}) {
        for (const std::string search : {"", "aB", "1"}) {
          expect_listed({.states = states, .reasons = reasons, .search = search, .sort = sort},
                        std::string(name_of(sort)) + " '" + search + "'");
        }
      }
      expect_listed({.states = states, .full_since_until = kNow + 4, .sort = sort}, "stale");
      expect_listed({.states = states, .full_since_until = kNow + 4, .search = "ab", .sort = sort}, "stale, found");
    }
  }
}

TEST_P(GroupListsTest, ASearchIsNoPattern) {
  for (const std::string search : {"%", "_", "\\", "0%_O", "%_oF\\", "__", "*", "'", "\xE7\xBE\xA4", "@tgs#1"}) {
    expect_listed({.search = search}, search);
  }
  EXPECT_FALSE(expected({.search = "0%_O"}).empty());
  EXPECT_TRUE(expected({.search = "__"}).empty());
}

// Webhooks move no index each, and the list is still in order.
class MostRefused : public GroupListsTest {
 protected:
  void refuse(int times, TimeMs at) {
    write([&](Transaction& s) {
      for (int i = 0; i < times; ++i) {
        ++group_.full_events;
        group_.last_full_at = at;
        s.save_full_events(group_);
      }
    });
    EXPECT_EQ(storage().find_group(group_.group_id)->full_events, group_.full_events);
  }
  // Where the first of the list stands.
  std::int64_t rank() {
    const auto page = storage().groups({.sort = GroupSort::kMostRefused}, {1});
    EXPECT_EQ(page.items.at(0).group_id, group_.group_id);
    return page.next_rank.value_or(0);
  }
  Group group_ = groups_[0];
};

TEST_P(MostRefused, AnEventAMinuteMovesAGroupUpWithinAnEighth) {
  for (TimeMs at = kNow; group_.full_events < 1000; at += 60'000) {
    refuse(1, at);
    if (group_.full_events <= 400) continue;
    EXPECT_LE(rank(), group_.full_events);
    EXPECT_GE(rank() * 9, group_.full_events * 8);
  }
}

TEST_P(MostRefused, ManyInAMinuteMoveItOnce) {
  refuse(500, kNow);
  write([&](Transaction& s) { s.save_group(group_); });
  const std::int64_t looked_at = group_.full_events;
  EXPECT_EQ(rank(), looked_at);
  const TimeMs minute = kNow - kNow % 60'000 + 60'000;
  refuse(1000, minute);
  EXPECT_EQ(rank(), looked_at) << "its first was not an eighth more";
  refuse(1000, minute + 59'999);
  EXPECT_EQ(rank(), looked_at);
  refuse(1000, minute + 60'000);
  EXPECT_EQ(rank(), looked_at + 2001);
  write([&](Transaction& s) { s.save_group(group_); });
  EXPECT_EQ(rank(), group_.full_events) << "a look";
}

TEST_P(MostRefused, FewAreExact) {
  write([&](Transaction& s) {
    for (Group& group : groups_) {
      group.full_events = 0;
      s.save_group(group);
    }
  });
  group_ = groups_[0];
  for (std::int64_t events = 1; events < 8; ++events) {
    refuse(1, kNow);
    EXPECT_EQ(rank(), events);
  }
  refuse(1, kNow);
  EXPECT_EQ(rank(), 7);
}

HEADROOM_ALL_BACKENDS(MostRefused);

}  // namespace
}  // namespace headroom::test
