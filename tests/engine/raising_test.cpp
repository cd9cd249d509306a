#include "tests/engine/raising_fixture.h"

// A full group gets a higher limit, or does not: what Chat may make of it.
namespace headroom {
namespace {

using support::kNow;
using support::RaisingTest;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RaisingTest, AGroupIsRaisedBeforeAnybodyIsRemoved) {
  look();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  const Run run = last_run();
  EXPECT_EQ(run.mode, RunMode::kRaise);
  EXPECT_EQ(run.trigger, RunTrigger::kScheduler);
  EXPECT_EQ(run.state, RunState::kSucceeded);
  EXPECT_TRUE(run.reason.empty());
  ASSERT_TRUE(run.raise);
  EXPECT_EQ(run.raise->from, 40);
  EXPECT_EQ(run.raise->to, 50);
  EXPECT_EQ(run.selected, 0);
  EXPECT_EQ(run.members_after, kMembers);
  EXPECT_EQ(group().state, GroupState::kHasRoom);
  EXPECT_EQ(group().max_member_count, 50);
  EXPECT_EQ(group().raised_to, 50);
  EXPECT_EQ(chat_.calls("get_group_member_info"), 0) << "nobody was even listed";
  EXPECT_THAT(chat_.deletes, IsEmpty());
  EXPECT_GE(chat_.looks.size(), 3U) << "planned, looked at again right before, verified";
}

TEST_F(RaisingTest, AtItsCeilingItIsPruned) {
  settings_.capacity.ceilings = *Ceilings::parse("Public:41");  // two seats are wanted
  take_over();
  look();
  EXPECT_EQ(last_run().mode, RunMode::kPrune);
  EXPECT_EQ(last_run().removed, 2);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
}

TEST_F(RaisingTest, IsFoundToBeAtItsCeilingWhileItIsFull) {
  settings_.mode = SchedulerMode::kPlan;
  settings_.capacity.ceilings = *Ceilings::parse("Public:41");
  take_over();
  look();
  EXPECT_TRUE(group().at_ceiling);
  EXPECT_EQ(view().counts(clock_.now(), clock_.now()).at_ceiling, 1);
  settings_.capacity.ceilings = *Ceilings::parse("Public:42");
  take_over();
  next_look();
  EXPECT_FALSE(group().at_ceiling);
  EXPECT_EQ(last_run().raise->to, 42);
}

TEST_F(RaisingTest, ATypeWithoutACeilingIsPruned) {
  settings_.capacity.ceilings = *Ceilings::parse("Private:100");
  take_over();
  look();
  EXPECT_EQ(last_run().mode, RunMode::kPrune);
  EXPECT_THAT(chat_.limits_set, IsEmpty());
  EXPECT_FALSE(group().at_ceiling);
}

TEST_F(RaisingTest, OtherModesOfCapacityRaiseNothing) {
  for (const CapacityMode mode : {CapacityMode::kOff, CapacityMode::kSuggest}) {
    settings_.capacity.mode = mode;
    settings_.mode = SchedulerMode::kPlan;
    take_over();
    clock_.advance(2 * kHourMs);
    look();
    EXPECT_EQ(last_run().mode, RunMode::kPlan);
    EXPECT_THAT(chat_.limits_set, IsEmpty());
  }
}

TEST_F(RaisingTest, WhatWasSetOnPurposeStaysAndWhatHeadroomSetGoesOn) {
  settings_.capacity.only_from = *DefaultLimits::parse("40");
  settings_.policy.min_capacity = 10;
  take_over();
  look();
  EXPECT_EQ(limit(), 50);
  chat_.groups["g"].member_num = 50;  // full again
  clock_.advance(kDayMs);
  database_.commit([&](Transaction& storage) {
    Group full = *storage.find_group("g");
    full.state = GroupState::kFull;
    full.full_since = kNow + kHourMs;
    storage.save_group(full);
  });
  look();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50, 60)) << "50 is headroom's own";
  chat_.put_group("g", "Public", 40, 30 + 10 - 2);  // an owner's own limit
  chat_.groups["g"].member_num = 38;
  clock_.advance(kDayMs);
  look();
  EXPECT_EQ(last_run().mode, RunMode::kPrune);
  EXPECT_EQ(chat_.limits_set.size(), 2U);
}

// 10004 and 10007 are this group's.
class RefusedRaise : public RaisingTest, public testing::WithParamInterface<int> {};

TEST_P(RefusedRaise, PausesNothingAndTeachesACeiling) {
  const int code = GetParam();
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, code});
  look();
  EXPECT_EQ(last_run().mode, RunMode::kRaise);
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, Reason::of_chat(code));
  EXPECT_EQ(last_run().raise->sent_at, std::nullopt) << "a call that was refused costs no limit";
  EXPECT_TRUE(pauses_.reasons.empty());
  EXPECT_NE(group().reason, BlockReason::kNoPermission) << "members may be removed all the same";
  expect_pruned_next();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));

  chat_.groups["g"].member_num = 40;
  clock_.advance(6 * kDayMs);
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  look();
  EXPECT_EQ(last_run().mode, RunMode::kPlan) << "it is remembered";
  clock_.advance(kDayMs + kHourMs);
  look();
  EXPECT_EQ(last_run().mode, RunMode::kRaise) << "for seven days";
  EXPECT_EQ(last_run().state, RunState::kPlanned);
}

TEST_P(RefusedRaise, OfAPlanLimitConcernsAllGroupsOfTheType) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, GetParam()});
  look();
  const bool of_type = GetParam() == chat_code::kPlanLimitOfMembers;
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), 40);
  EXPECT_EQ(view().learned_ceiling("another", GroupType::kPublic, 0),
            of_type ? std::optional<std::int64_t>(40) : std::nullopt);
  EXPECT_EQ(view().learned_ceiling("another", GroupType::kPrivate, 0), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Codes, RefusedRaise, testing::Values(10004, 10007, 10038));

TEST_F(RaisingTest, APlanLimitIsOfTheTypeThatWasAskedForAlsoWhenTheGroupIsGoneByThen) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, chat_code::kPlanLimitOfMembers});
  chat_.before_look = [this] {
    if (!chat_.limits_set.empty()) chat_.groups.erase("g");
  };
  look();
  EXPECT_THAT(chat_.limits_set, ElementsAre(50));
  EXPECT_EQ(view().learned_ceiling("another", GroupType::kPublic, 0), 40);
}

TEST_F(RaisingTest, APlanLimitIsOfTheTypeThatWasAskedForAlsoWhenTheIdIsUsedAgain) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, chat_code::kPlanLimitOfMembers});
  chat_.before_look = [this] {
    if (!chat_.limits_set.empty()) chat_.groups["g"].type = "Private";
  };
  look();
  EXPECT_EQ(view().learned_ceiling("another", GroupType::kPublic, 0), 40);
  EXPECT_EQ(view().learned_ceiling("another", GroupType::kPrivate, 0), std::nullopt);
}

TEST_F(RaisingTest, AnotherRefusalBacksOffAndTeachesNothing) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kRefused, 80001});
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, "chat_error_80001");
  EXPECT_GT(*group().next_check_at, clock_.now());
  EXPECT_EQ(view().learned_ceiling("g", GroupType::kPublic, 0), std::nullopt);
}

TEST_F(RaisingTest, AnOperatorsProblemPauses) {
  chat_.raise_refusals.assign(1, {ChatOutcome::kOperatorNeeded, 10026});
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, "chat_error_10026");
  EXPECT_THAT(pauses_.reasons, ElementsAre(Reason::of_chat(10026)));
}

TEST_F(RaisingTest, ASilentCutIsHigherAllTheSameAndIsRemembered) {
  chat_.ceiling = 44;
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(group().state, GroupState::kHasRoom);
  EXPECT_EQ(group().raised_to, 44);
  EXPECT_EQ(last_run().raise->to, 44) << "what it became";
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 44);
}

TEST_F(RaisingTest, AnOkThatSetsNothingIsACeiling) {
  chat_.ceiling = 40;
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, Reason::kNotRaised);
  EXPECT_TRUE(last_run().raise->sent_at) << "what was sent counts, whatever came of it";
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 40);
  expect_pruned_next();
}

TEST_F(RaisingTest, ChatMayTakeAMomentToShowIt) {
  bool sent = false;
  int looks = 0;
  chat_.after_raise = [&] {
    sent = true;
    chat_.groups["g"].max_member_num = 40;
  };
  chat_.before_look = [&] {
    if (sent && ++looks == 2) chat_.groups["g"].max_member_num = 50;
  };
  look();
  EXPECT_EQ(last_run().state, RunState::kSucceeded);
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), std::nullopt);
}

TEST_F(RaisingTest, AnOwnerWhoLowersItAgainIsPruned) {
  chat_.after_raise = [this] { chat_.groups["g"].max_member_num = 39; };
  look();
  EXPECT_EQ(last_run().state, RunState::kFailed);
  EXPECT_EQ(last_run().reason, Reason::kNotRaised);
  EXPECT_EQ(view().learned_ceiling("g", std::nullopt, 0), 39);
  look();
  EXPECT_EQ(last_run().mode, RunMode::kPrune);
  EXPECT_GT(last_run().removed, 0);
}

}  // namespace
}  // namespace headroom
