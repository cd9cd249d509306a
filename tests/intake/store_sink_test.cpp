#include "engine/store_sink.h"

#include <atomic>
#include <future>
#include <thread>

#include "daemon/threads/commit_queue.h"
#include "postgres/connection.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "stored/pause.h"
#include "tests/storage/backend.h"
#include "tests/support/postgres_server.h"

namespace headroom::test {
namespace {

using Kind = StorageError::Kind;

class StoreSinkTest : public StorageTest {
 protected:
  const SettingsCell settings_{Settings{}};
  StoreSink sink_{storage(), settings_, stored::sleep_after};
};
HEADROOM_ALL_BACKENDS(StoreSinkTest);

TEST_P(StoreSinkTest, WhatItReturnsOfIsStored) {
  Event event = full_event("g");
  event.fingerprint = fingerprint(1);
  const std::vector<Event> events = {event, full_event("h"), event};
  const auto stored = sink_.store(events);
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_FALSE(stored[0].duplicate || stored[1].duplicate);
  EXPECT_TRUE(stored[2].duplicate);
  const auto view = backend().open_view();
  EXPECT_EQ(view->events({}, {}).items.size(), 2U);
  EXPECT_EQ(view->find_group("g")->full_events, 1);
  EXPECT_TRUE(sink_.store({}).empty());
}

TEST_P(StoreSinkTest, WhatFailsIsNotStoredAndTheNextIs) {
  Event bad = full_event("");
  const std::vector<Event> events = {full_event("g"), bad};
  EXPECT_THROW(sink_.store(events), StorageError);
  EXPECT_TRUE(storage().events({}, {}).items.empty());
  EXPECT_FALSE(sink_.store(std::vector{full_event("g")})[0].duplicate);
}

// Several writers to one PostgreSQL.
class PostgresWritersTest : public testing::Test {
 protected:
  PostgresWritersTest() {
    postgres::Migrator(options()).up({});
    PostgresStorage store(options());
    store.begin();
    for (const char* id : {"a", "b"}) store.save_group(full_group(id));
    store.commit();
  }
  postgres::Connection::Options options() const { return {.url = database_.url()}; }
  std::int64_t full_events(const std::string& group_id) const {
    return PostgresStorage(options()).find_group(group_id).value().full_events;
  }
  static Event late_event(const std::string& group_id) { return full_event(group_id, kNow + kHourMs); }

  const PostgresDatabase database_;
  const SettingsCell settings_{Settings{}};
};

// Who holds b does so for longer than the sink waits for a lock.
TEST_F(PostgresWritersTest, ASinkThatMeetsAnotherTriesAgain) {
  std::atomic<int> pauses = 0;
  postgres::Connection::Options hasty = options();
  hasty.lock_timeout = std::chrono::milliseconds(50);
  PostgresStorage store(hasty);
  postgres::Connection other(options());
  other.begin("BEGIN");
  other.script("SELECT FROM chat_group WHERE group_id = 'b' FOR UPDATE");
  std::promise<void> waited;
  StoreSink sink(store, settings_, [&](int attempt) {
    if (++pauses == 2) waited.set_value();
    stored::sleep_after(attempt);
  });
  auto stored = std::async(std::launch::async, [&] {
    return sink.store(std::vector{late_event("a"), late_event("b")});
  });
  waited.get_future().wait();
  other.rollback();
  EXPECT_EQ(stored.get().size(), 2U);
  EXPECT_GE(pauses, 2);
  EXPECT_EQ(full_events("a"), 2) << "once";
  EXPECT_EQ(full_events("b"), 2);
}

TEST_F(PostgresWritersTest, ASinkGivesUpInTheEnd) {
  postgres::Connection::Options hasty = options();
  hasty.lock_timeout = std::chrono::milliseconds(10);
  PostgresStorage store(hasty);
  postgres::Connection other(options());
  other.begin("BEGIN");
  other.script("SELECT FROM chat_group FOR UPDATE");
  int pauses = 0;
  StoreSink sink(store, settings_, [&](int) { ++pauses; });
  std::optional<Kind> failed;
  try {
    sink.store(std::vector{late_event("a")});
  } catch (const StorageError& error) {
    failed = error.kind();
  }
  EXPECT_EQ(failed, Kind::kConflict);
  EXPECT_EQ(pauses, 5);
  other.rollback();
  EXPECT_EQ(sink.store(std::vector{late_event("a")}).size(), 1U);
}

TEST_F(PostgresWritersTest, ASinkDoesNotTryWhatMayBeStored) {
  PostgresStorage store(options());
  StoreSink sink(store, settings_, [](int) { ADD_FAILURE(); });
  PostgresServer::shared().await_standby(true);
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
  Event event = late_event("a");
  event.intake_id = IntakeId{1, 2, 3};
  std::optional<Kind> failed;
  try {
    sink.store(std::vector{event});
  } catch (const StorageError& error) {
    failed = error.kind();
  }
  over = true;
  other.join();
  PostgresServer::shared().await_standby(false);
  EXPECT_EQ(failed, Kind::kUnknown);
  EXPECT_TRUE(sink.store(std::vector{event})[0].duplicate) << "it was, and its receipt says so";
  EXPECT_EQ(full_events("a"), 2);
}

// Two nodes' queues, of which each holds what the other wants: one of them is ended, and tries its batch again.
TEST_F(PostgresWritersTest, ABatchThatMeetsAnotherIsTriedAgain) {
  PostgresStorage first_store(options(), "1");
  PostgresStorage second_store(options(), "2");
  std::atomic<int> pauses = 0;
  CommitQueue::Options queue_options;
  queue_options.pause = [&](int attempt) {
    ++pauses;
    stored::sleep_after(attempt);
  };
  CommitQueue first(first_store, queue_options);
  CommitQueue second(second_store, queue_options);
  std::promise<void> ready[2];
  std::shared_future<void> both[2] = {ready[0].get_future().share(), ready[1].get_future().share()};
  std::atomic<bool> met[2] = {false, false};
  const auto job = [&](int me, const char* mine, const char* others) {
    return [&, me, mine, others](Transaction& s) {
      Group one = s.find_group(mine).value();
      ++one.full_events;
      s.save_full_events(one);
      if (!met[me].exchange(true)) {
        ready[me].set_value();
        both[1 - me].wait();
      }
      Group other = s.find_group(others).value();
      ++other.full_events;
      s.save_full_events(other);
    };
  };
  auto of_second = std::async(std::launch::async, [&] { second.commit(job(1, "b", "a")); });
  first.commit(job(0, "a", "b"));
  of_second.get();
  EXPECT_GE(pauses, 1);
  EXPECT_EQ(full_events("a") + full_events("b"), 2 + 4) << "each once, and none over the other's";
  first.commit([](Transaction& s) { s.put_setting("k", "v"); });
  EXPECT_EQ(PostgresStorage(options()).setting("k"), "v");
}

}  // namespace
}  // namespace headroom::test
