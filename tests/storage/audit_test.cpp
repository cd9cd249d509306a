#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using AuditStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(AuditStorageTest);

AuditEntry entry(TimeMs at, AuditAction action = AuditAction::kPause) {
  AuditEntry entry;
  entry.at = at;
  entry.actor = {"o'ps", AdminRole::kOperator, "192.0.2.1", "caf\xC3\xA9 \"7\""};
  entry.action = action;
  entry.target = "run:12";
  return entry;
}

TEST_P(AuditStorageTest, KeepsEachEntryAsItWasWritten) {
  const auto id = write([&](Transaction& s) { return s.insert_audit(entry(kNow)); });
  const auto page = storage().audit({}, {});
  ASSERT_EQ(page.items.size(), 1u);
  const AuditEntry& stored = page.items[0];
  EXPECT_EQ(stored.id, id);
  EXPECT_EQ(stored.at, kNow);
  EXPECT_EQ(stored.actor.token, "o'ps");
  EXPECT_EQ(stored.actor.role, AdminRole::kOperator);
  EXPECT_EQ(stored.actor.peer, "192.0.2.1");
  EXPECT_EQ(stored.actor.reason, "caf\xC3\xA9 \"7\"");
  EXPECT_EQ(stored.action, AuditAction::kPause);
  EXPECT_EQ(stored.target, "run:12");
}

TEST_P(AuditStorageTest, TakesEveryActionAndRole) {
  write([&](Transaction& s) {
    for (int action = 0; action <= static_cast<int>(AuditAction::kSweep); ++action) {
      s.insert_audit(entry(kNow, static_cast<AuditAction>(action)));
    }
    AuditEntry by_viewer = entry(kNow);
    by_viewer.actor.role = AdminRole::kViewer;
    s.insert_audit(by_viewer);
  });
  const auto items = storage().audit({}, {}).items;
  ASSERT_EQ(items.size(), 12u);
  EXPECT_EQ(items[0].actor.role, AdminRole::kViewer);
  EXPECT_EQ(items[1].action, AuditAction::kSweep);
  EXPECT_EQ(items[11].action, AuditAction::kRun);
}

TEST_P(AuditStorageTest, PagesNewestFirstWithinTheTime) {
  write([&](Transaction& s) {
    for (int i = 0; i < 9; ++i) s.insert_audit(entry(kNow + i));
  });
  for (const int limit : {1, 3, 9, 10}) {
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().audit({}, page); }).size(), 9u);
    const AuditFilter window{kNow + 2, kNow + 5};
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().audit(window, page); }).size(), 3u);
  }
  EXPECT_EQ(storage().audit({kNow + 8, {}}, {}).items.at(0).at, kNow + 8);
  EXPECT_TRUE(storage().audit({{}, kNow}, {}).items.empty());
}

TEST_P(AuditStorageTest, GoesWithTheChangeThatWasUndone) {
  storage().begin();
  storage().insert_audit(entry(kNow));
  storage().rollback();
  EXPECT_TRUE(storage().audit({}, {}).items.empty());
}

}  // namespace
}  // namespace headroom::test
