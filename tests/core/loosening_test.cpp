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
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, 500 + kHourMs) << "it has removed somebody";
  group.reason = BlockReason::kTooSmall;
  EXPECT_EQ(after_loosening(group, 1000, {}).cooldown_until, 5000) << "of a run that may have removed somebody";
  group.state = GroupState::kFull;
  EXPECT_EQ(after_loosening(group, 1000, {}), group);
}

}  // namespace
}  // namespace headroom
