#include <gmock/gmock.h>

#include "headroom/group_state.h"
#include "tests/engine/scheduler_world.h"
#include "tests/support/no_self_pause.h"

// A wall clock that is wrong for a while: nothing is lost by it, and once it is right again nothing is left of it.
namespace headroom {
namespace {

using support::kNow;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WrongClockTest : public testing::Test,
                       protected test::SchedulerWorld,
                       public support::NoSelfPause,
                       public Observer {
 protected:
  WrongClockTest() {
    settings_.keep_events = 90 * kDayMs;
    chat_.before_look = [this] { chat_.offset = true_now() - clock_.now(); };
    restart();
  }
  TimeMs true_now() const { return kNow + (clock_.steady_now() - began_); }
  void restart() {
    start(*this, *this, [] { return 1.0; });
  }
  void pause_self(const Reason& reason, const std::string& group_id) override {
    paused_.push_back(name_of(reason));
    pause_.show({"", reason, group_id});
  }
  void end_own_pause(const Reason&, PauseEnd) override {
    ended_at_.push_back(true_now());
    pause_.show({});
  }
  void run_finished(const headroom::Run& run) override { finished_.push_back(run); }
  // As its thread would.
  void run_for(DurationMs duration) {
    for (const SteadyMs end = clock_.steady_now() + duration; clock_.steady_now() < end;) {
      const SteadyMs next = scheduler_->step();
      clock_.set(std::clamp(next, clock_.steady_now() + 1, end));
    }
  }
  void wrong_by(DurationMs error) { clock_.step(true_now() + error - clock_.now()); }
  void receive(int count, TimeMs received_at, TimeMs event_time) {
    database_.commit([&](Transaction& storage) {
      for (int i = 0; i < count; ++i) {
        Event event;
        event.group_id = "e" + std::to_string(received_ + i);
        event.received_at = received_at;
        event.event_time = event_time;
        storage.insert_event(event);
      }
    });
    received_ += count;
  }
  std::size_t events() { return view_->events({}, {1000, std::nullopt}).items.size(); }
  void exempt(const std::string& subject, ExemptionKind kind, TimeMs expires_at) {
    database_.commit([&](Transaction& storage) {
      storage.put_exemption(
          {.id = 0, .kind = kind, .subject = subject, .reason = "", .created_at = kNow, .expires_at = expires_at});
    });
  }
  void full_event(const std::string& group_id) {
    Event event;
    event.group_id = group_id;
    event.received_at = clock_.now();
    event.event_time = true_now();
    database_.commit([&](Transaction& storage) {
      storage.save_group(*advance(storage.find_group(group_id), event, settings_.timing));
    });
  }
  GroupState state(const std::string& group_id) { return view_->find_group(group_id)->state; }

  const SteadyMs began_ = clock_.steady_now();
  int received_ = 0;
  std::vector<std::string> paused_;
  std::vector<TimeMs> ended_at_;
  std::vector<headroom::Run> finished_;
};

TEST_F(WrongClockTest, FarBehindAtTheStartLosesNothingThatWasAcknowledged) {
  wrong_by(-200 * kDayMs);
  restart();
  receive(60, clock_.now(), true_now());
  run_for(kMinuteMs);
  wrong_by(0);
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 60U);
}

// And behind Chat's clock for good, by less than anybody minds: the newest events are of a time that is yet to come.
TEST_F(WrongClockTest, WhatCameWhileItWasFarBehindStaysWhenItIsOnlySetRoughly) {
  settings_.timing.stale_after = 0;
  chat_.put_group("g", "Public", 100, 200);
  wrong_by(-200 * kDayMs);
  restart();
  receive(60, clock_.now(), true_now());
  wrong_by(-90 * kSecondMs);
  restart();
  full_event("g");  // Chat is asked, and agrees
  run_for(80 * kSecondMs);
  EXPECT_EQ(events(), 60U);
}

TEST_F(WrongClockTest, FarAheadForSecondsForgetsNoEvent) {
  receive(150, kNow, kNow);
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  wrong_by(100 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(50 * kMinuteMs);
  EXPECT_EQ(events(), 157U) << "nor what is old: nobody knows yet which time is right";
  run_for(2 * kHourMs);
  EXPECT_EQ(events(), 150U) << "and then retention goes on";
}

TEST_F(WrongClockTest, AClockThatNobodyHasCheckedForgetsNothing) {
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  chat_.look_refusals.assign(10000, {ChatOutcome::kOutcomeUnknown, 0});
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 7U);
  chat_.look_refusals.clear();
  run_for(kHourMs);
  EXPECT_EQ(events(), 0U) << "a quiet daemon asks Chat for its time";
}

TEST_F(WrongClockTest, ModeObserveAsksNobodyAndForgetsByAClockThatWasNotSet) {
  settings_.mode = SchedulerMode::kObserve;
  restart();
  receive(7, kNow - 91 * kDayMs, kNow - 91 * kDayMs);
  run_for(kMinuteMs);
  EXPECT_EQ(events(), 0U);
  receive(7, kNow, kNow);
  wrong_by(100 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(3 * kHourMs);
  EXPECT_EQ(events(), 7U);
  EXPECT_EQ(chat_.all_calls(), 0);
}

TEST_F(WrongClockTest, AheadForSecondsEndsNoExemption) {
  exempt("g", ExemptionKind::kGroup, kNow + kDayMs);
  for (const char* account : {"a", "b", "c"}) exempt(account, ExemptionKind::kMember, kNow + kDayMs);
  run_for(10 * kMinuteMs);
  wrong_by(2 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(kMinuteMs);
  restart();
  EXPECT_EQ(view_->exempt_members({"a", "b", "c"}, clock_.now()).size(), 3U);
  EXPECT_TRUE(view_->find_exemption(ExemptionKind::kGroup, "g", clock_.now()));
  EXPECT_THAT(view_->exemptions({}, clock_.now()).items, SizeIs(4));
}

TEST_F(WrongClockTest, AnExemptionThatIsOverMakesItsGroupDueAndItsRowStaysForThirtyDays) {
  chat_.put_group("g", "Public", 200, 200);
  full_event("g");
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->observed_at = kNow;
    group->full_since = kNow - kHourMs;
    storage.save_group(after_exempted(*group, kNow + 2 * kHourMs));
  });
  exempt("g", ExemptionKind::kGroup, kNow + 2 * kHourMs);
  settings_.mode = SchedulerMode::kObserve;  // where no look would notice
  restart();
  run_for(2 * kHourMs - kMinuteMs);
  EXPECT_EQ(state("g"), GroupState::kBlocked);
  run_for(2 * kMinuteMs);
  EXPECT_EQ(state("g"), GroupState::kFull);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1));
  clock_.advance(29 * kDayMs);
  run_for(2 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1));
  clock_.advance(kDayMs);
  run_for(2 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), SizeIs(1)) << "nobody has checked the clock";
  settings_.mode = SchedulerMode::kPlan;  // where Chat does
  restart();
  run_for(5 * kMinuteMs);
  EXPECT_THAT(view_->expired_exemptions({}, clock_.now(), 10), IsEmpty());
}

TEST_F(WrongClockTest, AheadForSecondsExpiresNoPlan) {
  headroom::Run plan;
  plan.group_id = "g";
  plan.mode = RunMode::kApprove;
  plan.state = RunState::kAwaitingApproval;
  plan.created_at = kNow;
  database_.commit([&](Transaction& storage) { storage.insert_run(plan); });
  run_for(kMinuteMs);
  wrong_by(2 * kDayMs);
  run_for(3 * kSecondMs);
  wrong_by(0);
  run_for(kHourMs + kMinuteMs);
  EXPECT_THAT(finished_, IsEmpty());
  EXPECT_THAT(view_->waiting_runs(10), SizeIs(1));
  clock_.advance(23 * kHourMs);
  run_for(10 * kMinuteMs);
  ASSERT_THAT(finished_, SizeIs(1));
  EXPECT_EQ(finished_[0].state, RunState::kExpired);
}

// Each group was named by a webhook while the clock was a day ahead.
TEST_F(WrongClockTest, AheadForSecondsStopsPruningForSeconds) {
  settings_.timing.stale_after = 0;
  restart();
  for (const char* id : {"known", "new", "newer"}) chat_.put_group(id, "Public", 200, 200);
  full_event("known");
  run_for(kMinuteMs);
  ASSERT_EQ(work_.in_hand(), 1U);
  work_.finish(work_.pop()->group_id);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("known");
    group->next_check_at = clock_.now();
    storage.save_group(*group);
  });
  for (const DurationMs error : {kDayMs, 20 * kHourMs, 400 * kDayMs}) {
    wrong_by(error);
    full_event("new");
    run_for(6 * kSecondMs);
    EXPECT_EQ(pause_.state().own_reason, "clock_skew");
    wrong_by(0);
    run_for(15 * kSecondMs);
    EXPECT_EQ(pause_.state().own_reason, "");
    full_event("newer");
    run_for(15 * kSecondMs);
    std::vector<std::string> to_run;
    while (work_.in_hand() > 0) {
      to_run.push_back(work_.pop()->group_id);
      work_.finish(to_run.back());
    }
    EXPECT_THAT(to_run, testing::IsSupersetOf({"known", "new", "newer"})) << error / kHourMs;
  }
  EXPECT_THAT(finished_, IsEmpty()) << "a look by a wrong clock is no run";
}

TEST_F(WrongClockTest, WhatAnEarlierProcessParkedIsDueAfterAStart) {
  chat_.put_group("g", "Public", 100, 200);
  chat_.put_group("blocked", "Public", 100, 200);
  full_event("g");
  full_event("blocked");
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->full_since = group->last_full_at = kNow + 20 * kHourMs;
    group->next_check_at = kNow + 20 * kHourMs;
    group->observed_at = kNow;
    storage.save_group(*group);
    group = storage.find_group("blocked");
    group->state = GroupState::kBlocked;
    group->reason = BlockReason::kNobodyRemovable;
    group->next_check_at = kNow + 20 * kHourMs;
    storage.save_group(*group);
  });
  restart();
  run_for(30 * kSecondMs);
  EXPECT_EQ(state("g"), GroupState::kHasRoom);
  EXPECT_EQ(view_->find_group("g")->full_since, std::nullopt);
  EXPECT_EQ(state("blocked"), GroupState::kBlocked) << "that is what its rule may set";
}

// By a clock that was ahead its exemption was over, and Chat did not answer for it then.
TEST_F(WrongClockTest, AnExemptGroupIsParkedNoLongerThanItsExemptionLasts) {
  for (const char* id : {"g", "over"}) {
    chat_.put_group(id, "Public", 200, 200);
    full_event(id);
  }
  exempt("g", ExemptionKind::kGroup, kNow + 2 * kHourMs);
  database_.commit([&](Transaction& storage) {
    for (const char* id : {"g", "over"}) {
      Group group = after_exempted(*storage.find_group(id), kNow + 10 * kDayMs);
      group.observed_at = kNow;
      storage.save_group(group);
    }
  });
  restart();
  run_for(30 * kSecondMs);
  EXPECT_EQ(view_->find_group("g")->next_check_at, kNow + 2 * kHourMs);
  EXPECT_EQ(state("g"), GroupState::kBlocked);
  EXPECT_EQ(state("over"), GroupState::kFull) << "it has been looked at";
}

TEST_F(WrongClockTest, ByAClockThatIsFarBehindNothingLooksParked) {
  for (const char* id : {"g", "h"}) {
    chat_.put_group(id, "Public", 200, 200);
    full_event(id);
  }
  const auto before = view_->groups({}, {}).items;
  wrong_by(-200 * kDayMs);
  restart();
  run_for(kMinuteMs);
  EXPECT_THAT(paused_, testing::Contains("clock_skew")) << "it asked";
  EXPECT_EQ(view_->groups({}, {}).items, before);
}

TEST_F(WrongClockTest, AChatThatIsAskedMeanwhileIsAskedEveryTenSecondsAndNoMore) {
  chat_.put_group("g", "Public", 200, 200);
  settings_.timing.stale_after = 0;
  settings_.tick = kHourMs;
  restart();
  full_event("g");
  wrong_by(kHourMs);
  run_for(kSecondMs);
  const int calls = chat_.all_calls();
  run_for(10 * kMinuteMs);
  EXPECT_GE(chat_.all_calls() - calls, 60);
  EXPECT_LE(chat_.all_calls() - calls, 130);
}

TEST_F(WrongClockTest, AUserSigThatIsRefusedMeanwhileIsNoWrongKey) {
  chat_.put_group("g", "Public", 200, 200);
  settings_.timing.stale_after = 0;
  restart();
  full_event("g");
  wrong_by(-2 * kDayMs);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("g");
    group->next_check_at = clock_.now();
    storage.save_group(*group);
  });
  chat_.look_refusals.assign(1, {ChatOutcome::kCredentialsRejected, 70001});
  run_for(kSecondMs);
  EXPECT_THAT(paused_, ElementsAre("clock_skew"));
}

}  // namespace
}  // namespace headroom
