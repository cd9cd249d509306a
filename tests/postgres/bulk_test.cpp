#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/kind_of.h"
#include "tests/support/postgres_server.h"

// Intake in bulk, where several nodes share a store.
namespace headroom::test {
namespace {

using Kind = StorageError::Kind;

class PostgresBulkTest : public testing::Test {
 protected:
  PostgresBulkTest() {
    postgres::Migrator(options()).up({});
    // As in tables that are large: rows are found one by one, in the order in which they are asked for.
    for (const char* way : {"seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"}) {
      PostgresServer::shared().execute("ALTER DATABASE \"" + database_.name() + "\" SET enable_" + way + " = off");
    }
  }
  postgres::Connection::Options options() const { return {.url = database_.url()}; }
  static std::vector<Store::Arrived> insert(Store& store, const std::vector<Event>& events) {
    std::vector<Store::Arrival> arrivals;
    for (const Event& event : events) arrivals.push_back({&event});
    store.begin();
    auto arrived = store.insert_events(arrivals);
    store.commit();
    return arrived;
  }
  static Event received(std::uint8_t intake_id, TimeMs at = kNow) {
    Event event = full_event("g", at);
    event.intake_id.emplace();
    event.intake_id->back() = intake_id;
    return event;
  }
  void save(Store& store, const std::vector<std::string>& group_ids) {
    store.begin();
    for (const std::string& group_id : group_ids) {
      Group group = full_group(group_id);
      group.full_since = kNow - kHourMs;
      store.save_group(group);
    }
    store.commit();
  }
  std::int64_t number(const std::string& sql) const {
    postgres::Connection connection(options());
    postgres::Query query = connection.query(sql);
    query.step();
    return query.integer();
  }
  static std::vector<std::string> names(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) all.push_back("g" + std::to_string(i));
    return all;
  }
  // Both at once, the second with the ids in the opposite order. Nobody may be in another's way.
  template <typename Work>
  void in_opposite_orders(const Work& work) {
    PostgresStorage first(options(), "1");
    PostgresStorage second(options(), "2");
    const auto run = [&](Store& store, bool upwards) {
      for (int round = 0; round < 150; ++round) {
        const auto failed = kind_of([&] { work(store, upwards, round); });
        EXPECT_EQ(failed, std::nullopt) << "round " << round;
        if (failed) return store.rollback();
      }
    };
    std::thread other([&] { run(second, false); });
    run(first, true);
    other.join();
  }

  const PostgresDatabase database_;
};

TEST_F(PostgresBulkTest, TheSameReceiptIsStoredOnce) {
  PostgresStorage first(options());
  PostgresStorage second(options());
  save(first, {"g"});
  const auto arrived = insert(first, {received(1), received(2), received(1)});
  EXPECT_TRUE(arrived[0].id && arrived[1].id && !arrived[2].id);
  EXPECT_FALSE(insert(second, {received(2)})[0].id) << "sent again, by whomever";
  EXPECT_TRUE(insert(second, {received(2, kNow + 1)})[0].id) << "another receipt";
  second.begin();
  EXPECT_FALSE(second.insert_event(received(1))) << "one by one, too";
  EXPECT_TRUE(second.insert_event(received(3)));
  second.commit();
  EXPECT_EQ(first.find_group("g")->full_events, 1 + 3) << "insert_event counts nothing";
}

// Whoever takes what others want in an order of its own would meet one of them who waits for it.
TEST_F(PostgresBulkTest, EventsOfTheSameGroupsInOppositeOrdersMeetNobody) {
  PostgresStorage store(options());
  const auto groups = names(24);
  save(store, groups);
  in_opposite_orders([&](Store& s, bool upwards, int) {
    std::vector<Event> events;
    for (const std::string& group : groups) events.push_back(full_event(group));
    if (!upwards) std::reverse(events.begin(), events.end());
    // Of groups that nobody knows: what is not sorted is not in the same order by chance.
    for (int i = 0; !upwards && i < 100; ++i) events.push_back(full_event("unknown" + std::to_string(i)));
    insert(s, events);
  });
  EXPECT_EQ(store.find_group("g0")->full_events, 301);
}

TEST_F(PostgresBulkTest, TheSameEventsInOppositeOrdersMeetNobody) {
  in_opposite_orders([&](Store& s, bool upwards, int round) {
    std::vector<Event> events;
    for (std::uint8_t i = 0; i < 24; ++i) {
      events.push_back(full_event("g"));
      events.back().fingerprint = Fingerprint{static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(round)};
    }
    if (!upwards) std::reverse(events.begin(), events.end());
    insert(s, events);
  });
  EXPECT_EQ(number("SELECT count(*) FROM event"), 24 * 150);
}

TEST_F(PostgresBulkTest, TheSameGroupsSavedInOppositeOrdersMeetNobody) {
  PostgresStorage store(options());
  auto groups = names(24);
  save(store, groups);
  in_opposite_orders([&](Store& s, bool upwards, int round) {
    std::vector<std::string> ids = groups;
    if (!upwards) std::reverse(ids.begin(), ids.end());
    s.begin();
    std::vector<Group> locked = s.lock_groups(ids);
    for (Group& group : locked) ++group.full_events;
    if (round % 2 == 0) std::reverse(locked.begin(), locked.end());
    s.save_groups(locked);
    s.commit();
  });
  EXPECT_EQ(store.find_group("g7")->full_events, 301);
}

// Without the lock of before.
TEST_F(PostgresBulkTest, GroupsThatNobodyLockedAreSavedInOneOrder) {
  PostgresStorage store(options());
  save(store, names(24));
  store.begin();
  const std::vector<Group> groups = store.lock_groups(names(24));
  store.rollback();
  in_opposite_orders([&](Store& s, bool upwards, int) {
    std::vector<Group> some = groups;
    if (!upwards) std::reverse(some.begin(), some.end());
    s.begin();
    s.save_groups(some);
    s.commit();
  });
}

TEST_F(PostgresBulkTest, AGroupThatAnotherHasJustStoredIsAConflict) {
  PostgresStorage first(options());
  PostgresStorage second(options());
  first.begin();
  first.save_groups(std::vector{full_group("g")});
  std::optional<Kind> failed;
  std::thread other([&] {
    second.begin();
    failed = kind_of([&] { second.save_groups(std::vector{full_group("f"), full_group("g")}); });
    second.rollback();
  });
  first.commit();
  other.join();
  // Either way: the one that waited, or the one that came later.
  EXPECT_EQ(failed, Kind::kConflict);
  EXPECT_EQ(number("SELECT count(*) FROM chat_group"), 1);
}

TEST_F(PostgresBulkTest, EachNodeCountsInARowOfItsOwnUntilItIsFolded) {
  PostgresStorage first(options(), "node-a");
  PostgresStorage second(options(), "node-b");
  first.begin();
  second.begin();
  const Event event = full_event("g");
  const std::vector<Store::Arrival> one = {{&event}};
  first.insert_events(one);
  second.insert_events(one);
  second.commit();  // not behind the first one's
  first.commit();
  EXPECT_EQ(number("SELECT count(*) FROM tally WHERE what = 'event' AND node <> ''"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM event_span WHERE node <> ''"), 2);
  first.begin();
  EXPECT_EQ(first.fold_counters(kNow - kMinuteMs, 100), 0) << "they may still be counted";
  EXPECT_EQ(first.fold_counters(kNow + 2 * kHourMs, 100), 6);
  first.commit();
  EXPECT_EQ(number("SELECT count(*) FROM tally WHERE what = 'event'"), 2);
  EXPECT_EQ(number("SELECT sum(value)::bigint FROM tally WHERE what = 'event' AND node = ''"), 4);
  EXPECT_EQ(number("SELECT last_id - first_id FROM event_span"), 1);
}

TEST_F(PostgresBulkTest, AFailureEndsTheTransaction) {
  PostgresStorage store(options());
  store.begin();
  Group missing = full_group("g");
  missing.id = 7;
  store.insert_event(full_event("before"));
  EXPECT_EQ(kind_of([&] { store.savepoint([&] { store.save_groups(std::vector{missing}); }); }), Kind::kOther);
  store.commit();
  EXPECT_EQ(number("SELECT count(*) FROM event"), 1) << "but a savepoint heals it";
}

}  // namespace
}  // namespace headroom::test
