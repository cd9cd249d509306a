#include "database/copy.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "database/copy_plan.h"
#include "postgres/postgres_read_view.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/database_lock.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/database/copy_samples.h"
#include "tests/sqlite/killed_writer.h"
#include "tests/storage/backend.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using testing::HasSubstr;
using Problem = DatabaseProblem::Kind;

constexpr std::int64_t kApp = 1400000000;

struct Stop : std::runtime_error {
  Stop() : std::runtime_error("stopped") {}
};

class CopyTest : public testing::Test {
 protected:
  CopyTest() {
    Migrator(source_).up({.sdk_app_id = kApp, .now = kNow});
    SqliteStorage store({.path = source_});
    fill(store);
  }

  CopyOptions options() const {
    CopyOptions options;
    options.source = source_;
    options.target.url = target_.url();
    options.sdk_app_id = kApp;
    options.now = kNow;
    options.batch_rows = 5;
    return options;
  }
  // Why not; nothing when it was done.
  std::string refused(const CopyOptions& options, Problem kind) const {
    try {
      copy_database(options);
    } catch (const DatabaseProblem& problem) {
      EXPECT_EQ(problem.kind(), kind) << problem.what();
      return problem.what();
    }
    return {};
  }
  void copy_all() const { EXPECT_THAT(copy_database(options()).problems, testing::IsEmpty()); }
  void on_source(const std::string& sql) const { SQLite::Database(source_, SQLite::OPEN_READWRITE).exec(sql); }
  void on_target(const std::string& sql) const { PostgresServer::shared().execute(sql, target_.name()); }
  SchemaStatus status() const { return postgres::Migrator({.url = target_.url()}).status(kApp); }
  std::vector<std::string> of_source() const {
    SqliteReadView view({.path = source_});
    return told(view);
  }
  std::vector<std::string> of_target() const {
    PostgresReadView view({.url = target_.url()});
    return told(view);
  }

  const TempDir folder_;
  const std::string source_ = folder_.file("headroom.db");
  const PostgresDatabase target_;
};

TEST_F(CopyTest, EverythingReadsTheSame) {
  const CopyReport report = copy_database(options());
  EXPECT_THAT(report.problems, testing::IsEmpty());
  EXPECT_FALSE(report.nothing_to_do);
  std::map<std::string, std::int64_t> rows;
  for (const CopyReport::Table& table : report.tables) rows[table.name] = table.rows;
  EXPECT_EQ(rows["chat_group"], 8);
  EXPECT_EQ(rows["run_member"], 6);
  EXPECT_EQ(rows["audit"], 1);
  for (const auto& [table, number] : rows) EXPECT_GT(number, 0) << table << ": no sample";
  EXPECT_EQ(of_target(), of_source());
  EXPECT_EQ(status().state, SchemaState::kCurrent);
  EXPECT_THAT(postgres::Migrator({.url = target_.url()}).verify(), testing::IsEmpty());
}

TEST_F(CopyTest, TheSourceStaysAsItIs) {
  const auto bytes = [&] {
    std::ifstream file(source_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = bytes();
  copy_all();
  EXPECT_EQ(bytes(), before);
  EXPECT_THAT(folder_.listing(), testing::ElementsAre("headroom.db", "headroom.db.lock"));
}

// What the log of a killed daemon holds is a part of it.
TEST_F(CopyTest, AKilledDaemonsSourceIsWhole) {
  write_and_be_killed(source_, 7);
  ASSERT_THAT(folder_.listing(), testing::Contains("headroom.db-wal"));
  copy_all();
  EXPECT_EQ(of_target(), of_source());
  PostgresReadView view({.url = target_.url()});
  EXPECT_FALSE(view.events({.group_id = "g6"}, {}).items.empty());
}

// And what it had left to be written later.
TEST_F(CopyTest, AKilledDaemonsCountsAreWhole) {
  SqliteStorage daemon({.path = source_, .delay_from = 1});
  daemon.begin();
  daemon.save_group(full_group("counted"));
  daemon.commit();
  daemon.begin();
  for (int i = 0; i < 3; ++i) daemon.insert_event(full_event("counted", kNow + i));
  Group group = *daemon.find_group("counted");
  group.full_events += 3;
  group.last_full_at = kNow;
  daemon.save_full_events(group);
  daemon.commit();
  ASSERT_TRUE(daemon.has_delayed());
  copy_all();
  PostgresReadView view({.url = target_.url()});
  EXPECT_EQ(view.find_group("counted")->full_events, 4);
  EXPECT_EQ(view.events({.group_id = "counted"}, {}).items.size(), 3u);
  EXPECT_EQ(view.setting("events.delayed_from"), std::nullopt);
}

// Ids are never given out twice, not those of rows that are forgotten; and what triggers count goes on.
TEST_F(CopyTest, TheTargetGoesOn) {
  on_source("UPDATE sqlite_sequence SET seq = 100 WHERE name IN ('event', 'run', 'audit')");
  copy_all();
  PostgresStorage store(postgres::Connection::Options{.url = target_.url()});
  const std::int64_t full = store.counts(kNow, kNow).groups[static_cast<int>(GroupState::kFull)];
  store.begin();
  EXPECT_EQ(store.insert_event(full_event("new")), 101);
  EXPECT_EQ(store.insert_run(a_run("new")), 101);
  EXPECT_EQ(store.insert_audit({0, kNow, {"ops", AdminRole::kOperator, "::1", ""}, AuditAction::kRun, "run:1"}), 101);
  EXPECT_EQ(store.save_group(full_group("new")), 10) << "9 was deleted";
  store.commit();
  EXPECT_EQ(store.counts(kNow, kNow).groups[static_cast<int>(GroupState::kFull)], full + 1);
}

TEST_F(CopyTest, GoesOnWhereItWasEnded) {
  std::vector<std::pair<std::string, std::int64_t>> steps;
  CopyOptions counting = options();
  counting.before = [&](const std::string& step, std::int64_t rows) { steps.emplace_back(step, rows); };
  {
    const PostgresDatabase other;
    counting.target.url = other.url();
    copy_database(counting);
  }
  EXPECT_GT(steps.size(), 30U);
  // One batch further each time.
  std::vector<std::pair<std::string, std::int64_t>> seen;
  std::size_t runs = 0;
  for (bool done = false; !done && runs < 2 * steps.size(); ++runs) {
    CopyOptions ending = options();
    int left = 2;
    ending.before = [&](const std::string& step, std::int64_t rows) {
      const bool compares = step.starts_with("compare ") || step == "finish";
      if (!compares && --left == 0) throw Stop();
      seen.emplace_back(step, rows);
    };
    try {
      EXPECT_THAT(copy_database(ending).problems, testing::IsEmpty());
      done = true;
    } catch (const Stop&) {
      EXPECT_EQ(status().state, SchemaState::kAltered) << "no daemon may take it for a whole one";
      EXPECT_THROW(require_current(status(), "it"), DatabaseProblem);
    }
  }
  EXPECT_EQ(seen, steps) << "no batch twice";
  EXPECT_EQ(of_target(), of_source());
}

TEST_F(CopyTest, AnEndBehindTheRowsIsNoneOfThem) {
  for (const char* at : {"compare event", "finish"}) {
    CopyOptions ending = options();
    ending.before = [&](const std::string& step, std::int64_t) {
      if (step == at) throw Stop();
    };
    EXPECT_THROW(copy_database(ending), Stop);
  }
  copy_all();
  EXPECT_EQ(of_target(), of_source());
}

TEST_F(CopyTest, AFinishedOneIsNothingToDo) {
  copy_all();
  on_target("INSERT INTO setting (key, value) VALUES ('used', 'since')");
  const CopyReport report = copy_database(options());
  EXPECT_TRUE(report.nothing_to_do);
  EXPECT_THAT(report.tables, testing::IsEmpty());
  on_source("UPDATE chat_group SET name = 'used' WHERE group_id = 'g1'");
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("at another time"));
}

TEST_F(CopyTest, AnUnfinishedOneIsOfOneSource) {
  CopyOptions ending = options();
  ending.before = [](const std::string& step, std::int64_t) {
    if (step == "run") throw Stop();
  };
  EXPECT_THROW(copy_database(ending), Stop);
  on_source("UPDATE event SET platform = 'Web' WHERE id = (SELECT min(id) FROM event)");
  EXPECT_THAT(refused(options(), Problem::kBadTarget), HasSubstr("unfinished copy of another database"));
}

TEST_F(CopyTest, AChangedRowIsFound) {
  for (const char* change : {"UPDATE chat_group SET name = 'other' WHERE id = 2", "DELETE FROM audit"}) {
    CopyOptions changing = options();
    changing.before = [&](const std::string& step, std::int64_t) {
      if (step == "compare event") on_target(change);
    };
    const CopyReport report = copy_database(changing);
    ASSERT_FALSE(report.problems.empty());
    EXPECT_THAT(report.problems.back(), testing::AnyOf(HasSubstr("table chat_group: rows are not"),
                                                       HasSubstr("table audit: 0 rows, the source has 1")));
    EXPECT_EQ(status().state, SchemaState::kAltered);
  }
}

TEST_F(CopyTest, ATargetWithoutRowsIsEmpty) {
  postgres::Migrator({.url = target_.url()}).up({.sdk_app_id = kApp, .now = kNow});
  copy_all();
  EXPECT_EQ(of_target(), of_source());
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

TEST_F(CopyTest, ALostConnectionIsMadeAnew) {
  CopyOptions losing = options();
  losing.before = [&](const std::string& step, std::int64_t) {
    if (step != "run_member" && step != "finish") return;
    PostgresServer::shared().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                                     target_.name() + "'");
  };
  try {
    copy_database(losing);
  } catch (const DatabaseProblem& problem) {
    EXPECT_EQ(problem.kind(), Problem::kUnavailable) << problem.what();
  }
  copy_all();
  EXPECT_EQ(of_target(), of_source());
}

// Rows of before the rule of stored/text.h.
TEST_F(CopyTest, TextsOfBeforeAreMended) {
  on_source("UPDATE chat_group SET name = CAST(x'41ff42' AS TEXT) WHERE group_id = 'g1'");
  on_source("UPDATE chat_group SET name = CAST(x'410042' AS TEXT) WHERE group_id = 'g2'");
  copy_all();
  PostgresReadView view({.url = target_.url()});
  EXPECT_EQ(view.find_group("g1")->name,
            "A\xEF\xBF\xBD"
            "B");
  EXPECT_EQ(view.find_group("g2")->name,
            "A\xEF\xBF\xBD"
            "B");
}

// Whoever adds a table or a column to a schema is asked here whether it is copied.
TEST_F(CopyTest, KnowsEveryTableAndColumn) {
  copy_all();
  on_source("ALTER TABLE audit ADD COLUMN more INTEGER");
  sqlite::read_tables(source_, [&](const sqlite::TableReader& source) {
    std::map<std::string, std::vector<stored::TableColumn>> target;
    EXPECT_THROW(copy_plan(source, target), std::logic_error);
  });
  const PostgresDatabase empty;
  CopyOptions other = options();
  other.target.url = empty.url();
  EXPECT_THROW(copy_database(other), std::logic_error);
  on_source("ALTER TABLE audit DROP COLUMN more");
  on_source("CREATE TABLE another (id INTEGER)");
  EXPECT_THROW(copy_database(other), std::logic_error);
}

}  // namespace
}  // namespace headroom::test
