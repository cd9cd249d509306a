// What the scheduler keeps beside its looks, and for how long: events, groups that nobody confirmed, plans that wait.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/scheduler_looks_fixture.h"

namespace headroom {
namespace {

using support::kNow;
using test::SchedulerLooksTest;

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
