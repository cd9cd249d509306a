// What keeps members from being noted when their group becomes full, and what is left of it then.
#include <functional>
#include <string>
#include <utility>

#include "tests/engine/early_note_fixture.h"

namespace headroom {
namespace {

using support::kNow;

TEST_F(EarlyNoteTest, ForgedEventsHaveNoMembersListed) {
  for (int i = 0; i < 100; ++i) fills("forged" + std::to_string(i));
  chat_.groups["g"].member_num = kMembers - 1;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 0);
  EXPECT_FALSE(view().find_group("forged0"));
  EXPECT_EQ(group().state, GroupState::kHasRoom);
}

// It is full by an event that came while the look was on its way: the next look has to show it.
TEST_F(EarlyNoteTest, AWordIsNotEnough) {
  chat_.groups["g"].member_num = kMembers - 1;
  fills();
  chat_.before_look = [this] {
    clock_.advance(kSecondMs);
    fills();
  };
  clock_.advance(kNewlyFullLookAfter);
  scheduler_->step();
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_FALSE(work_->ready());
  chat_.before_look = {};
  chat_.groups["g"].member_num = kMembers;
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U);
}

TEST_F(EarlyNoteTest, NobodyIsListedWhomNoPlanWouldList) {
  const auto each = [this](const std::string& what, int notes, const std::function<void()>& make) {
    SCOPED_TRACE(what);
    const Settings before = settings_;
    const auto groups = chat_.groups;
    make();
    take_over();
    start();
    database_.commit([](Transaction& storage) { storage.delete_group("g"); });
    fills();
    expect_left_alone(notes);
    database_.commit([](Transaction& storage) { storage.delete_exemption(ExemptionKind::kGroup, "g"); });
    settings_ = before;
    chat_.groups = groups;
  };
  each("exempt", 0, [this] {
    database_.commit([](Transaction& storage) {
      Exemption exemption;
      exemption.kind = ExemptionKind::kGroup;
      exemption.subject = "g";
      exemption.created_at = kNow;
      storage.put_exemption(exemption);
    });
  });
  each("type", 0, [this] { settings_.policy.scope.types = *GroupTypes::parse("Private"); });
  each("except_groups", 0, [this] { settings_.policy.scope.except_groups = *Globs::parse("g*"); });
  each("too small", 0, [this] { settings_.policy.min_capacity = kMembers + 1; });
  each("absurd", 1, [this] { chat_.groups["g"].member_num = 2 * kMembers; });
  each("observe", 0, [this] { settings_.mode = SchedulerMode::kObserve; });
  each("one look", 0, [this] { settings_.policy.second_look = settings_.timing.second_look = 0; });
  each("raise", 1, [this] {
    settings_.capacity.mode = CapacityMode::kRaise;
    settings_.capacity.ceilings = *Ceilings::parse("Public:2000");
  });
  each("paused", 0, [this] { pause_.show({"maintenance", {}, ""}); });
  pause_.show({});
}

TEST_F(EarlyNoteTest, APauseThatComesFirstStopsANoteThatWaits) {
  fills();
  clock_.advance(kNewlyFullLookAfter);
  scheduler_->step();
  ASSERT_TRUE(work_->ready());
  pause_.show({"maintenance", {}, ""});
  work();
  EXPECT_EQ(listings(), 0);
  pause_.show({});
  go_on(7 * kHourMs);
  ASSERT_EQ(runs().size(), 1U) << "the plan comes all the same";
  EXPECT_EQ(noted().size(), 6U);
}

TEST_F(EarlyNoteTest, AClosedCalendarHoldsNoNotes) {
  settings_.calendar.freezes = {{0, static_cast<Day>(kNow / kDayMs) + 100, ""}};
  take_over();
  fills();
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U);
}

TEST_F(EarlyNoteTest, WhatChatDoesNotAnswerIsLeftToThePlan) {
  fills();
  chat_.list_members_refusals.assign(5, {ChatOutcome::kOutcomeUnknown, 0});
  go_on(5 * kHourMs);
  EXPECT_EQ(listings(), 5) << "of one call the tries";
  EXPECT_TRUE(runs().empty());
  EXPECT_EQ(group().failures, 0);
  EXPECT_TRUE(noted().empty());
  go_on(2 * kHourMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].created_at, kNow + settings_.timing.stale_after);
  EXPECT_EQ(runs()[0].reason, Reason::kSecondLook);
}

TEST_F(EarlyNoteTest, LooksThatFailPutThePlanOffNoFurtherThanItIsDue) {
  settings_.timing.stale_after = 45 * kSecondMs;
  take_over();
  fills();
  chat_.look_refusals.assign(6, {ChatOutcome::kRefused, 10002});
  go_on(44 * kSecondMs);
  EXPECT_TRUE(runs().empty());
  EXPECT_EQ(group().next_check_at, kNow + settings_.timing.stale_after);
}

TEST_F(EarlyNoteTest, AnImplausibleListingNotesNobodyAndBlocksNothing) {
  for (Member& member : chat_.members["g"]) member.last_sent_time_s = 0;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 1);
  EXPECT_TRUE(noted().empty());
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().next_check_at, kNow + settings_.timing.stale_after);
}

TEST_F(EarlyNoteTest, AClockThatIsSetWhileTheyAreListedNotesNobody) {
  fills();
  chat_.before_list = [this] {
    clock_.step(-kDayMs);
    chat_.offset = kDayMs;
  };
  runner_.note_members("g");
  EXPECT_EQ(listings(), 1);
  EXPECT_TRUE(noted().empty());
  ASSERT_EQ(own_pauses_.size(), 1U);
  EXPECT_EQ(own_pauses_[0], Reason::kClockSkew);
}

TEST_F(EarlyNoteTest, WhatNeedsAnOperatorPausesAsInEveryOtherLook) {
  fills();
  chat_.list_members_refusals.assign(1, {ChatOutcome::kOperatorNeeded, 60020});
  go_on(kHourMs);
  EXPECT_EQ(own_pauses_.size(), 1U);
  EXPECT_TRUE(runs().empty());
}

TEST_F(EarlyNoteTest, ARunThatCameMeanwhileHasNotedWhatIsNewer) {
  fills();
  clock_.advance(kNewlyFullLookAfter);
  scheduler_->step();
  bool once = true;
  chat_.before_presence = [&] {
    if (!std::exchange(once, false)) return;
    database_.commit([&](Transaction& storage) {
      FirstLook newer;
      newer.seen_at = newer.moved_at.emplace(clock_.now());
      newer.msg_seq = 11;
      storage.note_first_looks("g", {{"m0", newer}}, clock_.now(), 0);
      Run run;
      run.group_id = "g";
      run.state = RunState::kNothingToDo;
      Group group = *storage.find_group("g");
      group.last_run_id = storage.insert_run(run);
      storage.save_group(group);
    });
  };
  work();
  EXPECT_EQ(noted().size(), 1U);
  EXPECT_EQ(noted().at("m0").msg_seq, 11);
}

TEST_F(EarlyNoteTest, ThoseThatFindNoRoomAreNotedLater) {
  const int count = static_cast<int>(WorkQueue::kMostNotes) + 10;
  for (int i = 0; i < count; ++i) {
    const std::string id = "g" + std::to_string(i);
    chat_.groups[id] = chat_.groups["g"];
    chat_.groups[id].group_id = id;
    chat_.members[id] = chat_.members["g"];
    fills(id);
  }
  clock_.advance(kNewlyFullLookAfter);
  for (int i = 0; i < 3; ++i) scheduler_->step();
  EXPECT_EQ(work_->room_for_notes(), 0U);
  EXPECT_FALSE(work_->full()) << "real work has room";
  EXPECT_FALSE(work_->busy("g0")) << "nor does a waiting note keep its group from anything";
  go_on(10 * kMinuteMs);
  EXPECT_EQ(listings(), count);
}

}  // namespace
}  // namespace headroom
