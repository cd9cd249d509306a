#include <gmock/gmock.h>

#include <algorithm>

#include "engine/event_intake.h"
#include "engine/gate/daemon_gate.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/fake_chat.h"
#include "tests/support/no_self_pause.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// What the scheduler looks at, and how it forgets, step by step.
namespace headroom {
namespace {

using support::kNow;

class SchedulerLooksTest : public testing::Test, public support::NoSelfPause {
 protected:
  SchedulerLooksTest() {
    settings_.tick = kMinuteMs;
    settings_.keep_events = kDayMs;
  }
  void start() {
    cell_.set(settings_);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, *view_, clock_, cell_, gate_, pause_, work_, [] { return 0.5; }, observer_, *this);
  }
  void pause_self(const Reason&, const std::string&) override { ++pauses_; }
  void add(const std::string& group_id, TimeMs full_since, bool confirmed) {
    Group group;
    group.group_id = group_id;
    group.full_since = full_since;
    group.last_full_at = full_since;
    group.full_events = 1;
    group.next_check_at = full_since + settings_.timing.stale_after;
    if (confirmed) group.observed_at = full_since;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  void add_many(int count, const std::string& prefix, TimeMs full_since, bool confirmed) {
    for (int i = 0; i < count; ++i) add(prefix + std::to_string(i), full_since, confirmed);
  }
  // How many of the ids of a call begin like that.
  static std::ptrdiff_t of(const std::vector<std::string>& ids, const std::string& prefix) {
    return std::count_if(ids.begin(), ids.end(), [&](const auto& id) { return id.rfind(prefix, 0) == 0; });
  }

  // A group of Chat's, full; or one that it has only an error for.
  void put(const std::string& group_id, int error_code = 0) {
    chat_.put_group(group_id, "Public", 200, 200);
    chat_.groups[group_id].error_code = error_code;
  }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  VirtualClock clock_{kNow};
  support::FakeChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  Observer observer_;
  WorkQueue work_{1000};
  int pauses_ = 0;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerLooksTest, ConfirmedGroupsAreLookedAtFirstAndOthersHaveAShare) {
  add_many(100, "forged", kNow - kHourMs, false);
  add_many(100, "real", kNow - kHourMs + 1, true);
  for (int i = 0; i < 100; ++i) put("real" + std::to_string(i));
  start();
  scheduler_->step();
  // An id that nobody has confirmed shares no call with one that Chat knows.
  ASSERT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 40);
  EXPECT_EQ(chat_.looks[0].size(), 40U);
  EXPECT_EQ(of(chat_.looks[1], "forged"), 10);
  EXPECT_EQ(chat_.looks[1].size(), 10U);
}

TEST_F(SchedulerLooksTest, WhoeverIsFewLeavesTheRestToTheOthers) {
  add_many(60, "forged", kNow - kHourMs, false);
  add("real", kNow - kMinuteMs * 11, true);
  put("real");
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 1);
  EXPECT_EQ(of(chat_.looks[1], "forged"), 49);
}

// Calls that name one of the forged ones are not answered: 150 s went by, and no group was looked at.
TEST_F(SchedulerLooksTest, OneIdThatChatCanNotDigestKeepsNobodyElseWaiting) {
  add("poison", kNow - kHourMs - 1, false);
  add_many(9, "new", kNow - kHourMs, false);
  add_many(10, "real", kNow - kMinuteMs * 11, true);
  for (int i = 0; i < 9; ++i) put("new" + std::to_string(i));
  for (int i = 0; i < 10; ++i) put("real" + std::to_string(i));
  chat_.culprits["poison"] = {ChatOutcome::kOutcomeUnknown, 0};
  start();
  scheduler_->step();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(work_.busy("real" + std::to_string(i))) << i;
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(work_.busy("new" + std::to_string(i))) << i;
  EXPECT_FALSE(work_.busy("poison"));
  EXPECT_LE(clock_.now() - kNow, 5 * kSecondMs);
  const auto poison = view_->find_group("poison");
  EXPECT_EQ(poison->failures, 1) << "it backs off";
  EXPECT_EQ(view_->find_run(*poison->last_run_id)->reason, "chat_unreachable");
}

TEST_F(SchedulerLooksTest, OneThatIsConfirmedKeepsNobodyElseWaitingEither) {
  add_many(50, "real", kNow - kHourMs, true);
  for (int i = 0; i < 50; ++i) put("real" + std::to_string(i));
  chat_.culprits["real17"] = {ChatOutcome::kOutcomeUnknown, 0};
  start();
  scheduler_->step();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(work_.busy("real" + std::to_string(i)), i != 17) << i;
}

// Forged ids with which Chat is busy for as long as a call may last.
TEST_F(SchedulerLooksTest, UnconfirmedGroupsHaveNoMoreThanTheirShareOfTheTime) {
  add_many(200, "poison", kNow - kHourMs, false);
  for (int i = 0; i < 200; ++i) chat_.culprits["poison" + std::to_string(i)] = {ChatOutcome::kOutcomeUnknown, 0};
  chat_.before_look = [this] {
    if (of(chat_.looks.back(), "poison") > 0) clock_.advance(5 * kSecondMs);
  };
  start();
  scheduler_->step();
  EXPECT_GE(clock_.now() - kNow, 30 * kSecondMs);
  add("real", kNow - kMinuteMs * 11, true);
  put("real");
  const std::size_t looks = chat_.looks.size();
  const TimeMs before = clock_.now();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), looks + 1);
  EXPECT_EQ(chat_.looks.back(), std::vector<std::string>{"real"});
  EXPECT_EQ(clock_.now(), before);
  // Not for ever.
  clock_.advance(kMinuteMs);
  scheduler_->step();
  EXPECT_GT(chat_.looks.size(), looks + 1);
}

// It gave way to forged ones while Chat was asked for it; Chat knows it.
TEST_F(SchedulerLooksTest, AFullGroupThatIsEvictedWhileItIsLookedAtIsKept) {
  add("real", kNow - kHourMs, false);
  add("small", kNow - kHourMs, false);
  put("real");
  chat_.put_group("small", "Public", 100, 200);
  chat_.before_look = [this] {
    database_.commit([](Transaction& storage) { storage.evict_unconfirmed_groups(0, 10); });
  };
  start();
  scheduler_->step();
  ASSERT_TRUE(view_->find_group("real"));
  EXPECT_EQ(view_->find_group("real")->observed_at, kNow);
  EXPECT_EQ(view_->find_group("real")->full_since, kNow - kHourMs);
  EXPECT_TRUE(work_.busy("real"));
  EXPECT_FALSE(view_->find_group("small")) << "with room it is nothing to know of";
}

// Chat knew it not, and now does: it was acknowledged, and nothing else will tell of it.
TEST_F(SchedulerLooksTest, AGroupWhoseFullEventComesWhileItIsLookedAtIsNotForgotten) {
  add("g", kNow - kHourMs, false);
  chat_.before_look = [this] {
    Event event;
    event.group_id = "g";
    event.received_at = kNow;
    event.event_time = kNow - 500;  // Chat's clock is behind
    database_.commit([&](Transaction& storage) { store_event(storage, event, settings_); });
  };
  start();
  scheduler_->step();
  ASSERT_TRUE(view_->find_group("g"));
  chat_.before_look = {};
  put("g");
  clock_.advance(kSecondMs);
  scheduler_->step();
  EXPECT_TRUE(work_.busy("g"));
}

TEST_F(SchedulerLooksTest, AClosedLaneIsNotSpunFor) {
  add("poison", kNow - kHourMs, false);
  chat_.culprits["poison"] = {ChatOutcome::kOutcomeUnknown, 0};
  chat_.before_look = [this] { clock_.advance(5 * kSecondMs); };
  start();
  scheduler_->step();
  add("other", kNow - kHourMs, false);
  chat_.culprits["other"] = {ChatOutcome::kOutcomeUnknown, 0};
  const std::size_t looks = chat_.looks.size();
  EXPECT_GT(scheduler_->step(), clock_.steady_now()) << "due, and not yet to be looked at";
  EXPECT_EQ(chat_.looks.size(), looks);
}

// What comes of groups that Chat has an error of its own for pauses nobody, alone or among others.
TEST_F(SchedulerLooksTest, NoGroupPausesTheScheduler) {
  add("@TGS#_x", kNow - kHourMs, false);
  add("real", kNow - kHourMs, true);
  put("real");
  for (const int code : {10059, 11000}) {
    chat_.culprits["@TGS#_x"] = {classify(code), code};
    pauses_ = 0;
    start();
    scheduler_->step();
    EXPECT_EQ(pauses_, 0) << code;
    EXPECT_TRUE(work_.busy("real"));
    clock_.advance(2 * kHourMs);
  }
  EXPECT_EQ(view_->find_run(*view_->find_group("@TGS#_x")->last_run_id)->reason, "chat_error_11000");
}

TEST_F(SchedulerLooksTest, AGroupThatIsNotStaleIsNotLookedAt) {
  add_many(5, "new", kNow, false);
  start();
  scheduler_->step();
  EXPECT_TRUE(chat_.looks.empty());
}

// Forged ones would push a new group out before it is stale: it is asked for early, and stays.
TEST_F(SchedulerLooksTest, TooManyUnconfirmedGroupsAreAskedForBeforeTheyAreStale) {
  settings_.max_unconfirmed_groups = 100;
  put("real");
  add_many(60, "forged", kNow, false);
  add("real", kNow, false);
  start();
  for (int i = 0; i < 2; ++i) scheduler_->step();
  EXPECT_FALSE(view_->find_group("forged0"));
  // Half of the limit may wait for its time: those that came last were not asked for.
  EXPECT_TRUE(view_->find_group("forged55"));
  add_many(60, "more", kNow, false);
  for (int i = 0; i < 3; ++i) scheduler_->step();
  const auto real = view_->find_group("real");
  ASSERT_TRUE(real);
  EXPECT_EQ(real->observed_at, kNow);
  EXPECT_EQ(real->state, GroupState::kFull);
  EXPECT_EQ(real->next_check_at, kNow + settings_.timing.stale_after);
}

TEST_F(SchedulerLooksTest, UnconfirmedGroupsThatChatHasAnErrorForAreNotAskedForAllTheTime) {
  settings_.max_unconfirmed_groups = 2;
  add_many(2, "broken", kNow, false);
  add("broken2", kNow, false);
  for (int i = 0; i < 3; ++i) put("broken" + std::to_string(i), 10002);
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 1U);
  clock_.advance(kMinuteMs);
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 2U);
  EXPECT_EQ(view_->find_group("broken1")->next_check_at, kNow + settings_.timing.stale_after);
}

// An exit made it due before it is stale, and Chat answered for it with an error of its own: it waits.
TEST_F(SchedulerLooksTest, AGroupThatOnlyItsOwnErrorConcernsIsNotLookedAtInALoop) {
  add("broken", kNow, true);
  put("broken", 10002);
  database_.commit([&](Transaction& storage) {
    auto group = storage.find_group("broken");
    group->next_check_at = kNow;
    storage.save_group(*group);
  });
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 1U);
  EXPECT_EQ(view_->find_group("broken")->next_check_at, kNow + settings_.timing.retry_base);
}

TEST_F(SchedulerLooksTest, AStopLeavesThoseItLooksAtDue) {
  add("g", kNow - kHourMs, true);
  const auto before = view_->find_group("g");
  chat_.before_look = [this] { gate_.stop(); };
  chat_.look_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 0});
  start();
  scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 6U) << "five tries, and one whether Chat answers anybody";
  EXPECT_EQ(view_->find_group("g"), before);
  EXPECT_TRUE(view_->runs({}, {}).items.empty());
}

TEST_F(SchedulerLooksTest, ForgetsALittleAtATimeUntilNothingIsLeft) {
  settings_.mode = SchedulerMode::kObserve;
  settings_.tick = 10 * kSecondMs;  // it never sleeps longer: something may be over by then
  settings_.max_unconfirmed_groups = 10;
  database_.commit([&](Transaction& storage) {
    for (int i = 0; i < 3000; ++i) {
      Event event;
      event.group_id = "g" + std::to_string(i);
      event.received_at = kNow - 2 * kDayMs + i;
      storage.insert_event(event);
    }
    Event young;
    young.group_id = "young";
    young.received_at = kNow;
    storage.insert_event(young);
  });
  add_many(40, "forged", kNow, false);
  start();
  int steps = 0;
  SteadyMs next = scheduler_->step();
  EXPECT_LT(next, clock_.steady_now() + settings_.tick);  // there is more
  for (; next < clock_.steady_now() + settings_.tick && steps < 3000; ++steps) {
    clock_.set(next);
    next = scheduler_->step();
  }
  EXPECT_LT(steps, 3000);
  const auto events = view_->events({}, {});
  ASSERT_EQ(events.items.size(), 1U);
  EXPECT_EQ(events.items[0].group_id, "young");
  EXPECT_EQ(view_->groups({}, {}).items.size(), 10U);
}

// The looks wait for Chat; meanwhile an operator gives the plans that wait more time.
TEST_F(SchedulerLooksTest, AReloadDuringTheLooksHoldsForWhatIsKeptAfterThem) {
  settings_.approval_ttl = kMinuteMs;
  add("full", kNow - kHourMs, true);
  put("full");
  headroom::Run plan;
  plan.group_id = "other";
  plan.state = RunState::kAwaitingApproval;
  plan.created_at = kNow - 10 * kMinuteMs;
  database_.commit([&](Transaction& storage) { storage.insert_run(plan); });
  chat_.offset = 0;
  chat_.before_look = [this] {
    settings_.approval_ttl = kDayMs;
    cell_.set(settings_);
  };
  start();
  scheduler_->step();
  EXPECT_EQ(view_->waiting_runs(10).size(), 1U);
}

TEST_F(SchedulerLooksTest, APlanExpiresInTimeHoweverLongTheTick) {
  settings_.tick = kHourMs;
  settings_.approval_ttl = 90 * kSecondMs;  // the housekeeping of each minute is too late
  add("full", kNow - kHourMs, true);
  put("full");
  headroom::Run plan;
  plan.group_id = "other";
  plan.state = RunState::kAwaitingApproval;
  plan.created_at = kNow;
  database_.commit([&](Transaction& storage) { storage.insert_run(plan); });
  chat_.offset = 0;
  start();
  const SteadyMs end = clock_.steady_now() + settings_.approval_ttl + 10 * kSecondMs;
  for (SteadyMs next = scheduler_->step(); next <= end; next = scheduler_->step()) {
    clock_.set(std::max(next, clock_.steady_now() + 1));
  }
  EXPECT_TRUE(view_->waiting_runs(10).empty());
}

TEST_F(SchedulerLooksTest, APlanThatWaitsForAGroupThatIsGoneEndsWithIt) {
  add("gone", kNow - kHourMs, true);
  add("full", kNow - kHourMs, true);
  put("full");
  std::vector<std::int64_t> plans;
  for (const char* id : {"gone", "full"}) {
    headroom::Run plan;
    plan.group_id = id;
    plan.state = RunState::kAwaitingApproval;
    plan.created_at = kNow - kMinuteMs;
    database_.commit([&](Transaction& storage) { plans.push_back(storage.insert_run(plan)); });
  }
  start();
  scheduler_->step();
  EXPECT_EQ(view_->find_group("gone")->state, GroupState::kGone);
  EXPECT_EQ(view_->find_run(plans.front())->state, RunState::kNothingToDo);
  EXPECT_EQ(view_->find_run(plans.front())->reason, "gone");
  EXPECT_EQ(view_->find_run(plans.back())->state, RunState::kAwaitingApproval);
}

}  // namespace
}  // namespace headroom
