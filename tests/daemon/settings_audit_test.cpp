#include "daemon/settings_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_database.h"

namespace headroom::support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SettingsAuditTest : public testing::Test {
 protected:
  std::vector<ChangedKey> record(const char* token) {
    std::vector<ChangedKey> changes;
    database_.commit([&](Transaction& storage) { changes = audit_settings(storage, config_, token, kNow); });
    return changes;
  }
  std::vector<AuditEntry> entries() { return database_.view().audit({}, {}).items; }

  TestDatabase database_;
  Config config_;
};

TEST_F(SettingsAuditTest, TheFirstStartOfADatabaseWritesNone) {
  EXPECT_THAT(record(kStartToken), IsEmpty());
  EXPECT_THAT(record(kStartToken), IsEmpty());
  EXPECT_THAT(entries(), IsEmpty());
}

TEST_F(SettingsAuditTest, OneEntryForWhatAReloadChanges) {
  record(kStartToken);
  config_.scheduler.mode = SchedulerMode::kPrune;
  config_.policy.max_removals_per_day = 7;
  EXPECT_THAT(record(kReloadToken), ElementsAre(ChangedKey{"policy.max_removals_per_day", "1000", "7"},
                                                ChangedKey{"scheduler.mode", "plan", "prune"}));
  ASSERT_EQ(entries().size(), 1U);
  const AuditEntry entry = entries().front();
  EXPECT_EQ(entry.actor.token, "reload");
  EXPECT_EQ(entry.action, AuditAction::kConfigure);
  EXPECT_EQ(entry.target, "scheduler");
  EXPECT_EQ(entry.at, kNow);
  EXPECT_EQ(entry.actor.reason, "policy.max_removals_per_day: 1000 -> 7, scheduler.mode: plan -> prune");
  record(kReloadToken);
  EXPECT_EQ(entries().size(), 1U) << "nothing has changed since";
}

TEST_F(SettingsAuditTest, WhenMembersMayGoIsAnEntryToo) {
  record(kStartToken);
  config_.calendar.hours.text = "Mon-Fri 09:00-18:00";
  EXPECT_THAT(record(kReloadToken), ElementsAre(ChangedKey{"calendar.hours", "", "Mon-Fri 09:00-18:00"}));
}

TEST_F(SettingsAuditTest, WhatMayBeRaisedIsOneOfThem) {
  record(kStartToken);
  config_.capacity.mode = CapacityMode::kRaise;
  config_.capacity.max_raises_per_day = 3;
  EXPECT_THAT(record(kReloadToken), ElementsAre(ChangedKey{"capacity.max_raises_per_day", "50", "3"},
                                                ChangedKey{"capacity.mode", "suggest", "raise"}));
}

TEST_F(SettingsAuditTest, AStartWithOthersThanTheLast) {
  record(kStartToken);
  config_.policy.protect_online = false;
  record(kStartToken);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_EQ(entries().front().actor.token, "start");
}

TEST_F(SettingsAuditTest, WhatDecidesAboutNobodyIsNoEntry) {
  record(kStartToken);
  config_.scheduler.tick = 17;
  config_.log.level = LogLevel::kError;
  config_.chat.calls_per_second = 7;
  EXPECT_THAT(record(kReloadToken), IsEmpty());
  EXPECT_THAT(entries(), IsEmpty());
}

TEST_F(SettingsAuditTest, AKeyThatAnOlderVersionDidNotHaveIsNoChange) {
  database_.commit([](Transaction& storage) { storage.put_setting("settings.in_force", "scheduler.mode=plan\n"); });
  EXPECT_THAT(record(kStartToken), IsEmpty());
  config_.policy.max_removals_per_day = 7;
  EXPECT_EQ(record(kReloadToken).size(), 1U) << "from now on it is known";
}

}  // namespace
}  // namespace headroom::support
