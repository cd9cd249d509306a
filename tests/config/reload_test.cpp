#include "config/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Reload, WhatIsTakenOverNeedsNoRestart) {
  Config next;
  next.policy.max_removals_per_run = 7;
  next.scheduler.mode = SchedulerMode::kPrune;
  next.scheduler.stale_after = 5;
  next.capacity.mode = CapacityMode::kRaise;
  next.capacity.ceilings = *Ceilings::parse("Public:2000");
  next.log.level = LogLevel::kError;
  next.calendar.hours.text = "Mon-Fri 09:00-18:00";
  EXPECT_THAT(keys_that_need_a_restart({}, next), IsEmpty());
  EXPECT_THAT(keys_that_need_a_restart({}, {}), IsEmpty());
}

TEST(Reload, SaysWhatIsTakenOver) {
  Config next;
  next.policy.max_removals_per_run = 7;
  next.scheduler.mode = SchedulerMode::kPrune;
  next.calendar.freeze = {"2027-01-01", {}};
  next.scheduler.concurrency = 3;        // needs a restart
  next.chat.secret_key = Secret("key");  // and no secret is ever shown
  EXPECT_THAT(reloaded_changes({}, next), ElementsAre(ChangedKey{"scheduler.mode", "plan", "prune"},
                                                      ChangedKey{"policy.max_removals_per_run", "100", "7"},
                                                      ChangedKey{"calendar.freeze", "", "2027-01-01"}));
  EXPECT_THAT(reloaded_changes(next, next), IsEmpty());
}

TEST(Reload, EverythingElseDoes) {
  Config next;
  next.chat.delete_batch = 7;
  next.webhook.path = "/other";
  next.retention.events = 5;
  next.scheduler.concurrency = 3;
  EXPECT_THAT(keys_that_need_a_restart({}, next),
              ElementsAre("chat.delete_batch", "webhook.path", "scheduler.concurrency", "retention.events"));
}

TEST(Reload, SoDoesAnotherKeyForUserSigInTheSameFile) {
  Config next;
  next.chat.secret_key = Secret("a");
  EXPECT_THAT(keys_that_need_a_restart({}, next), ElementsAre("chat.secret_key_file"));
}

TEST(Reload, TokensAreTakenOverWithoutBeingShown) {
  Config running;
  running.webhook.tokens = {Secret("s3cret")};
  Config next = running;
  EXPECT_THAT(reloaded_changes(running, next), IsEmpty());
  next.webhook.tokens.push_back(Secret("s3cret2"));
  next.admin.tokens = {{"ops", AdminRole::kOperator, Secret("s3cret3")}};
  next.admin.token_file = "/other";
  const auto changes = reloaded_changes(running, next);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].key, "webhook.token_file");
  EXPECT_EQ(changes[1].key, "admin.token_file");
  for (const ChangedKey& change : changes) {
    EXPECT_EQ(change.from + change.to, "");
  }
  EXPECT_THAT(keys_that_need_a_restart(running, next), IsEmpty());
}

TEST(Reload, EachChangedKeyIsSaidWithBothValues) {
  Config next;
  next.scheduler.mode = SchedulerMode::kPrune;
  next.policy.max_removals_per_day = 5;
  next.webhook.allow_unsigned = true;
  next.webhook.path = "/other";
  next.capacity.mode = CapacityMode::kOff;
  next.capacity.only_from = *DefaultLimits::parse("200,500");
  std::string said;
  for (const ChangedKey& change : reloaded_changes({}, next)) {
    said += change.key + " " + change.from + " " + change.to + "\n";
  }
  EXPECT_EQ(said,
            "webhook.allow_unsigned false true\nscheduler.mode plan prune\npolicy.max_removals_per_day 1000 5\n"
            "capacity.mode suggest off\ncapacity.only_from  200, 500\n");
}

}  // namespace
}  // namespace headroom
