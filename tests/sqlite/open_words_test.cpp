#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

// The migration that takes the lists of words out of the tables' CHECKs.
namespace headroom::test {
namespace {

constexpr const char* kRun =
    "INSERT INTO run (group_id, \"trigger\", mode, state, reason, created_at, wanted, considered, eligible,"
    " selected, removed, restored, kept, kept_stored, policy) VALUES ('g', 'scheduler', 'plan', 'planned', '', 1, 0, 0,"
    " 0, 1, 0, 0, '{}', 1, '{}')";

std::string member_row(const std::string& account, const std::string& why) {
  return "INSERT INTO run_member (run_id, account, decision, why, outcome, error_code) VALUES (1, '" + account +
         "', 'keep', '" + why + "', '', 0)";
}

TEST(OpenWordsMigrationTest, RowsStayAndNewWordsFit) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  Migrator(path).up({.to = 8, .now = kNow});
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec(kRun);
    database.exec(member_row("old", "newcomer"));
    EXPECT_THROW(database.exec(member_row("new", "a_new_word")), SQLite::Exception);
  }
  Migrator(path).up({.to = 9, .now = kNow});
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  database.exec(member_row("new", "a_new_word"));
  database.exec(
      "INSERT INTO audit (at, token, role, peer, action, target, reason) VALUES (1, 't', 'operator', '', 'a_new_word',"
      " 'scheduler', '')");
  database.exec("UPDATE run SET state = 'a_new_word', doubt_looks = 3");
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM run_member WHERE account IN ('old', 'new')").getInt(), 2);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
  // What is no list of words is still checked.
  EXPECT_THROW(database.exec("UPDATE run SET kept_stored = 2"), SQLite::Exception);
}

// A connection that was open before reads and writes by the new tables.
TEST(OpenWordsMigrationTest, OpenConnectionsSeeIt) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  Migrator(path).up({.to = 8, .now = kNow});
  SQLite::Database before(path, SQLite::OPEN_READWRITE);
  before.exec(kRun);
  Migrator(path).up({.to = 9, .now = kNow});
  before.exec(member_row("new", "a_new_word"));
  EXPECT_EQ(before.execAndGet("SELECT doubt_ms FROM run").getInt(), 0);
}

}  // namespace
}  // namespace headroom::test
