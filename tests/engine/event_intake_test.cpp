#include "engine/event_intake.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"

// What a webhook may do to a group, beside what core decides: with a run open, and in mode observe.
namespace headroom {
namespace {

using support::kNow;

class EventIntakeTest : public testing::Test {
 protected:
  EventIntakeTest() {
    settings_.mode = SchedulerMode::kPrune;
    Group group;
    group.group_id = "g";
    group.observed_at = kNow - kHourMs;
    group.full_since = kNow - kHourMs;
    group.last_full_at = kNow - kHourMs;
    group.full_events = 1;
    group.next_check_at = kNow + kHourMs;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  Stored store(Command command, TimeMs at = kNow) {
    Event event;
    event.command = command;
    event.group_id = "g";
    event.received_at = at;
    event.event_time = at;
    Stored stored;
    database_.commit([&](Transaction& storage) { stored = store_event(storage, event, settings_); });
    return stored;
  }
  Group group() { return *database_.view().find_group("g"); }
  void open_run(RunState state) {
    headroom::Run run;
    run.group_id = "g";
    run.state = state;
    database_.commit([&](Transaction& storage) { storage.insert_run(run); });
  }

  support::TestDatabase database_;
  Settings settings_;
};

TEST_F(EventIntakeTest, DestroyedMakesDueAndWakesTheScheduler) {
  EXPECT_TRUE(store(Command::kGroupDestroyed).due);
  EXPECT_EQ(group().state, GroupState::kFull);
  EXPECT_EQ(group().next_check_at, kNow);
}

// The scheduler knows: thousands of webhooks a second must not each make it read the database.
TEST_F(EventIntakeTest, OneMoreEventOfAGroupThatIsDueWakesNobody) {
  EXPECT_FALSE(store(Command::kGroupFull).due) << "it is due in an hour";
  EXPECT_TRUE(store(Command::kGroupDestroyed).due);
  EXPECT_FALSE(store(Command::kGroupFull, kNow + kSecondMs).due);
  EXPECT_EQ(group().full_events, 3);
  settings_.timing.stale_after = 0;
  database_.commit([&](Transaction& storage) { storage.delete_group("g"); });
  EXPECT_TRUE(store(Command::kGroupFull, kNow + kMinuteMs).due) << "a new one";
  EXPECT_FALSE(store(Command::kGroupFull, kNow + kMinuteMs + 1).due);
}

TEST_F(EventIntakeTest, WhereNobodyIsAskedDestroyedIsBelieved) {
  settings_.mode = SchedulerMode::kObserve;
  EXPECT_FALSE(store(Command::kGroupDestroyed).due);
  EXPECT_EQ(group().state, GroupState::kGone);
  EXPECT_EQ(group().next_check_at, std::nullopt);
  store(Command::kGroupFull, kNow + kSecondMs);
  EXPECT_EQ(group().state, GroupState::kFull);
}

// It would wait for up to 30 days, and then for a group that has come to be under the same id.
TEST_F(EventIntakeTest, APlanThatWaitsIsNoReasonNotToAskWhetherTheGroupIsGone) {
  open_run(RunState::kAwaitingApproval);
  EXPECT_TRUE(store(Command::kGroupDestroyed).due);
  EXPECT_TRUE(database_.view().open_run("g"));
  settings_.mode = SchedulerMode::kObserve;
  store(Command::kGroupDestroyed, kNow + kMinuteMs);
  EXPECT_EQ(group().state, GroupState::kGone);
  EXPECT_FALSE(database_.view().open_run("g"));
}

TEST_F(EventIntakeTest, WhileARunIsOpenOnlyFullEventsCount) {
  for (const RunState state : {RunState::kRunning, RunState::kAwaitingApproval}) {
    open_run(state);
    const Group before = group();
    for (const SchedulerMode mode : {SchedulerMode::kPrune, SchedulerMode::kObserve}) {
      settings_.mode = mode;
      if (state == RunState::kRunning) {
        EXPECT_FALSE(store(Command::kGroupDestroyed).due);
      }
      EXPECT_FALSE(store(Command::kMemberExit).due);
      EXPECT_EQ(group(), before);
    }
    store(Command::kGroupFull, kNow + static_cast<int>(state));
    EXPECT_EQ(group().full_events, before.full_events + 1);
    database_.commit([&](Transaction& storage) {
      auto run = *storage.open_run("g");
      run.state = RunState::kExpired;
      storage.update_run(run);
    });
  }
}

}  // namespace
}  // namespace headroom
