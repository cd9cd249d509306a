#include "headroom/selection.h"

#include <gtest/gtest.h>

#include "tests/support/reason_words.h"

namespace headroom {
namespace {

Member member(const std::string& account, std::int64_t join, std::int64_t sent) {
  Member m;
  m.account = account;
  m.role = Role::kMember;
  m.join_time_s = join;
  m.last_sent_time_s = sent;
  m.msg_seq = 1;
  return m;
}

std::vector<std::string> accounts(const std::vector<RunMember>& rows) {
  std::vector<std::string> result;
  for (const auto& row : rows) result.push_back(row.account);
  return result;
}

TEST(Selection, TheRemovableShareJumpsWhenAboveHalfAndMoreThanThreeTimes) {
  struct Case {
    RemovableShare now, before;
    bool jumps;
  };
  const std::vector<Case> cases = {
      {{51, 100}, {16, 100}, true},
      {{51, 100}, {17, 100}, false},  // exactly three times
      {{90, 100}, {3, 10}, false},    // exactly three times, in other numbers
      {{91, 100}, {3, 10}, true},
      {{50, 100}, {1, 100}, false},  // half of the group, not above
      {{51, 100}, {0, 100}, true},   // three times nothing
      {{100, 100}, {34, 100}, false},
      {{3, 5}, {19, 100}, true},
      {{60, 100}, {0, 0}, false},  // nothing to compare with
      {{0, 0}, {10, 100}, false},
      {{0, 100}, {0, 100}, false},
      {{2000000000, 2000000000}, {1, 2000000000}, true},
  };
  for (const auto& [now, before, expected] : cases) {
    EXPECT_EQ(jumps(now, before), expected)
        << now.eligible << "/" << now.considered << " after " << before.eligible << "/" << before.considered;
  }
}

TEST(Selection, WantedSeatsRoundUpAndAreAtLeastOne) {
  EXPECT_EQ(wanted_seats(Share::percent(5), 200), 10);
  EXPECT_EQ(wanted_seats(Share::percent(5), 201), 11);
  EXPECT_EQ(wanted_seats(Share::percent(5), 3), 1);
  EXPECT_EQ(wanted_seats(Share::percent(100), 20), 20);
  EXPECT_EQ(wanted_seats(Share::count(7), 20), 7);
  EXPECT_EQ(wanted_seats(Share::count(0), 20), 1);
  EXPECT_EQ(wanted_seats(Share::count(99), 20), 20);
}

TEST(Selection, NeededCountsWhatIsOverTheCapacity) {
  EXPECT_EQ(needed_removals(10, 200, 200), 10);
  EXPECT_EQ(needed_removals(10, 205, 200), 15);
  EXPECT_EQ(needed_removals(10, 195, 200), 5);
  EXPECT_EQ(needed_removals(10, 150, 200), 0);
}

TEST(Selection, RunLimitIsTheSmallerOfCountAndShare) {
  Policy policy;
  EXPECT_EQ(run_limit(policy, 200), 20);
  EXPECT_EQ(run_limit(policy, 100000), 100);
  EXPECT_EQ(run_limit(policy, 19), 1);  // rounded down, at least one
  EXPECT_EQ(run_limit(policy, 5), 1);
  policy.max_removed_share = Share::percent(100);
  EXPECT_EQ(run_limit(policy, 50), 50);
}

TEST(Selection, DayLimitIsWhatBothDaysLeave) {
  Policy policy;
  EXPECT_EQ(day_limit(policy, {0, 0}), 200);
  EXPECT_EQ(day_limit(policy, {950, 10}), 50);
  EXPECT_EQ(day_limit(policy, {100, 195}), 5);
  EXPECT_EQ(day_limit(policy, {5000, 0}), 0);
  policy.max_removals_per_day = 0;
  EXPECT_EQ(day_limit(policy, {5000, 0}), 200);
  policy.max_removals_per_group_day = 0;
  EXPECT_EQ(day_limit(policy, {5000, 5000}), std::nullopt);
}

TEST(Selection, LeastRecentlyAliveFirstThenJoinTimeThenAccount) {
  Selection selection(10, 10, true);
  selection.offer(member("c", 10, 50));
  selection.offer(member("b", 20, 50));
  selection.offer(member("a", 20, 50));
  selection.offer(member("z", 5, 40));
  selection.offer(member("y", 41, 0));
  EXPECT_EQ(accounts(selection.take().selected), (std::vector<std::string>{"z", "y", "c", "a", "b"}));
}

TEST(Selection, TheRestIsCutByALimitOrNotNeeded) {
  for (const bool store : {true, false}) {
    Selection selection(2, 5, store);
    selection.keep(member("owner", 1, 0), Why::kOwner, std::nullopt);
    for (int i = 9; i >= 0; --i) selection.offer(member("u" + std::to_string(i), 100 + i, 0));
    EXPECT_EQ(selection.considered(), 11);
    EXPECT_EQ(selection.eligible(), 10);
    const auto result = selection.take();
    EXPECT_TRUE(result.cut);
    EXPECT_EQ(accounts(result.selected), (std::vector<std::string>{"u0", "u1"}));
    EXPECT_EQ(result.kept_counts.at(Why::kOverLimit), 3);
    EXPECT_EQ(result.kept_counts.at(Why::kNotNeeded), 5);
    EXPECT_EQ(result.kept_counts.at(Why::kOwner), 1);
    if (!store) {
      EXPECT_TRUE(result.kept.empty());
      continue;
    }
    // Who would have gone next comes first.
    EXPECT_EQ(accounts(result.kept),
              (std::vector<std::string>{"u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9", "owner"}));
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(result.kept[i].why, i < 3 ? Why::kOverLimit : Why::kNotNeeded) << i;
  }
}

TEST(Selection, WithoutALimitNobodyIsOverIt) {
  Selection selection(3, 3, true);
  for (int i = 0; i < 5; ++i) selection.offer(member("u" + std::to_string(i), 100 + i, 0));
  const auto enough = selection.take();
  EXPECT_FALSE(enough.cut);
  EXPECT_EQ(enough.kept_counts, (std::map<Why, std::int64_t>{{Why::kNotNeeded, 2}}));
  Selection few(3, 10, true);
  few.offer(member("u", 100, 0));
  EXPECT_FALSE(few.take().cut) << "all who could go do";
}

TEST(Selection, WhoComesTwiceWithDifferentValuesStays) {
  for (const bool store : {true, false}) {
    Selection selection(3, 3, store);
    for (const char* account : {"a", "b", "c", "d"}) selection.offer(member(account, 100, 0));
    selection.keep(member("late", 900, 0), Why::kActive, 5000);
    selection.contradict("a", Why::kInactive);
    selection.contradict("late", Why::kActive);
    EXPECT_EQ(selection.considered(), 5);
    EXPECT_EQ(selection.eligible(), 3);
    const auto result = selection.take();
    EXPECT_EQ(result.kept_counts.at(Why::kUnknownActivity), 2);
    EXPECT_FALSE(result.kept_counts.contains(Why::kActive));
    for (const RunMember& selected : result.selected) EXPECT_NE(selected.account, "a");
    std::int64_t all = std::ssize(result.selected);
    for (const auto& [why, count] : result.kept_counts) all += count;
    EXPECT_EQ(all, 5) << "everybody is somewhere";
    for (const RunMember& kept : result.kept) EXPECT_EQ(kept.why, Why::kUnknownActivity) << kept.account;
    EXPECT_EQ(result.kept.size(), store ? 2U : 0U);
  }
}

TEST(Selection, WhoIsContradictedLeavesThePlaceToTheNext) {
  Selection selection(2, 2, false);
  for (int i = 0; i < 300; ++i) selection.offer(member("u" + std::to_string(i), 1000 + i, 0));
  selection.contradict("u0", Why::kInactive);
  const auto result = selection.take();
  EXPECT_EQ(accounts(result.selected), (std::vector<std::string>{"u1", "u2"}));
  EXPECT_EQ(result.kept_counts.at(Why::kNotNeeded), 297);
  EXPECT_FALSE(result.cut);
}

TEST(Selection, TheSmallestLimitIsNamed) {
  Policy policy;
  policy.max_removals_per_run = 30;
  const auto of = [&](std::int64_t members, std::int64_t all, std::int64_t group) {
    const auto limit = smallest_limit(policy, members, {all, group});
    return std::pair(limit.most, limit.by);
  };
  EXPECT_EQ(of(1000, 0, 0), std::pair(std::int64_t{30}, LimitedBy::kRun));
  EXPECT_EQ(of(300, 0, 0), std::pair(std::int64_t{30}, LimitedBy::kRun)) << "the first of two that are alike";
  EXPECT_EQ(of(200, 0, 0), std::pair(std::int64_t{20}, LimitedBy::kShare));
  EXPECT_EQ(of(200, 990, 0), std::pair(std::int64_t{10}, LimitedBy::kDay));
  EXPECT_EQ(of(200, 990, 195), std::pair(std::int64_t{5}, LimitedBy::kGroupDay));
  EXPECT_EQ(of(200, 5000, 0), std::pair(std::int64_t{0}, LimitedBy::kDay));
  policy.max_removals_per_day = 0;
  policy.max_removals_per_group_day = 0;
  EXPECT_EQ(of(200, 5000, 5000), std::pair(std::int64_t{20}, LimitedBy::kShare));
}

TEST(Selection, ARepeatedRowCountsOnce) {
  Selection selection(5, 5, false);
  selection.offer(member("u", 1, 0));
  selection.offer(member("u", 1, 0));
  EXPECT_EQ(selection.considered(), 1);
  EXPECT_EQ(selection.take().selected.size(), 1U);
}

TEST(Selection, NobodyMayBeSelected) {
  Selection selection(0, 1, false);
  selection.offer(member("u", 1, 0));
  const auto result = selection.take();
  EXPECT_TRUE(result.selected.empty());
  EXPECT_TRUE(result.kept.empty());
  EXPECT_EQ(result.kept_counts.at(Why::kOverLimit), 1);
}

TEST(Selection, RemembersWhenTheFirstKeptMemberCouldGo) {
  Selection selection(1, 1, false);
  selection.keep(member("a", 1, 0), Why::kActive, 500);
  selection.keep(member("b", 1, 0), Why::kNewcomer, 300);
  selection.keep(member("c", 1, 0), Why::kOwner, std::nullopt);
  EXPECT_EQ(selection.take().first_removable_from, 300);
}

Reason verdict_of(const std::vector<Member>& rows, std::int64_t member_num, const Policy& policy = {}) {
  Plausibility plausibility(policy, member_num);
  for (const Member& row : rows) plausibility.see(row);
  return plausibility.verdict();
}

TEST(Plausibility, ARealGroupPasses) {
  EXPECT_EQ(verdict_of({member("a", 1, 5), member("b", 1, 0), member("c", 1, 0)}, 3), "");
}

TEST(Plausibility, FieldMissingInMoreThanHalf) {
  const auto without = [](const auto& remove, std::size_t missing, std::size_t of) {
    std::vector<Member> rows;
    for (std::size_t i = 0; i < of; ++i) {
      rows.push_back(member(std::to_string(i), 1, 5));
      if (i < missing) remove(rows.back());
    }
    return rows;
  };
  const auto no_sent = [](Member& m) { m.last_sent_time_s.reset(); };
  EXPECT_EQ(verdict_of(without(no_sent, 5, 10), 10), "");
  EXPECT_EQ(verdict_of(without(no_sent, 6, 10), 10), "field_missing");
  EXPECT_EQ(verdict_of(without([](Member& m) { m.join_time_s.reset(); }, 6, 10), 10), "field_missing");
  EXPECT_EQ(verdict_of(without([](Member& m) { m.role = Role::kAbsent; }, 6, 10), 10), "field_missing");
  EXPECT_EQ(verdict_of(without([](Member& m) { m.msg_seq.reset(); }, 6, 10), 10), "field_missing");
  Policy no_reader;
  no_reader.reader_backlog = 0;
  EXPECT_EQ(verdict_of(without([](Member& m) { m.msg_seq.reset(); }, 6, 10), 10, no_reader), "");
}

TEST(Plausibility, OnlineStatusMissingForMoreThanHalfOfTheAsked) {
  const auto with = [](int known, int unknown) {
    Plausibility plausibility(Policy{}, 1);
    plausibility.see(member("a", 1, 5));
    for (int i = 0; i < known; ++i) plausibility.see_presence(true);
    for (int i = 0; i < unknown; ++i) plausibility.see_presence(false);
    return plausibility;
  };
  EXPECT_EQ(with(0, 0).verdict(), "");
  EXPECT_EQ(with(5, 5).verdict(), "");
  EXPECT_EQ(with(5, 6).verdict(), "field_missing");
  EXPECT_EQ(with(0, 1).verdict(), "field_missing");
  EXPECT_FALSE(with(0, 999).hopeless());
  EXPECT_TRUE(with(0, 1000).hopeless());
}

TEST(Plausibility, ContradictionsAreMissingFields) {
  Plausibility plausibility(Policy{}, 2);
  plausibility.see(member("a", 1, 5));
  plausibility.see(member("b", 1, 5));
  plausibility.see_contradiction();
  EXPECT_EQ(plausibility.verdict(), "");
  plausibility.see_contradiction();
  EXPECT_EQ(plausibility.verdict(), "field_missing");
}

TEST(Plausibility, ListingIsHopelessAfterAThousandSuchRows) {
  Plausibility plausibility(Policy{}, 1000000);
  Member row = member("a", 1, 5);
  row.last_sent_time_s.reset();
  for (int i = 0; i < 999; ++i) plausibility.see(row);
  EXPECT_FALSE(plausibility.hopeless());
  plausibility.see(row);
  EXPECT_TRUE(plausibility.hopeless());
}

TEST(Plausibility, MembersMissing) {
  const auto rows = [](std::size_t n) { return std::vector<Member>(n, member("a", 1, 5)); };
  EXPECT_EQ(verdict_of(rows(95), 100), "");
  EXPECT_EQ(verdict_of(rows(94), 100), "members_missing");
  EXPECT_EQ(verdict_of(rows(8), 10), "");  // two short may be two that just left
  EXPECT_EQ(verdict_of(rows(7), 10), "members_missing");
}

TEST(Plausibility, NobodyWhoEverSpokeIsNoActivityData) {
  EXPECT_EQ(verdict_of({member("a", 100, 0), member("b", 100, 100), member("c", 100, 50)}, 3), "no_activity_data");
  Member owner = member("o", 100, 500);
  owner.role = Role::kOwner;
  EXPECT_EQ(verdict_of({owner, member("b", 100, 0)}, 2), "no_activity_data");
}

TEST(Plausibility, ChecksInTheContractsOrder) {
  Member bare = member("a", 1, 0);
  bare.last_sent_time_s.reset();
  EXPECT_EQ(verdict_of({bare}, 100), "field_missing");
  EXPECT_EQ(verdict_of({member("a", 1, 0)}, 100), "members_missing");
}

}  // namespace
}  // namespace headroom
