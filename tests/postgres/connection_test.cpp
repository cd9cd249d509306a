#include "postgres/connection.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <future>
#include <limits>
#include <thread>

#include "postgres/postgres_errors.h"
#include "stored/database_problem.h"
#include "tests/postgres/kind_of.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace headroom::postgres {
namespace {

using namespace std::chrono_literals;
using test::kind_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Kind = StorageError::Kind;

class PostgresConnectionTest : public testing::Test {
 protected:
  Connection::Options options() const { return {.url = database_.url()}; }
  static std::string one(Connection& connection, const std::string& sql) {
    Query query = connection.query(sql);
    return query.step() ? query.text() : "no row";
  }
  static int backend_of(Connection& connection) { return std::stoi(one(connection, "SELECT pg_backend_pid()")); }

  // What another session does to it.
  void terminate(int backend) const {
    test::PostgresServer::shared().execute("SELECT pg_terminate_backend(" + std::to_string(backend) + ")");
  }
  static DatabaseProblem problem_of(const Connection::Options& options) {
    try {
      const Connection connection(options);
    } catch (const DatabaseProblem& problem) {
      return problem;
    }
    throw std::logic_error("it connects");
  }

  test::PostgresServer& server_ = test::PostgresServer::shared();
  const test::PostgresDatabase database_;
};

TEST_F(PostgresConnectionTest, ValuesComeBackAsTheyWere) {
  Connection connection(options());
  Query query = connection.query(
      "SELECT $1::bigint, $2::bigint, $3::text, $4::text, $5::boolean, $6::boolean, $7::bytea, $8::text, $9::bytea");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  const std::string bytes("\0\x01\xff'\\", 5);
  query.bind(kLeast, std::numeric_limits<std::int64_t>::max(), std::string("it's \xE7\xBE\xA4 $1 \\ \n"),
             std::string_view(), true, false);
  query.bind_bytes(bytes).bind(std::optional<std::string>()).bind_bytes("");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(), kLeast);
  EXPECT_EQ(query.integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(query.text(), "it's \xE7\xBE\xA4 $1 \\ \n");
  EXPECT_EQ(query.optional_text(), "");
  EXPECT_TRUE(query.boolean());
  EXPECT_FALSE(query.boolean());
  EXPECT_EQ(query.bytes(), bytes);
  EXPECT_EQ(query.optional_text(), std::nullopt);
  EXPECT_EQ(query.optional_bytes(), "");
  EXPECT_FALSE(query.step());
}

TEST_F(PostgresConnectionTest, AStatementIsPreparedOnce) {
  Connection connection(options());
  connection.script("CREATE TABLE t (a bigint)");
  for (int i = 0; i < 3; ++i) connection.query("INSERT INTO t VALUES ($1)").bind(i).run();
  EXPECT_EQ(connection.changes(), 1);
  EXPECT_EQ(one(connection, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'"), "1");
  connection.execute("DELETE FROM t");
  EXPECT_EQ(connection.changes(), 3);
}

// As the tests are run, it says where else to go, as whom, and how.
TEST_F(PostgresConnectionTest, TheEnvironmentDoesNotCount) {
  EXPECT_EQ(::getenv("PGSERVICE"), nullptr);
  EXPECT_EQ(::getenv("PGPASSWORD"), nullptr);
  Connection connection(options());
  EXPECT_EQ(one(connection, "SHOW client_encoding"), "UTF8");
  EXPECT_EQ(one(connection, "SHOW default_transaction_read_only"), "off");
  EXPECT_EQ(one(connection, "SHOW application_name"), "headroomd");
}

TEST_F(PostgresConnectionTest, TheServerIsToldItsLimits) {
  Connection::Options given = options();
  given.statement_timeout = 1234ms;
  Connection connection(given);
  EXPECT_EQ(one(connection, "SHOW statement_timeout"), "1234ms");
  EXPECT_EQ(one(connection, "SHOW lock_timeout"), "1s");
  EXPECT_EQ(one(connection, "SHOW idle_in_transaction_session_timeout"), "5s");
}

TEST_F(PostgresConnectionTest, WithoutItsLimitsThereIsNoConnection) {
  Connection::Options given = options();
  given.lock_timeout = -2ms;
  EXPECT_EQ(problem_of(given).kind(), DatabaseProblem::Kind::kFailed);
}

TEST_F(PostgresConnectionTest, AWrongPasswordIsNotShown) {
  server_.execute("CREATE ROLE guarded LOGIN PASSWORD 'right one'");
  Connection::Options given = options();
  given.url = database_.url("guarded");
  given.password = "wrong one";
  const DatabaseProblem wrong = problem_of(given);
  EXPECT_EQ(wrong.kind(), DatabaseProblem::Kind::kNoPermission);
  EXPECT_THAT(wrong.what(), AllOf(HasSubstr("28P01"), Not(HasSubstr("wrong one"))));
  given.password.clear();
  EXPECT_EQ(problem_of(given).kind(), DatabaseProblem::Kind::kUnavailable) << "nothing was said by anybody";
  given.password = "right one";
  Connection connection(given);
  EXPECT_EQ(one(connection, "SELECT current_user"), "guarded");
  // Later, it is an outage.
  server_.execute("ALTER ROLE guarded PASSWORD 'other'");
  terminate(backend_of(connection));
  try {
    connection.read([&] { return one(connection, "SELECT 1"); });
    ADD_FAILURE();
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::kUnavailable);
    EXPECT_THAT(error.what(), Not(HasSubstr("right one")));
  }
  server_.execute("DROP ROLE guarded");
}

TEST_F(PostgresConnectionTest, AMissingDatabaseAndAServerThatIsNotThere) {
  EXPECT_EQ(problem_of({.url = server_.url("nothing_of_the_kind")}).kind(), DatabaseProblem::Kind::kMissing);
  EXPECT_EQ(problem_of({.url = "postgresql://headroom@/x?host=/nonexistent"}).kind(),
            DatabaseProblem::Kind::kUnavailable);
}

TEST_F(PostgresConnectionTest, TheNextHostIsTriedAlsoBehindASilentOne) {
  // Takes connections into its queue, and never says a word.
  const test::TempDir folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder.file(".s.PGSQL.5432");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int silent = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 5), 0);
  const auto url = [&](const std::string& hosts) {
    return "postgresql://headroom@/" + database_.name() + "?connect_timeout=2&host=" + hosts;
  };
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(problem_of({.url = url(folder.path())}).kind(), DatabaseProblem::Kind::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  Connection connection({.url = url("/nonexistent," + folder.path() + "," + server_.folder())});
  EXPECT_EQ(one(connection, "SELECT 7"), "7");
  ::close(silent);
}

TEST_F(PostgresConnectionTest, AStandbyIsNotTaken) {
  server_.execute("ALTER DATABASE " + database_.name() + " SET default_transaction_read_only = on");
  EXPECT_EQ(problem_of(options()).kind(), DatabaseProblem::Kind::kUnavailable);
  Connection::Options any = options();
  any.url += "&target_session_attrs=any";
  Connection connection(any);
  EXPECT_EQ(kind_of([&] { connection.script("CREATE TABLE t (a bigint)"); }), Kind::kUnavailable) << "25006";
}

TEST_F(PostgresConnectionTest, AStatementThatTakesTooLongIsEndedByTheServer) {
  Connection::Options given = options();
  given.statement_timeout = 500ms;
  Connection connection(given);
  EXPECT_EQ(kind_of([&] { connection.execute("SELECT pg_sleep(10)"); }), Kind::kTimeout);
  EXPECT_TRUE(connection.is_open());
  EXPECT_EQ(one(connection, "SELECT 7"), "7");
}

TEST_F(PostgresConnectionTest, ASilentServerIsGivenUp) {
  Connection::Options given = options();
  given.statement_timeout = 500ms;
  given.silence = 500ms;
  Connection connection(given);
  const int backend = backend_of(connection);
  ASSERT_EQ(::kill(backend, SIGSTOP), 0);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(kind_of([&] { connection.execute("SELECT 1"); }), Kind::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  EXPECT_FALSE(connection.is_open());
  ::kill(backend, SIGCONT);
  EXPECT_EQ(connection.read([&] { return one(connection, "SELECT 7"); }), "7") << "another connection";
}

TEST_F(PostgresConnectionTest, ALockThatIsHeldIsAConflict) {
  Connection::Options given = options();
  given.lock_timeout = 50ms;
  Connection holder(given);
  Connection other(given);
  holder.script("CREATE TABLE t (a bigint)");
  holder.begin("BEGIN");
  holder.script("LOCK TABLE t");
  EXPECT_EQ(kind_of([&] { other.script("SELECT * FROM t"); }), Kind::kConflict);
  holder.rollback();
  other.script("SELECT * FROM t");
}

TEST_F(PostgresConnectionTest, ATransactionThatNobodyGoesOnWithIsEndedByTheServer) {
  Connection::Options given = options();
  given.idle_timeout = 20ms;
  Connection connection(given);
  Connection watcher(options());
  const int backend = backend_of(connection);
  connection.begin("BEGIN");
  while (watcher.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1").bind(backend).step()) std::this_thread::yield();
  EXPECT_EQ(kind_of([&] { connection.execute("SELECT 1"); }), Kind::kUnavailable);
  EXPECT_FALSE(connection.in_transaction());
}

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
      {"42P01", Kind::kOther},       {"25P03", Kind::kUnavailable}, {"25P02", Kind::kOther}};
  for (const auto& [sqlstate, kind] : rows) EXPECT_EQ(storage_kind(sqlstate), kind) << sqlstate;
}

}  // namespace
}  // namespace headroom::postgres
