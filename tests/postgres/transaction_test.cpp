#include <gmock/gmock.h>

#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <thread>

#include "postgres/availability.h"
#include "postgres/postgres_errors.h"
#include "tests/postgres/connection_fixture.h"
#include "tests/support/kind_of.h"

namespace headroom::postgres {
namespace {

using namespace std::chrono_literals;
using test::kind_of;
using testing::HasSubstr;
using Kind = StorageError::Kind;

TEST_F(PostgresConnectionTest, ALostConnectionIsMadeAnewBetweenTransactionsOnly) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint)");
  connection.begin("BEGIN");
  connection.execute("INSERT INTO t VALUES (1)");
  terminate(backend_of(connection));
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (2)"); }), Kind::kUnavailable);
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (3)"); }), Kind::kUnavailable) << "outside of any";
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kUnavailable) << "none of it was stored, and that is known";
  connection.rollback();
  connection.begin("BEGIN");
  connection.execute("INSERT INTO t VALUES (4)");
  connection.commit();
  EXPECT_EQ(one(connection, "SELECT string_agg(a::text, ' ') FROM t"), "4");
  terminate(backend_of(connection));
  EXPECT_EQ(connection.read([&] { return one(connection, "SELECT count(*) FROM t"); }), "1") << "nobody noticed";
}

// It is said on the way of the first statement, and what nobody noticed is found out by that one.
TEST_F(PostgresConnectionTest, ATransactionMayBeginWithItsFirstStatement) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint)");
  terminate(backend_of(connection));
  connection.begin_later("BEGIN");
  EXPECT_TRUE(connection.in_transaction());
  connection.set_savepoint("s");
  connection.query("INSERT INTO t VALUES ($1)").bind(1).run();
  connection.release("s");
  connection.query("INSERT INTO t VALUES ($1)").bind(2).run_later();
  connection.commit();
  EXPECT_EQ(one(connection, "SELECT string_agg(a::text, ' ') FROM t"), "1 2");
  connection.begin_later("BEGIN");
  connection.execute("INSERT INTO t VALUES (3)");
  terminate(backend_of(connection));
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (4)"); }), Kind::kUnavailable) << "only the first";
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kUnavailable);
  connection.begin_later("BEGIN");
  connection.rollback();
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(connection.read([&] { return one(connection, "SELECT count(*) FROM t"); }), "2");
}

TEST_F(PostgresConnectionTest, WhatGoesWithACommitAndFailsIsNotCommitted) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint PRIMARY KEY)");
  connection.begin_later("BEGIN");
  connection.execute("INSERT INTO t VALUES (1)");
  connection.query("INSERT INTO t VALUES ($1)").bind(1).run_later();
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kOther);
  EXPECT_FALSE(connection.in_transaction());
  connection.begin_later("BEGIN");
  connection.set_savepoint("s");
  connection.query("INSERT INTO t VALUES ($1)").bind(2).run_later();
  connection.undo("s");  // of which nobody was told
  connection.query("INSERT INTO t VALUES ($1)").bind(3).run();
  connection.set_savepoint("s");
  EXPECT_EQ(kind_of([&] { connection.query("INSERT INTO t VALUES ($1)").bind(3).run(); }), Kind::kOther);
  connection.undo("s");
  connection.commit();
  EXPECT_EQ(one(connection, "SELECT string_agg(a::text, ' ') FROM t"), "3");
}

TEST_F(PostgresConnectionTest, AServerThatStopsAndComesBack) {
  Connection connection(options());
  server_.stop();
  EXPECT_EQ(kind_of([&] { connection.begin("BEGIN"); }), Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { connection.begin("BEGIN"); }), Kind::kUnavailable);
  server_.start();
  connection.begin("BEGIN");
  EXPECT_TRUE(connection.in_transaction());
  connection.rollback();
}

TEST_F(PostgresConnectionTest, ATransactionThatFailedIsNotCommitted) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint PRIMARY KEY)");
  connection.begin("BEGIN");
  connection.execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (1)"); }), Kind::kOther);
  EXPECT_TRUE(connection.in_transaction());
  try {
    connection.execute("INSERT INTO t VALUES (2)");
    ADD_FAILURE();
  } catch (const StorageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("23505")) << "the reason, and not that there is one";
  }
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kOther);
  EXPECT_EQ(one(connection, "SELECT count(*) FROM t"), "0");
}

TEST_F(PostgresConnectionTest, WhatIsUndoneToASavepointIsHealed) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint PRIMARY KEY)");
  connection.begin("BEGIN");
  connection.execute("INSERT INTO t VALUES (1)");
  connection.set_savepoint("s");
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (1)"); }), Kind::kOther);
  EXPECT_TRUE(connection.lost());
  connection.undo("s");
  EXPECT_FALSE(connection.lost());
  connection.execute("INSERT INTO t VALUES (2)");
  connection.undo("nothing that was set");
  EXPECT_TRUE(connection.lost()) << "the whole transaction went";
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (3)"); }), Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kUnavailable);
  EXPECT_EQ(connection.read([&] { return one(connection, "SELECT count(*) FROM t"); }), "0");
}

TEST_F(PostgresConnectionTest, AnErrorOfACommitThatTheServerSaysIsNoCommit) {
  Connection connection(options());
  connection.script(
      "CREATE TABLE t (a bigint PRIMARY KEY); CREATE TABLE u (a bigint REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
  connection.begin("BEGIN");
  connection.execute("INSERT INTO u VALUES (1)");
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kOther);
  EXPECT_EQ(one(connection, "SELECT count(*) FROM u"), "0");
}

TEST_F(PostgresConnectionTest, OneOfADeadlockIsToldAndTriedAgain) {
  Connection first(options());
  Connection second(options());
  first.script("CREATE TABLE t (a bigint PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 0), (2, 0)");
  std::promise<void> ready[2];
  std::atomic<int> conflicts = 0;
  const auto work = [&](Connection& connection, int mine, int other) {
    bool met = false;
    tried_again(
        [&] {
          try {
            connection.begin("BEGIN");
            connection.query("UPDATE t SET n = n + 1 WHERE a = $1").bind(mine).run();
            if (!std::exchange(met, true)) {
              ready[mine - 1].set_value();
              ready[other - 1].get_future().wait();
            }
            connection.query("UPDATE t SET n = n + 1 WHERE a = $1").bind(other).run();
            connection.commit();
          } catch (const StorageError& error) {
            if (error.kind() == Kind::kConflict) ++conflicts;
            connection.rollback();
            throw;
          }
        },
        stored::sleep_after);
  };
  auto one_of_them = std::async(std::launch::async, [&] { work(first, 1, 2); });
  work(second, 2, 1);
  one_of_them.get();
  EXPECT_GE(conflicts, 1);
  EXPECT_EQ(one(first, "SELECT string_agg(n::text, ' ') FROM t"), "2 2");
}

TEST_F(PostgresConnectionTest, AConflictIsTriedFiveTimesMore) {
  int calls = 0;
  std::vector<std::chrono::milliseconds> pauses;
  const auto conflict = [&]() -> int {
    ++calls;
    throw StorageError(Kind::kConflict, "in the way");
  };
  const auto noted = [&](int attempt) { pauses.push_back(stored::pause_after(attempt)); };
  EXPECT_EQ(kind_of([&] { tried_again(conflict, noted); }), Kind::kConflict);
  EXPECT_EQ(calls, 6);
  ASSERT_EQ(pauses.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_GE(pauses[i], 1ms);
    EXPECT_LE(pauses[i], 20ms * (1 << i));
  }
  calls = 0;
  EXPECT_EQ(kind_of([&] {
              tried_again(
                  [&] {
                    ++calls;
                    throw StorageError(Kind::kUnknown, "who knows");
                  },
                  noted);
            }),
            Kind::kUnknown);
  EXPECT_EQ(calls, 1) << "what may be stored is not tried again";
}

// A commit that waits for a standby, and what may become of it.
class PostgresCommitTest : public PostgresConnectionTest {
 protected:
  PostgresCommitTest() : connection_(given()) {
    connection_.script("CREATE TABLE t (a bigint)");
    server_.await_standby(true);
    backend_ = backend_of(connection_);
    connection_.begin("BEGIN");
    connection_.execute("INSERT INTO t VALUES (1)");
  }
  ~PostgresCommitTest() override { server_.await_standby(false); }
  Connection::Options given() const {
    Connection::Options with = options();
    with.commit_within = 10s;
    return with;
  }
  // Once it waits.
  void meanwhile(const std::string& what) {
    other_ = std::thread([this, what] {
      Connection connection(options());
      const std::string waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = $1";
      while (!over_ && !connection.query(waits).bind(backend_).step()) std::this_thread::yield();
      connection.script("SELECT " + what + "(" + std::to_string(backend_) + ")");
    });
  }
  void TearDown() override {
    over_ = true;
    if (other_.joinable()) other_.join();
    Connection view(options());
    EXPECT_EQ(one(view, "SELECT count(*) FROM t"), "1") << "it was stored all the same";
  }

  Connection connection_;
  int backend_ = 0;
  std::thread other_;
  std::atomic<bool> over_ = false;
};

TEST_F(PostgresCommitTest, ThatLosesItsConnectionIsUnknown) {
  meanwhile("pg_terminate_backend");
  EXPECT_EQ(kind_of([&] { connection_.commit(); }), Kind::kUnknown);
}

TEST_F(PostgresCommitTest, ThatIsCancelledIsUnknownThoughTheServerCallsItASuccess) {
  meanwhile("pg_cancel_backend");
  EXPECT_EQ(kind_of([&] { connection_.commit(); }), Kind::kUnknown);
  EXPECT_FALSE(connection_.in_transaction());
}

TEST_F(PostgresCommitTest, ThatTakesTooLongIsUnknownAndGivenUp) {
  Connection::Options hasty = options();
  hasty.commit_within = 50ms;
  Connection connection(hasty);
  connection.begin("BEGIN");
  connection.execute("INSERT INTO t SELECT 1 WHERE false");
  connection.execute("CREATE TABLE u (a bigint)");
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kUnknown);
  EXPECT_FALSE(connection.is_open());
  meanwhile("pg_cancel_backend");
  EXPECT_EQ(kind_of([&] { connection_.commit(); }), Kind::kUnknown);
}

TEST(PostgresErrorsTest, SqlstatesDecide) {
  const std::pair<const char*, Kind> rows[] = {
      {"40001", Kind::kConflict},    {"40P01", Kind::kConflict},    {"55P03", Kind::kConflict},
      {"57014", Kind::kTimeout},     {"57P01", Kind::kUnavailable}, {"57P03", Kind::kUnavailable},
      {"08006", Kind::kUnavailable}, {"25006", Kind::kUnavailable}, {"53100", Kind::kFull},
      {"53300", Kind::kUnavailable}, {"58030", Kind::kUnavailable}, {"XX001", Kind::kFatal},
      {"XX002", Kind::kFatal},       {"XX000", Kind::kOther},       {"23505", Kind::kOther},
      {"42P01", Kind::kUnavailable}, {"42501", Kind::kUnavailable}, {"26000", Kind::kUnavailable},
      {"22P02", Kind::kOther},       {"25P03", Kind::kUnavailable}, {"25P02", Kind::kOther}};
  for (const auto& [sqlstate, kind] : rows) EXPECT_EQ(storage_kind(sqlstate), kind) << sqlstate;
}

}  // namespace
}  // namespace headroom::postgres
