#include "database/copy.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "database/copy_plan.h"
#include "postgres/postgres_storage.h"
#include "tests/database/copy_fixture.h"
#include "tests/sqlite/killed_writer.h"

namespace headroom::test {
namespace {

using testing::HasSubstr;

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
