#include "postgres/connection.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <thread>

#include "tests/postgres/connection_fixture.h"
#include "tests/support/kind_of.h"
#include "tests/support/temp_dir.h"

namespace headroom::postgres {
namespace {

using namespace std::chrono_literals;
using test::kind_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Kind = StorageError::Kind;

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
  server_.execute("DROP ROLE IF EXISTS guarded");
  server_.execute("CREATE ROLE guarded LOGIN PASSWORD 'right one'");
  Connection::Options given = options();
  given.url = database_.url("guarded");
  given.password = "wrong one";
  const DatabaseProblem wrong = problem_of(given);
  EXPECT_EQ(wrong.kind(), DatabaseProblem::Kind::kNoPermission);
  EXPECT_THAT(wrong.what(), AllOf(HasSubstr("28P01"), Not(HasSubstr("wrong one"))));
  given.password.clear();
  EXPECT_EQ(problem_of(given).kind(), DatabaseProblem::Kind::kNoPermission) << "as a wrong one";
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

}  // namespace
}  // namespace headroom::postgres
