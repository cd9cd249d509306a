#include <gmock/gmock.h>

#include <vector>

#include "postgres/postgres_errors.h"
#include "tests/postgres/connection_fixture.h"
#include "tests/support/kind_of.h"
#include "tests/support/tls_stub.h"

// A server that is there, and refuses: whom, what, and what is said of it.
namespace headroom::postgres {
namespace {

using Kind = StorageError::Kind;
using test::kind_of;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PostgresRefusalsTest : public PostgresConnectionTest {
 protected:
  // Why a process that has never been let in is kept out, as its first try to connect saw it.
  static std::string kept_out(const std::string& url) {
    Connection::Options options{.url = url};
    options.availability = std::make_shared<Availability>();
    options.probes = true;
    try {
      const Connection connection(options);
      return "it connects";
    } catch (const DatabaseProblem&) {
      return options.availability->never_let_in();
    }
  }
  void role(const std::string& name, const std::string& what) {
    server_.execute("DROP ROLE IF EXISTS " + name);
    server_.execute("CREATE ROLE " + name + " LOGIN " + what);
  }
};

TEST_F(PostgresRefusalsTest, WhatThisNodesTlsForbidsKeepsItOut) {
  const test::TlsStub none('N');
  EXPECT_THAT(kept_out(none.url("sslmode=require")), HasSubstr("SSL was required"));
  const test::TlsStub some('S');
  EXPECT_THAT(kept_out(some.url("sslmode=verify-full&sslrootcert=/nonexistent/ca.crt")), HasSubstr("sslrootcert"));
}

TEST_F(PostgresRefusalsTest, AServerThatIsAwayKeepsNobodyOut) {
  const test::TlsStub some('S');  // and ends the connection, as a balancer with nobody behind it does
  EXPECT_THAT(kept_out(some.url("sslmode=require")), IsEmpty());
  EXPECT_THAT(kept_out("postgresql://headroom@127.0.0.1:1/headroom"), IsEmpty());
  role("crowded", "CONNECTION LIMIT 0");
  EXPECT_THAT(kept_out(database_.url("crowded")), IsEmpty()) << "the others have taken what there is";
  const test::TlsStub none('N');
  EXPECT_THAT(kept_out("postgresql://headroom@127.0.0.1:1,127.0.0.1:" + none.port() + "/headroom?sslmode=require"),
              HasSubstr("SSL was required"))
      << "one of two is";
  EXPECT_THAT(kept_out("postgresql://headroom@127.0.0.1:" + none.port() + ",127.0.0.1:1/headroom?sslmode=require"),
              HasSubstr("SSL was required"));
}

TEST_F(PostgresRefusalsTest, WithoutItsPasswordOrItsRightsANodeIsKeptOut) {
  role("guarded", "PASSWORD 'first'");
  EXPECT_THAT(kept_out(database_.url("guarded")), HasSubstr("database.password_file"));
  EXPECT_EQ(problem_of({.url = database_.url("guarded")}).kind(), DatabaseProblem::Kind::kNoPermission);
  role("unwelcome", "");
  server_.execute("REVOKE CONNECT ON DATABASE " + database_.name() + " FROM PUBLIC");
  EXPECT_THAT(kept_out(database_.url("unwelcome")), HasSubstr("permission denied for database"));
  EXPECT_EQ(problem_of({.url = database_.url("unwelcome")}).kind(), DatabaseProblem::Kind::kNoPermission);
}

TEST_F(PostgresRefusalsTest, WhatNobodyWaitsForIsTold) {
  role("crowded", "CONNECTION LIMIT 0");
  Connection::Options options = agreed_options();
  std::vector<std::string> told;
  options.availability->on_refusal([&](const std::string& what) { told.push_back(what); });
  options.url = database_.url("crowded");
  options.at_once = false;
  Connection connection(options);
  EXPECT_EQ(kind_of([&] { connection.read([&] { return one(connection, "SELECT 7"); }); }), Kind::kUnavailable);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0], HasSubstr("CONNECTION LIMIT of the role"));
  options.availability->set_back();
  options.url = database_.url();
  Connection another(options);
  EXPECT_EQ(kind_of([&] { another.read([&] { return one(another, "SELECT 1 FROM nothing_here"); }); }),
            Kind::kUnavailable)
      << "whatever is asked of it";
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[1], HasSubstr("42P01"));
  EXPECT_EQ(kind_of([&] { another.read([&] { return one(another, "SELECT 'secret'::bigint"); }); }), Kind::kOther);
  EXPECT_THAT(told, Each(Not(HasSubstr("secret"))));
}

// What a connection has prepared is another one's, or nobody's: a pooler gives each transaction any session.
TEST_F(PostgresRefusalsTest, ASessionThatIsAnothersIsLeft) {
  for (const std::string change :
       {"DEALLOCATE ALL", "DEALLOCATE ALL; PREPARE s1 (int) AS SELECT $1", "PREPARE s3 AS SELECT 1"}) {
    Connection connection(options());
    const auto read = [&](const std::string& sql) { return connection.read([&] { return one(connection, sql); }); };
    EXPECT_EQ(read("SELECT 7"), "7");
    const int backend = backend_of(connection);
    connection.script(change);
    EXPECT_EQ(read(change.starts_with("PREPARE") ? "SELECT 8" : "SELECT 7"), change.starts_with("PREPARE") ? "8" : "7")
        << change;
    EXPECT_NE(backend_of(connection), backend) << change;
  }
}

TEST_F(PostgresRefusalsTest, ASessionThatBecomesAnothersFailsItsTransactionAlone) {
  Connection connection(options());
  connection.begin("BEGIN");
  connection.execute("SELECT 7");
  connection.script("DEALLOCATE ALL");
  try {
    connection.execute("SELECT 7");
    ADD_FAILURE() << "it works";
  } catch (const StorageError& error) {
    EXPECT_EQ(error.kind(), Kind::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("connection pooler in transaction mode"));
  }
  connection.rollback();
  connection.begin("BEGIN");
  connection.execute("SELECT 7");
  connection.query("SELECT 7").run_later();
  connection.script("DEALLOCATE ALL");
  connection.query("SELECT 7").run_later();
  EXPECT_EQ(kind_of([&] { connection.commit(); }), Kind::kUnavailable) << "the server has said no";
  EXPECT_EQ(connection.read([&] { return one(connection, "SELECT 7"); }), "7");
}

}  // namespace
}  // namespace headroom::postgres
