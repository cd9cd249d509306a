#include <gmock/gmock.h>

#include <algorithm>

#include "engine/event_intake.h"
#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/pruning_world.h"

// Whom a plan will want to have seen before is noted when the group becomes full.
namespace headroom {
namespace {

using support::kNow;

constexpr const char* kList = "get_group_member_info";

class EarlyNoteTest : public testing::Test, protected support::PruningWorld, public support::NoSelfPause {
 protected:
  using Run = headroom::Run;

  EarlyNoteTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.policy.second_look = kDayMs;
    settings_.timing.second_look = kDayMs;
    settings_.timing.stale_after = 6 * kHourMs;
    settings_.policy.target_headroom = Share::count(2);
    settings_.tick = kHourMs;
    take_over();
    chat_.groups["g"].next_msg_seq = 1001;
    for (Member& member : chat_.members["g"]) member.msg_seq = 10;
    start();
  }
  void pause_self(const Reason& reason, const std::string&) override { own_pauses_.push_back(reason); }
  // As another process would.
  void start() {
    work_ = std::make_unique<WorkQueue>(10);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, view(), clock_, cell_, gate_, pause_, *work_, [] { return 0.5; }, observer_, *this);
    scheduler_->take_over();
  }
  void fills(const std::string& group_id = "g") {
    Event event;
    event.group_id = group_id;
    event.received_at = event.event_time.emplace(clock_.now());
    database_.commit([&](Transaction& storage) { store_event(storage, event, settings_); });
  }
  // The scheduler's steps, and a worker for all that it hands out.
  void go_on(DurationMs duration) {
    const SteadyMs end = clock_.steady_now() + duration;
    while (true) {
      const SteadyMs next = scheduler_->step();
      if (work()) continue;
      if (next > end) break;
      clock_.set(std::max(next, clock_.steady_now() + 1));
    }
    clock_.set(end);
  }
  bool work() {
    bool any = false;
    while (work_->ready()) {
      any = true;
      const Work work = *work_->pop();
      if (work.kind == Work::Kind::kPrune) runner_.prune_group(work.group_id);
      if (work.kind == Work::Kind::kNote) {
        ++taken_;
        runner_.note_members(work.group_id);
      }
      work_->finish(work);
    }
    return any;
  }
  Group group() { return *view().find_group("g"); }
  std::vector<Run> runs() { return view().runs({}, {}).items; }
  int listings() const { return chat_.calls(kList); }
  std::map<std::string, FirstLook> noted() {
    std::vector<std::string> accounts;
    for (std::int64_t i = 0; i < kMembers; ++i) accounts.push_back(account_of(i));
    return view().first_looks("g", accounts);
  }
  // `notes`: that only a worker's own look tells to be none.
  void expect_left_alone(int notes) {
    taken_ = 0;
    go_on(kHourMs);
    EXPECT_EQ(taken_, notes);
    EXPECT_EQ(listings(), 0);
    EXPECT_TRUE(noted().empty());
    EXPECT_TRUE(runs().empty());
  }

  std::unique_ptr<WorkQueue> work_;
  std::unique_ptr<Scheduler> scheduler_;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, *this};
  std::vector<Reason> own_pauses_;
  int taken_ = 0;  // notes that a worker took up
};

TEST_F(EarlyNoteTest, TheDayBeginsWithTheFirstFullEventAndNotWithTheFirstPlan) {
  fills();
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U) << "three for each of the two seats";
  const TimeMs seen = noted().at("m0").seen_at;
  EXPECT_LE(seen, kNow + kMinuteMs);
  EXPECT_TRUE(runs().empty());
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().full_since, kNow);
  EXPECT_EQ(group().next_check_at, kNow + settings_.timing.stale_after) << "its plan comes as it would have";
  EXPECT_EQ(group().last_run_id, std::nullopt);

  go_on(6 * kHourMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].reason, Reason::kSecondLook);
  EXPECT_EQ(runs()[0].created_at, kNow + settings_.timing.stale_after);
  EXPECT_EQ(noted().at("m0").seen_at, seen) << "the plan begins no other day";
  EXPECT_EQ(group().next_check_at, seen + kDayMs);

  go_on(kDayMs - 6 * kHourMs);
  ASSERT_EQ(runs().size(), 2U);
  EXPECT_EQ(runs()[0].state, RunState::kSucceeded);
  EXPECT_EQ(runs()[0].removed, 2);
  EXPECT_EQ(runs()[0].created_at, seen + kDayMs);
}

TEST_F(EarlyNoteTest, WhereAGroupMayBeFullForADayItsFirstPlanNeedNotWait) {
  settings_.timing.stale_after = 2 * kDayMs;
  take_over();
  fills();
  go_on(2 * kDayMs + kMinuteMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].state, RunState::kSucceeded);
  EXPECT_EQ(runs()[0].removed, 2);
}

TEST_F(EarlyNoteTest, WhoReadsAfterTheNoteStays) {
  settings_.timing.stale_after = 2 * kDayMs;
  take_over();
  fills();
  go_on(kHourMs);
  chat_.members["g"][0].msg_seq = 11;
  go_on(2 * kDayMs);
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs()[0].removed, 2);
  EXPECT_EQ(view().plan(runs()[0].id)[0].account, "m1");
  EXPECT_TRUE(noted().at("m0").moved_at);
}

TEST_F(EarlyNoteTest, OneNoteADayHoweverOftenTheGroupFills) {
  for (int i = 0; i < 20; ++i) {
    chat_.groups["g"].member_num = kMembers;
    fills();
    fills();
    go_on(5 * kMinuteMs);
    chat_.groups["g"].member_num = kMembers - 1;
    Event exit;
    exit.command = Command::kMemberExit;
    exit.group_id = "g";
    exit.received_at = clock_.now();
    database_.commit([&](Transaction& storage) { store_event(storage, exit, settings_); });
    go_on(5 * kMinuteMs);
    ASSERT_EQ(group().state, GroupState::kHasRoom);
  }
  EXPECT_EQ(listings(), 1);
  go_on(kDayMs);
  chat_.groups["g"].member_num = kMembers;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 2);
}

TEST_F(EarlyNoteTest, ADayAfterThatSomebodyElseIsNotedAndNobodyBeginsAnew) {
  settings_.timing.stale_after = 30 * kDayMs;
  take_over();
  fills();
  go_on(kDayMs + kHourMs);
  const TimeMs seen = noted().at("m0").seen_at;
  chat_.members["g"][1].msg_seq = 11;
  chat_.groups["g"].member_num = kMembers - 1;
  Event exit;
  exit.command = Command::kMemberExit;
  exit.group_id = "g";
  exit.received_at = clock_.now();
  database_.commit([&](Transaction& storage) { store_event(storage, exit, settings_); });
  go_on(kMinuteMs);
  chat_.groups["g"].member_num = kMembers;
  fills();
  go_on(kHourMs);
  EXPECT_EQ(listings(), 2);
  EXPECT_EQ(noted().at("m0").seen_at, seen);
  EXPECT_GT(noted().at("m1").seen_at, seen);
}

TEST_F(EarlyNoteTest, NotWhereAPlanHasListedThemWithinTheDay) {
  settings_.timing.stale_after = 0;
  settings_.mode = SchedulerMode::kPlan;
  take_over();
  fills();
  go_on(kMinuteMs);
  ASSERT_EQ(runs().size(), 1U);
  ASSERT_EQ(listings(), 1);
  settings_.timing.stale_after = 6 * kHourMs;
  take_over();
  start();
  for (const bool later : {false, true}) {
    database_.commit([&](Transaction& storage) {
      Group roomy = *storage.find_group("g");
      roomy.state = GroupState::kHasRoom;
      roomy.full_since.reset();
      roomy.cooldown_until.reset();
      roomy.next_check_at.reset();
      roomy.seen_room_at = clock_.now() - kHourMs;
      storage.save_group(roomy);
    });
    fills();
    go_on(later ? kHourMs : 2 * kHourMs);
    EXPECT_EQ(listings(), later ? 2 : 1);
    clock_.advance(kDayMs - 2 * kHourMs);
  }
}

TEST_F(EarlyNoteTest, ASweepThatFindsAFullGroupIsItsFirstFullEvent) {
  Look look;
  look.sent_at = kNow;
  look.info = chat_.groups["g"];
  database_.commit(
      [&](Transaction& storage) { storage.save_group(find_full(std::nullopt, look, kNow, settings_.timing)->group); });
  go_on(kHourMs);
  EXPECT_EQ(noted().size(), 6U);
}

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
