#include "headroom/group_state.h"

#include <gtest/gtest.h>

#include "tests/core/group_steps.h"

namespace headroom {
namespace {

using namespace group_steps;

TEST(Advance, AFullEventMakesAGroupThatIsDueWhenStale) {
  const Group group = *advance(std::nullopt, full_at(kNow), {});
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.full_since, kNow);
  EXPECT_EQ(group.last_full_at, kNow);
  EXPECT_EQ(group.full_events, 1);
  EXPECT_EQ(group.next_check_at, kNow + 10 * kMinuteMs);
}

Timing two_looks(DurationMs stale_after) {
  Timing timing;
  timing.stale_after = stale_after;
  timing.second_look = kDayMs;
  return timing;
}

TEST(Advance, WhereAPlanNeedsTwoLooksAFullGroupIsLookedAtLongBeforeItIsStale) {
  struct Case {
    DurationMs stale_after, due_after;
  };
  for (const auto& [stale_after, due_after] : {Case{10 * kMinuteMs, kNewlyFullLookAfter},
                                               {365 * kDayMs, kNewlyFullLookAfter},
                                               {kNewlyFullLookAfter, kNewlyFullLookAfter},
                                               {kSecondMs, kSecondMs},
                                               {0, 0}}) {
    const Timing timing = two_looks(stale_after);
    const Group fresh = *advance(std::nullopt, full_at(kNow), timing);
    EXPECT_EQ(fresh.next_check_at, kNow + due_after) << stale_after;
    const Group room = after_look(fresh, look_at(kNow, 150, 200), std::nullopt, kNow, timing).group;
    EXPECT_EQ(advance(room, full_at(kNow + 1), timing)->next_check_at, kNow + 1 + due_after) << stale_after;
  }
}

TEST(Advance, TheEarlyLookLeavesItAsFullAndAsNearlyStaleAsItWas) {
  const Timing timing = two_looks(kDayMs);
  const Group fresh = *advance(std::nullopt, full_at(kNow), timing);
  const TimeMs at = *fresh.next_check_at;
  const AfterLook looked = after_look(fresh, look_at(at, 200, 200), std::nullopt, at, timing);
  EXPECT_EQ(looked.result, LookResult::kStored);
  EXPECT_EQ(looked.group.full_since, kNow);
  EXPECT_EQ(looked.group.next_check_at, kNow + kDayMs);
  // Later events are no reason for another.
  EXPECT_EQ(advance(looked.group, full_at(at + 1), timing)->next_check_at, kNow + kDayMs);
}

TEST(Advance, OneThatCouldNotBeNotedIsLookedAtAgainSoonAndNotLaterThanItsPlan) {
  Group group = full_group();
  group.next_check_at = kNow + kDayMs;
  EXPECT_EQ(await_note(group, kNow).next_check_at, kNow + kNoteAgainAfter);
  group.next_check_at = kNow + kSecondMs;
  EXPECT_EQ(await_note(group, kNow).next_check_at, kNow + kSecondMs);
}

TEST(Advance, AVainLookPutsNoPlanOff) {
  const Group group = full_group();
  const Timing timing = two_looks(10 * kMinuteMs);
  EXPECT_EQ(after_vain_look(group, kNow, kMinuteMs, timing).next_check_at, kNow + kMinuteMs);
  EXPECT_EQ(after_vain_look(group, kNow, kHourMs, timing).next_check_at, kNow + 10 * kMinuteMs);
}

TEST(Advance, FullSinceIsTheSmallestAndLastFullTheGreatest) {
  Group group = full_group(kNow);
  group = *advance(group, full_at(kNow + 5000), {});
  group = *advance(group, event_at(Command::kGroupFull, kNow + 6000, kNow - 60000), {});
  EXPECT_EQ(group.full_since, kNow - 60000);
  EXPECT_EQ(group.last_full_at, kNow + 5000);
  EXPECT_EQ(group.full_events, 3);
  EXPECT_EQ(group.next_check_at, kNow - 60000 + 10 * kMinuteMs);
}

TEST(Advance, AnEventOlderThanTheRoomDoesNotFillTheGroup) {
  const Group room = roomy_group(kNow);
  const Group late = *advance(room, event_at(Command::kGroupFull, kNow + 5000, kNow - kLateEvent - 1), {});
  EXPECT_EQ(late.state, GroupState::kHasRoom);
  EXPECT_EQ(late.next_check_at, std::nullopt);
  EXPECT_EQ(late.full_events, room.full_events + 1);
  const Group recent = *advance(room, event_at(Command::kGroupFull, kNow + 5000, kNow - 1), {});
  EXPECT_EQ(recent.state, GroupState::kHasRoom);
  EXPECT_EQ(recent.next_check_at, kNow + 5000);
  const Group news = *advance(room, full_at(kNow + 1), {});
  EXPECT_EQ(news.state, GroupState::kFull);
  EXPECT_EQ(news.full_since, kNow + 1);
}

TEST(Advance, WhileARunIsOpenEventsOnlyCount) {
  Group group = full_group();
  group.state = GroupState::kPruning;
  group.next_check_at.reset();
  group = *advance(group, full_at(kNow + 5000), {});
  EXPECT_EQ(group.state, GroupState::kPruning);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  EXPECT_EQ(group.full_events, 2);
  EXPECT_EQ(advance(group, event_at(Command::kMemberExit, kNow), {})->next_check_at, std::nullopt);
}

TEST(Advance, ABlockedGroupStaysBlocked) {
  Group group = full_group();
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kNobodyRemovable;
  group.next_check_at = kNow + kDayMs;
  group = *advance(group, full_at(kNow + 5000), {});
  EXPECT_EQ(group.state, GroupState::kBlocked);
  EXPECT_EQ(group.next_check_at, kNow + kDayMs);
}

TEST(Advance, AnExitMakesDueAtMostEvery30Seconds) {
  Group group = full_group();
  group = *advance(group, event_at(Command::kMemberExit, kNow + 1000), {});
  EXPECT_EQ(group.next_check_at, kNow + 1000);
  // Looked at, still full.
  group = after_look(group, look_at(kNow + 1000, 200, 200), std::nullopt, kNow + 1000, {}).group;
  EXPECT_EQ(group.next_check_at, kNow + 10 * kMinuteMs);
  group = *advance(group, event_at(Command::kMemberExit, kNow + 2000), {});
  EXPECT_EQ(group.next_check_at, kNow + 1000 + kExitLookEvery);
  EXPECT_EQ(advance(std::nullopt, event_at(Command::kMemberExit, kNow), {}), std::nullopt);
  const Group room = roomy_group(kNow);
  EXPECT_EQ(advance(room, event_at(Command::kMemberExit, kNow + 1000), {})->next_check_at, std::nullopt);
}

// One forged one per stale_after kept a group from ever being pruned.
TEST(Advance, DestroyedMakesAGroupOfAnyStateDueAtOnce) {
  Group exempt = full_group();
  exempt.state = GroupState::kBlocked;
  exempt.reason = BlockReason::kExempt;
  exempt.next_check_at.reset();
  for (const Group& before : {full_group(), roomy_group(kNow - kHourMs), exempt}) {
    const Group after = *advance(before, event_at(Command::kGroupDestroyed, kNow + 60000, kNow + 60000), {});
    Group wanted = before;
    wanted.next_check_at = kNow + 60000;
    EXPECT_EQ(after, wanted) << "and changes nothing else";
    EXPECT_EQ(advance(before, event_at(Command::kGroupDestroyed, kNow + 60000, kNow - kHourMs), {}), wanted)
        << "however late";
  }
  EXPECT_EQ(advance(std::nullopt, event_at(Command::kGroupDestroyed, kNow), {}), std::nullopt);
}

TEST(Advance, DestroyedMovesNeitherAGoneGroupNorOneThatARunHasInHand) {
  Group gone = full_group();
  gone.state = GroupState::kGone;
  gone.next_check_at.reset();
  Group pruning = gone;
  pruning.state = GroupState::kPruning;
  for (const Hint hint : {Hint::kIsChecked, Hint::kIsBelieved}) {
    for (const Group& group : {gone, pruning}) {
      EXPECT_EQ(advance(group, event_at(Command::kGroupDestroyed, kNow + 1000), {}, hint), group);
    }
  }
}

// Forged ones, as fast as anybody can send them.
TEST(Advance, DestroyedIsAskedAboutNoMoreThanOnceInTwoSeconds) {
  Group group = full_group();
  int looks = 0;
  for (TimeMs now = kNow; now < kNow + kMinuteMs; now += 10) {
    group = *advance(group, event_at(Command::kGroupDestroyed, now, now), {});
    if (*group.next_check_at > now) continue;
    ++looks;
    group = after_look(group, look_at(now, 200, 200), std::nullopt, now, {}).group;
    EXPECT_EQ(group.state, GroupState::kFull);
    EXPECT_EQ(group.full_since, kNow);
  }
  EXPECT_GE(looks, 25);
  EXPECT_LE(looks, 31);
  // A clock that was ahead for a while.
  group.observed_at = kNow + kDayMs;
  group = *advance(group, event_at(Command::kGroupDestroyed, kNow), {});
  EXPECT_LE(group.next_check_at, kNow + kDestroyedLookEvery);
}

TEST(Advance, WhereNobodyIsAskedDestroyedIsGoneUntilALaterFullEvent) {
  const auto destroyed = [](TimeMs at) { return event_at(Command::kGroupDestroyed, kNow + 1000, at); };
  Group group = *advance(full_group(), destroyed(kNow + 1000), {}, Hint::kIsBelieved);
  EXPECT_EQ(group.state, GroupState::kGone);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  EXPECT_EQ(advance(group, event_at(Command::kGroupFull, kNow + kDayMs / 2, kNow - kHourMs), {})->state,
            GroupState::kGone);
  EXPECT_EQ(advance(group, full_at(kNow + 5000), {})->state, GroupState::kFull);
  EXPECT_EQ(advance(full_group(), destroyed(kNow - 5000), {}, Hint::kIsBelieved), full_group()) << "late";
}

TEST(Exemption, BlocksAndLifts) {
  Group group = after_exempted(full_group(), std::nullopt);
  EXPECT_EQ(group.state, GroupState::kBlocked);
  EXPECT_EQ(group.next_check_at, std::nullopt);
  group = after_exemption_lifted(group, kNow + 5);
  EXPECT_EQ(group.state, GroupState::kFull);
  EXPECT_EQ(group.next_check_at, kNow + 5);
  EXPECT_EQ(after_exempted(roomy_group(kNow), std::nullopt).state, GroupState::kHasRoom);
}

TEST(BackOff, DoublesWithinItsBounds) {
  EXPECT_EQ(back_off(0, 1000, 10000, 1.0), 1000);
  EXPECT_EQ(back_off(1, 1000, 10000, 1.0), 2000);
  EXPECT_EQ(back_off(9, 1000, 10000, 1.0), 10000);
  EXPECT_EQ(back_off(1000000, 1000, 10000, 0.0), 5000);
  EXPECT_GE(back_off(0, 0, 0, 0.0), 1);
}

// A year of one group in virtual time: whatever comes in, a full group always has a next look, and one with room none.
TEST(GroupState, AYearOfEventsNeverLosesAGroup) {
  const Timing timing;
  Group group = full_group(kNow);
  std::uint64_t random = 88172645463325252ULL;
  const auto next = [&random] { return random ^= random << 13, random ^= random >> 7, random ^= random << 17; };
  for (TimeMs now = kNow; now < kNow + 365 * kDayMs; now += static_cast<TimeMs>(next() % (6 * kHourMs))) {
    switch (next() % 4) {
      case 0:
        group = *advance(group, event_at(Command::kGroupFull, now, now - static_cast<TimeMs>(next() % kDayMs)), timing);
        break;
      case 1:
        group = *advance(group, event_at(Command::kMemberExit, now), timing);
        break;
      case 2:
        if (group.next_check_at && *group.next_check_at <= now) {
          group = after_look(group, look_at(now, next() % 2 == 0 ? 200 : 190, 200), std::nullopt, now, timing).group;
        }
        break;
      default:
        if (group.state == GroupState::kFull && is_stale(group, now, timing)) {
          const auto state = next() % 2 == 0 ? RunState::kPlanned : RunState::kFailed;
          group = after_run(group,
                            ended(state, state == RunState::kFailed ? "chat_unreachable" : "", look_at(now, 200, 200)),
                            now, timing);
        }
    }
    if (group.state == GroupState::kFull) {
      ASSERT_TRUE(group.next_check_at.has_value() && group.full_since.has_value());
      ASSERT_LE(*group.next_check_at, now + timing.retry_max + timing.cooldown);
    }
  }
}

Policy with_least(std::int64_t seats) {
  Policy policy;
  policy.min_capacity = seats;
  return policy;
}

TEST(GroupState, ATooSmallGroupIsLeftAloneForADay) {
  const auto look = [](std::int64_t members, std::int64_t seats, std::int64_t least,
                       const std::optional<ExemptUntil>& exemption = std::nullopt, const char* type = "Public") {
    return after_look(full_group(), look_at(kNow, members, seats, type), exemption, kNow, {}, with_least(least)).group;
  };
  const Group small = look(5, 5, 20);
  EXPECT_EQ(small.state, GroupState::kBlocked);
  EXPECT_EQ(small.reason, BlockReason::kTooSmall);
  EXPECT_EQ(small.next_check_at, kNow + kDayMs);
  EXPECT_EQ(small.cooldown_until, std::nullopt) << "with a lower min_capacity it is a group like any other at once";
  EXPECT_EQ(look(4, 5, 20).state, GroupState::kHasRoom);
  EXPECT_EQ(look(20, 20, 20).reason, BlockReason::kNone);
  EXPECT_EQ(look(40, 1, 20).reason, BlockReason::kNone) << "what is no capacity is for the run to say";
  EXPECT_EQ(look(5, 5, 20, std::nullopt, "AVChatRoom").reason, BlockReason::kUnsupportedType);
  EXPECT_EQ(look(5, 5, 20, ExemptUntil{}, "AVChatRoom").reason, BlockReason::kExempt) << "the contract's order";

  const auto again = after_look(small, look_at(kNow + kDayMs, 5, 5), std::nullopt, kNow + kDayMs, {}, with_least(5));
  EXPECT_EQ(again.result, LookResult::kNeedsRun);
  EXPECT_EQ(again.group.state, GroupState::kFull);
}

}  // namespace
}  // namespace headroom
