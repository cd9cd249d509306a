#include "headroom/loosening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Loosening, SaysWhatMayBeBlockedNoMore) {
  struct Row {
    std::function<void(Policy&)> change;
    std::set<BlockReason> reasons;
  };
  const Policy from;
  const std::set<BlockReason> nobody = {BlockReason::kNobodyRemovable};
  const std::set<BlockReason> limit = {BlockReason::kDailyLimit};
  for (const Row& row : std::initializer_list<Row>{
           {[](Policy& p) { p.max_removals_per_day += 1; }, limit},
           {[](Policy& p) { p.max_removals_per_day = 0; }, limit},
           {[](Policy& p) { p.max_removals_per_group_day += 1; }, limit},
           {[](Policy& p) { p.max_removals_per_group_day = 0; }, limit},
           {[](Policy& p) { p.inactive_for -= 1; }, nobody},
           {[](Policy& p) { p.newcomer_grace -= 1; }, nobody},
           {[](Policy& p) { p.reader_backlog -= 1; }, nobody},
           {[](Policy& p) { p.reader_backlog = 0; }, {BlockReason::kNobodyRemovable, BlockReason::kImplausibleData}},
           {[](Policy& p) { p.protect_online = false; },
            {BlockReason::kNobodyRemovable, BlockReason::kImplausibleData}},
           {[](Policy& p) { p.min_capacity -= 1; }, {BlockReason::kTooSmall}},
       }) {
    Policy to = from;
    row.change(to);
    EXPECT_EQ(loosened(from, to), row.reasons);
    EXPECT_THAT(loosened(to, from), IsEmpty()) << "the other way round";
  }
  EXPECT_THAT(loosened(from, from), IsEmpty());
}

// Who was seen reading is kept as a reader by the second look alone, and of whom it asks something that Chat does not
// say nothing is known.
TEST(Loosening, ASecondLookThatIsSwitchedOffLetsGoWhomItKept) {
  const std::set<BlockReason> freed = {BlockReason::kNobodyRemovable, BlockReason::kImplausibleData};
  for (const std::int64_t backlog : {0, 100}) {
    for (const bool online : {true, false}) {
      Policy from;
      from.reader_backlog = backlog;
      from.protect_online = online;
      from.second_look = kDayMs;
      Policy to = from;
      to.second_look = kHourMs;
      EXPECT_THAT(loosened(from, to), IsEmpty()) << "who waits for a look is in no blocked group";
      to.second_look = 0;
      EXPECT_EQ(loosened(from, to), freed) << backlog << online;
      EXPECT_THAT(loosened(to, from), IsEmpty()) << backlog << online;
    }
  }
}

// Each key, both ways: what frees nobody and lifts no limit makes nothing due.
TEST(Loosening, OfKeysThatSayHowManyAndHowNothingIsLoosened) {
  const std::function<void(Policy&)> changes[] = {
      [](Policy& p) { p.target_headroom = Share::count(1); },
      [](Policy& p) { p.max_removals_per_run += 1; },
      [](Policy& p) { p.max_removed_share = Share::percent(20); },
      [](Policy& p) { p.silence = false; },
      [](Policy& p) { p.reason = "idle"; },
      [](Policy& p) { p.first_share = Share::percent(50); },
  };
  for (const auto& change : changes) {
    const Policy from;
    Policy to;
    change(to);
    EXPECT_THAT(loosened(from, to), IsEmpty());
    EXPECT_THAT(loosened(to, from), IsEmpty());
  }
}

// Whoever a rule may let go is in a group that nobody could be removed from.
TEST(Loosening, WhatEasesARuleFreesGroups) {
  const std::function<void(Policy&)> changes[] = {
      [](Policy& p) { p.inactive_for -= 1; },      [](Policy& p) { p.newcomer_grace -= 1; },
      [](Policy& p) { p.protect_online = false; }, [](Policy& p) { p.reader_backlog -= 1; },
      [](Policy& p) { p.reader_backlog = 0; },     [](Policy& p) { p.second_look = 0; },
      [](Policy& p) { p.protect_accounts = {}; },
  };
  for (const auto& change : changes) {
    Policy from;
    from.second_look = kDayMs;
    from.protect_accounts = *Globs::parse("bot-*");
    Policy to = from;
    change(to);
    bool eased = false;
    for (int rule = 0; rule <= static_cast<int>(Why::kOnline); ++rule) {
      eased = eased || eases(static_cast<Why>(rule), from, to);
    }
    EXPECT_TRUE(eased);
    EXPECT_TRUE(loosened(from, to).contains(BlockReason::kNobodyRemovable));
  }
}

TEST(Loosening, AHigherLimitNeedsNobodyRemoved) {
  const auto rules = [](CapacityMode mode, const char* ceilings = "Public:2000", std::int64_t a_day = 50) {
    CapacityRules made;
    made.mode = mode;
    made.ceilings = *Ceilings::parse(ceilings);
    made.max_raises_per_day = a_day;
    return made;
  };
  using enum CapacityMode;
  const std::set<BlockReason> raise = {BlockReason::kNobodyRemovable, BlockReason::kNoPermission,
                                       BlockReason::kDailyLimit};
  const std::set<BlockReason> wait = {BlockReason::kDailyLimit};
  EXPECT_EQ(loosened(rules(kSuggest), rules(kRaise)), raise);
  EXPECT_EQ(loosened(rules(kRaise), rules(kRaise, "Public:5000")), raise);
  EXPECT_EQ(loosened(rules(kRaise, "Public:2000", 50), rules(kRaise, "Public:2000", 51)), wait);
  EXPECT_EQ(loosened(rules(kRaise, "Public:2000", 50), rules(kRaise, "Public:2000", 0)), wait);
  EXPECT_THAT(loosened(rules(kRaise, "Public:2000", 51), rules(kRaise, "Public:2000", 50)), IsEmpty());
  EXPECT_EQ(loosened(rules(kRaise), rules(kSuggest)), wait) << "who waited for a raise is pruned";
  EXPECT_THAT(loosened(rules(kOff), rules(kSuggest)), IsEmpty());
  EXPECT_THAT(loosened(rules(kSuggest), rules(kSuggest, "Public:5000")), IsEmpty());
  EXPECT_THAT(loosened(rules(kRaise), rules(kRaise)), IsEmpty());
}

TEST(Loosening, MakesABlockedGroupDueAndNoOther) {
  Group group;
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kDailyLimit;
  group.next_check_at = 5000;
  group.cooldown_until = 5000;
  const Group due = after_loosening(group, 1000, {});
  EXPECT_EQ(due.next_check_at, 1000);
  EXPECT_EQ(due.cooldown_until, std::nullopt);
  EXPECT_EQ(due.state, GroupState::kBlocked) << "the look decides";
  group.made_room_at = 500;
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, 5000) << "no later than it was";
  group.cooldown_until = kDayMs;
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, 500 + kHourMs) << "it has removed somebody";
  group.cooldown_until.reset();
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, std::nullopt);
  group.made_room_at.reset();
  group.cooldown_until = 5000;
  group.reason = BlockReason::kTooSmall;
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, 5000) << "of a run that may have removed somebody";
  group.state = GroupState::kFull;
  EXPECT_EQ(after_loosening(group, 1000, {}), group);
}

}  // namespace
}  // namespace headroom
