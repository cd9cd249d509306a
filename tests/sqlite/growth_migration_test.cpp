#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

// The migration that makes `tally` counts what is in the file already.
namespace headroom::test {
namespace {

TEST(GrowthMigrationTest, WhatIsThereAlreadyIsCounted) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  Migrator(path).up({.to = 1, .now = kNow});
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    const std::string now = std::to_string(kNow);
    database.exec(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99) INSERT INTO chat_group"
        " (group_id, state, reason, full_since, full_events, type, name, next_check_at, failures) SELECT 'g' || i,"
        " iif(i % 2 = 0, 'full', 'blocked'), '', iif(i % 10 = 0, NULL, " +
        now + " - i * 1000000), 1, '', '', iif(i % 4 = 0, NULL, " + now + " - 50000000 + i * 1000000), 0 FROM n");
    database.exec(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO event (group_id,"
        " source, received_at, client_ip, platform, body) SELECT 'g', 'webhook', " +
        now + " - i * 100000, '', '', '' FROM n");
    database.exec(
        "INSERT INTO run (group_id, \"trigger\", mode, state, reason, created_at, wanted, considered, eligible,"
        " selected, removed, restored, kept, kept_stored, policy) VALUES ('a', 'scheduler', 'prune', 'running', '', " +
        now + " - 5, 0, 0, 0, 0, 0, 0, '{}', 0, '{}'), ('b', 'restore', 'restore', 'failed', '', " + now +
        " - 6, 0, 0, 0, 0, 0, 0, '{}', 0, '{}')");
    database.exec(
        "INSERT INTO run_member (run_id, account, decision, why, outcome, error_code, sent_at) VALUES (1, 'x',"
        " 'remove', 'inactive', '', 0, " +
        now + " - 4), (1, 'y', 'remove', 'inactive', '', 0, NULL), (2, 'z', 'remove', 'inactive', '', 0, " + now + ")");
  }
  Migrator(path).up({.now = kNow});
  SqliteStorage storage({.path = path});
  const Counts counts = storage.counts(kNow, kNow - 30'000'000);
  EXPECT_EQ(counts.stale_full, 28);  // i = 30..99, even, without the tens
  EXPECT_EQ(counts.due, 38);         // i = 0..50, without each fourth
  EXPECT_EQ(counts.events_last_hour, 36);
  EXPECT_EQ(counts.events_last_day, 864);
  EXPECT_EQ(counts.runs_last_day, (std::map<RunState, std::int64_t>{{RunState::kRunning, 1}, {RunState::kFailed, 1}}));
  EXPECT_EQ(counts.removals_last_day, 1);

  // The ids of a group's events stand in rows of a bounded size, however many there are, and none is missing.
  EXPECT_LE(SQLite::Database(path)
                .execAndGet("SELECT max(length(ids) - length(replace(ids, ' ', ''))) + 1 FROM group_event")
                .getInt(),
            16);
  EXPECT_EQ(storage.events({.group_id = "g"}, {1000, std::nullopt}).items.size(), 1000U);
}

}  // namespace
}  // namespace headroom::test
