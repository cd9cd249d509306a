// What is not copied, and into what nothing is.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "sqlite/database_lock.h"
#include "tests/database/copy_fixture.h"

namespace headroom::test {
namespace {

using testing::HasSubstr;

TEST_F(CopyTest, AnUnfinishedOneIsOfOneSource) {
  CopyOptions ending = options();
  ending.before = [](const std::string& step, std::int64_t) {
    if (step == "run") throw Stop();
  };
  EXPECT_THROW(copy_database(ending), Stop);
  on_source("UPDATE event SET platform = 'Web' WHERE id = (SELECT min(id) FROM event)");
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("unfinished copy of another database"));
}

TEST_F(CopyTest, ATargetWithRowsIsRefused) {
  const postgres::Migrator migrator({.url = target_.url()});
  migrator.up({.to = 20, .sdk_app_id = kApp, .now = kNow});
  on_target("INSERT INTO exemption (kind, subject, reason, created_at) VALUES ('group', 'g', '', 0)");
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("rows in table exemption"));
  EXPECT_EQ(status().version, 20) << "not ours to migrate";
  migrator.up({.now = kNow});
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("rows in table exemption"));
  on_target("DELETE FROM exemption; UPDATE lease SET fence = 1");
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("rows in table lease"));
}

TEST_F(CopyTest, AnotherAppsOrProgramsTargetIsRefused) {
  on_target("CREATE TABLE theirs (id bigint)");
  EXPECT_NE(refused(options(), Problem::kNotADatabase), "");
  on_target("DROP TABLE theirs");
  postgres::Migrator({.url = target_.url()}).up({.sdk_app_id = 1400000001, .now = kNow});
  EXPECT_NE(refused(options(), Problem::kForeignApp), "");
}

// A node of this version can use such a database, but it does not know all that stands in its tables.
TEST_F(CopyTest, ATargetOfANewerSchemaIsRefused) {
  std::vector<Migration> all = postgres::embedded_migrations();
  const int newest = static_cast<int>(all.size());
  all.push_back({newest + 1, "next", "ALTER TABLE event ADD COLUMN next bigint NOT NULL DEFAULT 0", "c", newest});
  postgres::Migrator({.url = target_.url()}, all).up({.sdk_app_id = kApp});
  EXPECT_EQ(status().state, SchemaState::kCompatible);
  EXPECT_THAT(refused(options(), Problem::kNewer), HasSubstr("copy with that version"));
}

TEST_F(CopyTest, ASourceThatIsNotReadyIsRefused) {
  {
    const DatabaseLock daemon(source_);
    EXPECT_THAT(refused(options(), Problem::kLocked), HasSubstr("held by another headroomd"));
  }
  CopyOptions others = options();
  others.sdk_app_id = 1400000001;
  EXPECT_NE(refused(others, Problem::kForeignApp), "");
  CopyOptions missing = options();
  missing.source = folder_.file("none.db");
  EXPECT_THAT(refused(missing, Problem::kBehind), HasSubstr("headroomd migrate up"));
  missing.source = folder_.file("old.db");
  Migrator(missing.source).up({.to = 20, .now = kNow});
  EXPECT_THAT(refused(missing, Problem::kBehind), HasSubstr("headroomd migrate up"));
  EXPECT_EQ(status().state, SchemaState::kEmpty) << "and nothing was made";
}

TEST_F(CopyTest, TwoAtOnceAreToldApart) {
  CopyOptions slow = options();
  slow.before = [&](const std::string& step, std::int64_t rows) {
    if (step == "event" && rows == 0) on_target("UPDATE copy_progress SET copied = 5 WHERE of_table = 'event'");
  };
  EXPECT_THAT(refused(slow, Problem::kLocked), HasSubstr("copies into it"));
}

}  // namespace
}  // namespace headroom::test
