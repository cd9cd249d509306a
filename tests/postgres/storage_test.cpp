#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "postgres/postgres_read_view.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/kind_of.h"
#include "tests/support/postgres_server.h"

// What may become of a transaction when the server, or the way to it, fails.
namespace headroom::test {
namespace {

using namespace std::chrono_literals;
using Kind = StorageError::Kind;

class PostgresStorageTest : public testing::Test {
 protected:
  PostgresStorageTest() { postgres::Migrator(options()).up({}); }
  postgres::Connection::Options options() const { return {.url = database_.url()}; }
  void lose_connections() const {
    server_.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = '" +
        database_.name() + "'");
  }
  std::size_t events() const { return PostgresReadView(options()).events({}, {}).items.size(); }
  // Each of a transaction's calls.
  static void expect_all(Store& store, Kind kind) {
    EXPECT_EQ(kind_of([&] { store.insert_event(full_event("g")); }), kind);
    EXPECT_EQ(kind_of([&] { store.put_setting("a", "b"); }), kind);
    EXPECT_EQ(kind_of([&] { store.savepoint([] {}); }), kind);
  }

  PostgresServer& server_ = PostgresServer::shared();
  const PostgresDatabase database_;
};

TEST_F(PostgresStorageTest, AServerThatStopsInTheMiddleOfATransaction) {
  PostgresStorage store(options());
  PostgresReadView view(options());
  store.begin();
  store.insert_event(full_event("lost"));
  server_.stop();
  expect_all(store, Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { store.find_group("g"); }), Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { store.commit(); }), Kind::kUnavailable) << "known not to be stored";
  EXPECT_EQ(kind_of([&] { store.begin(); }), Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { view.counts(kNow, kNow); }), Kind::kUnavailable);
  store.rollback();
  server_.start();
  store.begin();
  store.insert_event(full_event("stored"));
  store.commit();
  EXPECT_EQ(view.events({}, {}).items.at(0).group_id, "stored");
  EXPECT_EQ(view.counts(kNow, kNow).events_last_hour, 1) << "what was lost is not counted either";
}

TEST_F(PostgresStorageTest, AConnectionThatIsLostWithinASavepointTakesTheTransactionWithIt) {
  PostgresStorage store(options());
  store.begin();
  store.insert_event(full_event("before"));
  EXPECT_EQ(kind_of([&] {
              store.savepoint([&] {
                lose_connections();
                store.insert_event(full_event("within"));
              });
            }),
            Kind::kUnavailable);
  expect_all(store, Kind::kUnavailable);
  EXPECT_EQ(kind_of([&] { store.commit(); }), Kind::kUnavailable);
  EXPECT_EQ(events(), 0U);
}

TEST_F(PostgresStorageTest, AReadThatTakesTooLongSpoilsItsTransactionUpToTheSavepoint) {
  postgres::Connection::Options hasty = options();
  hasty.statement_timeout = 500ms;
  hasty.lock_timeout = 0ms;
  PostgresStorage store(hasty);
  postgres::Connection other(options());
  store.begin();
  store.insert_event(full_event("first"));
  other.begin("BEGIN");
  other.script("LOCK TABLE sweep");
  EXPECT_EQ(kind_of([&] { store.savepoint([&] { store.running_sweep(); }); }), Kind::kTimeout);
  store.insert_event(full_event("second"));
  EXPECT_EQ(kind_of([&] { store.running_sweep(); }), Kind::kTimeout);
  expect_all(store, Kind::kTimeout);
  EXPECT_EQ(kind_of([&] { store.commit(); }), Kind::kTimeout);
  EXPECT_EQ(events(), 0U);
}

TEST_F(PostgresStorageTest, AReadEndsInTime) {
  PostgresReadView view(options());
  postgres::Connection other({.url = database_.url(), .idle_timeout = 1min});
  other.begin("BEGIN");
  other.script("LOCK TABLE sweep");
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(kind_of([&] { view.running_sweep(); }), Kind::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  other.rollback();
  EXPECT_FALSE(view.running_sweep());
}

TEST_F(PostgresStorageTest, ACommitThatMayBeStoredIsUnknown) {
  PostgresStorage store(options());
  server_.await_standby(true);
  store.begin();
  Group blocked = full_group("g");
  blocked.state = GroupState::kBlocked;
  blocked.reason = BlockReason::kExempt;
  store.save_group(blocked);
  std::atomic<bool> over = false;
  std::thread other([&] {
    postgres::Connection watcher(options());
    while (!over && !watcher
                         .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                " AND datname = current_database()")
                         .step()) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(kind_of([&] { store.commit(); }), Kind::kUnknown);
  over = true;
  other.join();
  EXPECT_TRUE(store.take_blocked().empty()) << "nobody knows";
  server_.await_standby(false);
  store.begin();
  EXPECT_TRUE(store.find_group("g")) << "it was";
  store.rollback();
}

// The same request reaches two nodes at once: the second one waits, and has the first one's answer.
TEST_F(PostgresStorageTest, AKeyIsAnsweredOnceByWhicheverNode) {
  const RequestKey key{"ops", "k", std::string(64, 'a')};
  PostgresStorage first(options());
  PostgresStorage second(options());
  first.begin();
  EXPECT_FALSE(first.find_answer(key, 0));
  std::optional<KeptAnswer> found;
  std::thread other([&] {
    second.begin();
    found = second.find_answer(key, 0);
    second.rollback();
  });
  postgres::Connection watcher(options());
  while (
      !watcher.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
           .step()) {
    std::this_thread::yield();
  }
  first.keep_answer(key, {key.request, 202, "", "first"}, kNow);
  first.commit();
  other.join();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, "first");
}

// How many there are is told by their ids.
TEST_F(PostgresStorageTest, RepeatsUseUpNoIds) {
  PostgresStorage store(options());
  for (const char* name : {"k", "l"}) {
    const RequestKey key{"ops", name, std::string(64, 'a')};
    for (int i = 0; i < 5; ++i) {
      store.begin();
      if (!store.find_answer(key, 0)) store.keep_answer(key, {key.request, 202, "", "x"}, kNow);
      store.commit();
    }
  }
  EXPECT_EQ(store.kept_answers(), 2);
}

// What was answered with 500 is not kept: a repeat is carried out.
TEST_F(PostgresStorageTest, AKeyWithoutAnAnswerIsFree) {
  const RequestKey key{"ops", "k", std::string(64, 'a')};
  PostgresStorage store(options());
  store.begin();
  EXPECT_FALSE(store.find_answer(key, 0));
  store.commit();
  store.begin();
  EXPECT_FALSE(store.find_answer(key, 0));
  store.keep_answer(key, {key.request, 202, "", "now"}, kNow);
  EXPECT_EQ(store.find_answer(key, 0)->body, "now");
  store.commit();
  EXPECT_EQ(store.find_answer(key, 0)->body, "now");
}

TEST_F(PostgresStorageTest, OneOfADeadlockFailsAloneAndItsTransactionGoesOn) {
  PostgresStorage first(options());
  PostgresStorage second(options());
  const auto group_of = [&](const std::string& id) { return first.find_group(id).value(); };
  first.begin();
  first.save_group(full_group("a"));
  first.save_group(full_group("b"));
  first.commit();
  Group a = group_of("a");  // outside of a transaction nothing is locked
  Group b = group_of("b");
  first.begin();
  second.begin();
  a.name = "of the first";
  first.save_full_events(a);
  second.save_full_events(b);
  std::optional<Kind> of_second;
  // Whoever was told so still holds what it held before.
  const auto save = [](Store& store, const Group& group) {
    const auto failed = kind_of([&] { store.save_full_events(group); });
    if (failed) {
      store.insert_event(full_event("goes on"));
      store.rollback();
    }
    return failed;
  };
  std::thread other([&] { of_second = save(second, a); });
  const auto of_first = save(first, b);
  other.join();
  EXPECT_TRUE(of_first.has_value() != of_second.has_value()) << "one of them, not both";
  EXPECT_EQ(of_first.value_or(of_second.value_or(Kind::kOther)), Kind::kConflict);
  first.rollback();
  second.rollback();
}

TEST_F(PostgresStorageTest, ALockThatAnotherHoldsForLongIsAConflict) {
  postgres::Connection::Options hasty = options();
  hasty.lock_timeout = 50ms;
  PostgresStorage first(options());
  PostgresStorage second(hasty);
  first.begin();
  first.put_setting("a", "1");
  second.begin();
  EXPECT_EQ(kind_of([&] { second.put_setting("a", "2"); }), Kind::kConflict);
  second.put_setting("b", "2");
  second.commit();
  first.commit();
  EXPECT_EQ(second.setting("a"), "1");
  EXPECT_EQ(second.setting("b"), "2");
}

TEST_F(PostgresStorageTest, ADamagedRowIsFatal) {
  PostgresStorage store(options());
  store.begin();
  store.save_group(full_group("g"));
  store.commit();
  server_.execute("UPDATE chat_group SET state = 'melted'", database_.name());
  EXPECT_EQ(kind_of([&] { store.find_group("g"); }), Kind::kOther);
  EXPECT_FALSE(store.find_group("h"));
}

}  // namespace
}  // namespace headroom::test
