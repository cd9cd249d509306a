#include "sqlite/sqlite_errors.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace headroom::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

template <typename Call>
std::string told(Call call) {
  try {
    call();
  } catch (const SQLite::Exception& error) {
    EXPECT_THAT(sqlite::database_problem(error, "x.db").what(), EndsWith(sqlite::storage_error(error).what()));
    return sqlite::storage_error(error).what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(SqliteErrors, ShowTheCodeWhereThereIsOne) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  database.exec("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES (1)");
  EXPECT_EQ(told([&] { database.exec("INSERT INTO t VALUES (1)"); }),
            "UNIQUE constraint failed: t.a (SQLite " + std::to_string(SQLITE_CONSTRAINT_PRIMARYKEY) + ")");
  // As a backup's step fails.
  EXPECT_EQ(told([] { throw SQLite::Exception(sqlite3_errstr(SQLITE_BUSY), SQLITE_BUSY); }),
            "database is locked (SQLite " + std::to_string(SQLITE_BUSY) + ")");
}

TEST(SqliteErrors, OfTheLibraryItselfAreWordsAlone) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  SQLite::Statement statement(database, "SELECT 1");
  const std::string told_of = told([&] { static_cast<void>(statement.getColumn(0)); });
  EXPECT_THAT(told_of, HasSubstr("No row to get a column from"));
  EXPECT_THAT(told_of, Not(HasSubstr("SQLite -")));
}

}  // namespace
}  // namespace headroom::test
