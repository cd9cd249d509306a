#include <gmock/gmock.h>

#include <algorithm>

#include "app/scheduler.h"
#include "tests/app/fake_chat.h"
#include "tests/app/test_database.h"
#include "tests/chat/virtual_clock.h"

// What the scheduler looks at, and how it forgets, step by step.
namespace headroom {
namespace {

using app_test::kNow;

class SchedulerLooksTest : public testing::Test {
 protected:
  SchedulerLooksTest() {
    settings_.tick = kMinuteMs;
    settings_.keep_events = kDayMs;
  }
  void start() {
    cell_.set(settings_);
    SchedulerHooks hooks;
    hooks.stopping = [this] { return stopping_; };
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, *view_, clock_, cell_, pause_, work_, [] { return 0.5; }, hooks);
  }
  void add(const std::string& group_id, TimeMs full_since, bool confirmed) {
    Group group;
    group.group_id = group_id;
    group.full_since = full_since;
    group.last_full_at = full_since;
    group.full_events = 1;
    group.next_check_at = full_since + settings_.timing.stale_after;
    if (confirmed) group.observed_at = full_since;
    database_.commit([&](Storage& storage) { storage.save_group(group); });
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

  app_test::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  VirtualClock clock_{kNow};
  app_test::FakeChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  WorkQueue work_{1000};
  bool stopping_ = false;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerLooksTest, ConfirmedGroupsAreLookedAtFirstAndOthersHaveAShare) {
  add_many(100, "forged", kNow - kHourMs, false);
  add_many(100, "real", kNow - kHourMs + 1, true);
  for (int i = 0; i < 100; ++i) put("real" + std::to_string(i));
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), 1U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 40);
  EXPECT_EQ(of(chat_.looks[0], "forged"), 10);
}

TEST_F(SchedulerLooksTest, WhoeverIsFewLeavesTheRestToTheOthers) {
  add_many(60, "forged", kNow - kHourMs, false);
  add("real", kNow - kMinuteMs * 11, true);
  put("real");
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.looks.size(), 1U);
  EXPECT_EQ(of(chat_.looks[0], "real"), 1);
  EXPECT_EQ(of(chat_.looks[0], "forged"), 49);
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
  database_.commit([&](Storage& storage) {
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
  chat_.before_look = [this] { stopping_ = true; };
  chat_.look_refusals.assign(100, {ChatOutcome::kOutcomeUnknown, 0});
  start();
  scheduler_->step();
  EXPECT_EQ(chat_.looks.size(), 5U);
  EXPECT_EQ(view_->find_group("g"), before);
  EXPECT_TRUE(view_->runs({}, {}).items.empty());
}

TEST_F(SchedulerLooksTest, ForgetsALittleAtATimeUntilNothingIsLeft) {
  settings_.mode = SchedulerMode::kObserve;
  settings_.max_unconfirmed_groups = 10;
  database_.commit([&](Storage& storage) {
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

}  // namespace
}  // namespace headroom
