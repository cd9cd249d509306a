#include "app/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_key.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Reload, WhatIsTakenOverNeedsNoRestart) {
  Config next;
  next.policy.max_removals_per_run = 7;
  next.scheduler.mode = SchedulerMode::kPrune;
  next.scheduler.stale_after = 5;
  next.log.level = LogLevel::kError;
  EXPECT_THAT(keys_that_need_a_restart({}, next), IsEmpty());
  EXPECT_THAT(keys_that_need_a_restart({}, {}), IsEmpty());
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

TEST(Reload, SoDoesAnotherSecretInTheSameFile) {
  Config next;
  next.chat.secret_key = Secret("a");
  next.webhook.token = Secret("b");
  next.admin.tokens = {{"ops", AdminRole::kOperator, Secret("c")}};
  EXPECT_THAT(keys_that_need_a_restart({}, next),
              ElementsAre("chat.secret_key_file", "webhook.token_file", "admin.token_file"));
  next.admin.token_file = "/other";
  EXPECT_THAT(keys_that_need_a_restart({}, next),
              testing::UnorderedElementsAre("admin.token_file", "chat.secret_key_file", "webhook.token_file"));
}

}  // namespace
}  // namespace headroom
