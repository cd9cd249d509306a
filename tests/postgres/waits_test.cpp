#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "postgres/availability.h"
#include "tests/postgres/connection_fixture.h"
#include "tests/support/kind_of.h"

// Who waits how long, and what is known when he gives up.
namespace headroom::postgres {
namespace {

using namespace std::chrono_literals;
using test::kind_of;
using Kind = StorageError::Kind;

// Whoever others wait behind does not wait again for what was waited for in vain a moment ago.
TEST_F(PostgresConnectionTest, AnImpatientReaderWaitsLessAfterAWaitInVain) {
  Connection::Options given = agreed_options();
  const auto availability = given.availability;
  given.impatient = true;
  Connection impatient(given);
  given.impatient = false;
  Connection patient(given);
  const auto limit = [](Connection& connection) {
    return connection.read([&] { return one(connection, "SHOW statement_timeout"); });
  };
  EXPECT_EQ(limit(impatient), "5s");
  availability->note_delay();
  EXPECT_EQ(limit(impatient), "25ms");
  EXPECT_EQ(limit(patient), "5s");
  terminate(backend_of(impatient));
  EXPECT_EQ(limit(impatient), "25ms") << "it connects anew: the server answers";
  availability->note_silence();
  terminate(backend_of(impatient));
  EXPECT_EQ(kind_of([&] { limit(impatient); }), Kind::kUnavailable) << "nobody waits for a silent one";
}

// What a lock is waited for ends before the one who waits gives up, so that it is known that it was a lock; and no
// other is told that the server is silent.
TEST_F(PostgresConnectionTest, WhoGivesUpKnowsThatItWasALock) {
  Connection::Options given = agreed_options();
  const auto availability = given.availability;
  Connection holder(options());
  holder.script("CREATE TABLE t (a bigint)");
  holder.begin("BEGIN");
  holder.script("LOCK TABLE t");
  Connection connection(given);
  connection.give_up_at(std::chrono::steady_clock::now() + 500ms);
  connection.begin_later("BEGIN");
  EXPECT_EQ(kind_of([&] { connection.execute("INSERT INTO t VALUES (1)"); }), Kind::kConflict);
  connection.rollback();
  EXPECT_TRUE(availability->delayed_lately());
  EXPECT_FALSE(availability->silent_lately());
  connection.give_up_at(std::chrono::steady_clock::now() + 300ms);
  connection.begin_later("BEGIN");
  EXPECT_EQ(kind_of([&] { connection.execute("SELECT pg_sleep(3)"); }), Kind::kTimeout);
  connection.rollback();
  EXPECT_FALSE(availability->silent_lately()) << "whose own time is over knows little of the server";
  EXPECT_FALSE(availability->away());
}

// Where nobody has heard of the server for longer than a lock is waited for, and only there.
TEST_F(PostgresConnectionTest, WhoGivesUpKnowsWhetherTheServerIsSilent) {
  Connection::Options given = agreed_options();
  const auto gives_up = [&](Connection& connection) {
    connection.give_up_at(std::chrono::steady_clock::now() + 1700ms);
    connection.begin_later("BEGIN");
    return kind_of([&] { connection.execute("SELECT pg_sleep(9)"); });
  };
  Connection alone(given);
  EXPECT_EQ(gives_up(alone), Kind::kUnavailable);
  EXPECT_TRUE(given.availability->silent_lately());

  given.availability = agreed_options().availability;
  Connection among_others(given);
  std::jthread other([&](const std::stop_token& stop) {
    Connection connection(given);
    while (!stop.stop_requested()) one(connection, "SELECT pg_sleep(0.05)");
  });
  EXPECT_EQ(gives_up(among_others), Kind::kTimeout);
  EXPECT_FALSE(given.availability->silent_lately());
}

}  // namespace
}  // namespace headroom::postgres
