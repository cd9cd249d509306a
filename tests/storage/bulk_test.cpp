#include <gmock/gmock.h>

#include <thread>

#include "tests/storage/backend.h"

// Many events and groups at once: what each of them alone would do.
namespace headroom::test {
namespace {

using testing::ElementsAre;

class BulkStorageTest : public StorageTest {
 protected:
  static std::vector<Transaction::Arrival> arrivals(const std::vector<Event>& events) {
    std::vector<Transaction::Arrival> all;
    for (const Event& event : events) all.push_back({&event});
    return all;
  }
  static std::vector<Transaction::Arrived> insert(Transaction& s, const std::vector<Event>& events) {
    return s.insert_events(arrivals(events));
  }
  auto insert(const std::vector<Event>& events) {
    return write([&](Transaction& s) { return insert(s, events); });
  }
  static Event event_of(const std::string& group_id, std::uint8_t number) {
    Event event = full_event(group_id);
    event.fingerprint = fingerprint(number);
    return event;
  }
  Group saved(Group group) {
    group.id = write([&](Transaction& s) { return s.save_group(group); });
    return group;
  }
  // Full for an hour.
  Group known(const std::string& group_id, GroupState state = GroupState::kFull) {
    Group group = full_group(group_id);
    group.state = state;
    group.full_since = group.last_full_at = kNow - kHourMs;
    return saved(group);
  }
  std::int64_t full_events(const std::string& group_id) { return storage().find_group(group_id).value().full_events; }
};
HEADROOM_ALL_BACKENDS(BulkStorageTest);

TEST_P(BulkStorageTest, EventsGetAscendingIdsInTheirOrder) {
  std::vector<Event> events;
  for (std::uint8_t i = 0; i < 50; ++i)
    events.push_back(event_of("g" + std::to_string(i % 7), static_cast<std::uint8_t>(255 - i)));
  const auto arrived = insert(events);
  ASSERT_EQ(arrived.size(), events.size());
  const auto page = storage().events({}, {.limit = 100});
  ASSERT_EQ(page.items.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& stored = page.items[events.size() - 1 - i];
    EXPECT_EQ(stored.id, arrived[i].id);
    EXPECT_EQ(stored.fingerprint, events[i].fingerprint);
    EXPECT_EQ(stored.group_id, events[i].group_id);
  }
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 50);
  EXPECT_EQ(storage().events({.group_id = "g3", .since = kNow}, {}).items.size(), 7U);
}

TEST_P(BulkStorageTest, EveryFieldIsKept) {
  Event event = full_event("@TGS#it's \"quoted\", \\ {and} braced", kNow);
  event.source = EventSource::kSweep;
  event.topic_id = "NULL";
  event.platform = "";
  event.body = "{\"GroupId\":\"\xE7\xBE\xA4\xF0\x9F\x98\x80'; DROP TABLE event; --\\\"\"}";
  event.fingerprint = Fingerprint{0, 1, 255, 0, 128, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0};
  Event other = full_event("o");
  other.event_time.reset();
  other.body = std::string("a\0b\xFF", 4);
  insert({event, other});
  const auto items = storage().events({}, {}).items;
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].group_id, event.group_id);
  EXPECT_EQ(items[1].source, EventSource::kSweep);
  EXPECT_EQ(items[1].topic_id, "NULL");
  EXPECT_EQ(items[1].platform, "");
  EXPECT_EQ(items[1].body, event.body);
  EXPECT_EQ(items[1].fingerprint, event.fingerprint);
  EXPECT_EQ(items[0].event_time, std::nullopt);
  EXPECT_EQ(items[0].topic_id, std::nullopt);
  EXPECT_EQ(items[0].fingerprint, std::nullopt);
  EXPECT_EQ(items[0].body,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST_P(BulkStorageTest, ARepeatIsStoredAndCountedOnce) {
  known("g");
  const auto arrived = insert({event_of("g", 1), event_of("g", 2), event_of("g", 1)});
  EXPECT_TRUE(arrived[0].id && arrived[1].id && !arrived[2].id) << "the first of them is the one";
  EXPECT_EQ(full_events("g"), 3);
  const auto later = insert({event_of("g", 3), event_of("g", 2)});
  EXPECT_TRUE(later[0].id && !later[1].id);
  EXPECT_EQ(full_events("g"), 4);
  EXPECT_EQ(insert({event_of("g", 3)})[0].id, std::nullopt);
  EXPECT_EQ(full_events("g"), 4) << "nothing is new";
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 3);
  const Event nameless = full_event("g");
  const auto twice = insert({nameless, nameless});
  EXPECT_TRUE(twice[0].id && twice[1].id) << "without a fingerprint none is a repeat";
}

TEST_P(BulkStorageTest, GroupsThatAreKnownToBeFullAreCounted) {
  const Group full = known("full");
  const Group pruning = known("pruning", GroupState::kPruning);
  known("room", GroupState::kHasRoom);
  known("gone", GroupState::kGone);
  Group blocked = known("blocked", GroupState::kBlocked);
  Group late = full_group("late");  // full only now
  late = saved(late);
  Group timeless = full_group("timeless");
  timeless.full_since.reset();
  timeless.last_full_at.reset();
  timeless = saved(timeless);
  std::vector<Event> events;
  for (const char* id : {"full", "pruning", "room", "gone", "blocked", "late", "timeless", "unknown"}) {
    events.push_back(full_event(id, kNow));
    events.push_back(full_event(id, kNow - 10));
  }
  const auto arrived = insert(events);
  std::vector<bool> counted;
  for (const auto& one : arrived) counted.push_back(one.counted);
  EXPECT_THAT(counted, ElementsAre(true, true, true, true, false, false, false, false, true, true, false, false, false,
                                   false, false, false));
  Group expected = full;
  expected.full_events = 3;
  expected.last_full_at = kNow - 5;
  EXPECT_EQ(storage().find_group("full"), expected) << "nothing but the counters";
  EXPECT_EQ(full_events("pruning"), 3);
  EXPECT_EQ(full_events("blocked"), 3);
  for (const char* id : {"room", "gone", "late", "timeless"}) EXPECT_EQ(full_events(id), 1) << id;
  EXPECT_FALSE(storage().find_group("unknown"));
}

TEST_P(BulkStorageTest, AGroupIsNotCountedWhereOneOfItsEventsDoesNotCount) {
  known("g");
  const std::vector<Event> events = {event_of("g", 1), event_of("g", 2)};
  const std::vector<Transaction::Arrival> some = {{&events[0], true}, {&events[1], false}};
  const auto arrived = write([&](Transaction& s) { return s.insert_events(some); });
  EXPECT_TRUE(arrived[0].id && arrived[1].id);
  EXPECT_FALSE(arrived[0].counted || arrived[1].counted);
  EXPECT_EQ(full_events("g"), 1);
}

TEST_P(BulkStorageTest, TheMostRefusedKeepTheirOrder) {
  known("few");
  known("many");
  for (int i = 0; i < 40; ++i) insert({full_event("many"), full_event("few"), full_event("many")});
  EXPECT_EQ(full_events("many"), 81);
  EXPECT_EQ(full_events("few"), 41);
  const auto page = storage().groups({.sort = GroupSort::kMostRefused}, {});
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].group_id, "many");
  EXPECT_EQ(page.items[0].full_events, 81);
}

TEST_P(BulkStorageTest, OtherCommandsAreRefused) {
  Event event = full_event("g");
  event.command = Command::kMemberExit;
  storage().begin();
  EXPECT_THROW(insert(storage(), {event}), StorageError);
  storage().rollback();
  EXPECT_TRUE(storage().events({}, {}).items.empty());
}

TEST_P(BulkStorageTest, NothingIsNothing) {
  storage().begin();
  EXPECT_TRUE(storage().insert_events({}).empty());
  EXPECT_TRUE(storage().lock_groups({}).empty());
  EXPECT_TRUE(storage().save_groups({}).empty());
  storage().commit();
}

TEST_P(BulkStorageTest, LockedGroupsAreThoseThatAreStoredById) {
  const Group b = known("b");
  const Group a = known("a \"\\");
  known("c");
  const std::vector<std::string> ids = {"a \"\\", "none", "b"};
  EXPECT_THAT(write([&](Transaction& s) { return s.lock_groups(ids); }), ElementsAre(b, a));
}

TEST_P(BulkStorageTest, ManyGroupsAreSavedAsEachAlone) {
  Group old = known("old");
  Group other = known("other");
  Group fresh = full_group("new 1", kNow);
  fresh.name = "\"a name\", {so} \\ and \xE7\xBE\xA4";
  fresh.type = "Public";
  fresh.observed_at = kNow;
  fresh.failures = 3;
  fresh.share_settled = true;
  fresh.raised_to = 300;
  Group second = full_group("a new one");
  old.state = GroupState::kBlocked;
  old.reason = BlockReason::kDailyLimit;
  old.full_events = 7;
  other.at_ceiling = other.silent = true;
  other.last_run_id = 12;
  const std::vector<Group> groups = {fresh, old, second, other};
  const auto ids = write([&](Transaction& s) { return s.save_groups(groups); });
  ASSERT_EQ(ids.size(), 4U);
  fresh.id = ids[0];
  second.id = ids[2];
  EXPECT_EQ(ids[1], old.id);
  EXPECT_EQ(ids[3], other.id);
  EXPECT_LT(ids[0], ids[2]);
  for (const Group& group : {fresh, old, second, other}) EXPECT_EQ(storage().find_group(group.group_id), group);
  EXPECT_THAT(storage().take_blocked(), ElementsAre(old));
  write([&](Transaction& s) { return s.save_groups(std::vector{fresh, old}); });
  EXPECT_TRUE(storage().take_blocked().empty()) << "for the same reason";
  old.reason = BlockReason::kExempt;
  write([&](Transaction& s) { return s.save_groups(std::vector{old}); });
  EXPECT_THAT(storage().take_blocked(), ElementsAre(old));
  EXPECT_EQ(storage().counts(kNow, kNow).due, 1);
  EXPECT_EQ(storage().counts(kNow, kNow).at_ceiling, 1);
}

TEST_P(BulkStorageTest, AGroupThatIsNotStoredIsNotSaved) {
  Group gone = known("gone");
  const Group there = known("there");
  write([&](Transaction& s) { s.delete_group("gone"); });
  storage().begin();
  EXPECT_THROW(storage().save_groups(std::vector{there, gone}), StorageError);
  storage().rollback();
}

// Each of them counts for itself; what several have counted is summed, and folded without a loss.
TEST_P(BulkStorageTest, WhatTwoHaveCountedIsOneSum) {
  const auto second = backend().open_second();
  for (int hours = 0; hours < 5; ++hours) {
    for (Store* store : {&storage(), second.get()}) {
      store->begin();
      const std::vector<Event> events = {full_event("g", kNow - hours * kHourMs),
                                         full_event("g", kNow - hours * kHourMs)};
      insert(*store, events);
      store->commit();
    }
  }
  const auto look = [&] {
    EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 4);
    EXPECT_EQ(storage().counts(kNow, kNow).events_last_day, 20);
    std::int64_t all = 0;
    for (const auto& bucket : storage().timeline(TimelineUnit::kHour, kNow - 5 * kHourMs, kNow)) all += bucket.events;
    EXPECT_EQ(all, 20);
    EXPECT_EQ(storage().events({.since = kNow - kHourMs - 1, .until = kNow}, {}).items.size(), 4U);
  };
  look();
  int folded = 0;
  while (const int now = write([](Transaction& s) { return s.fold_counters(kNow - kHourMs, 3); })) folded += now;
  look();
  EXPECT_EQ(write([](Transaction& s) { return s.fold_counters(kNow - kHourMs, 100); }), 0);
  insert({full_event("g", kNow - 3 * kHourMs)});
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_day, 21);
  EXPECT_EQ(folded > 0, GetParam().name == "Postgres") << "a file has one row of each";
}

// In opposite orders, and every third event is the other's, too.
TEST_P(BulkStorageTest, TwoThatWriteTheSameGroupsLoseNothing) {
  constexpr int kRounds = 20;
  constexpr int kGroups = 12;
  for (int i = 0; i < kGroups; ++i) known("g" + std::to_string(i));
  const auto second = backend().open_second();
  const auto write_all = [&](Store& store, bool upwards) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<Event> events;
      for (int i = 0; i < kGroups; ++i) {
        const int group = upwards ? i : kGroups - 1 - i;
        Event event = full_event("g" + std::to_string(group));
        event.fingerprint = Fingerprint{static_cast<std::uint8_t>(group), static_cast<std::uint8_t>(round),
                                        static_cast<std::uint8_t>(group % 3 == 0 ? 0 : 1 + (upwards ? 1 : 0))};
        events.push_back(event);
      }
      // SQLite has one writer at a time, and says so to the other.
      for (int tries = 0;; ++tries) {
        try {
          store.begin();
          insert(store, events);
          store.commit();
          break;
        } catch (const StorageError&) {
          store.rollback();
          if (tries == 50) throw;
        }
      }
    }
  };
  std::thread other([&] { write_all(*second, false); });
  write_all(storage(), true);
  other.join();
  while (second->has_delayed()) second->write_delayed();  // nobody else knows of it until then
  for (int i = 0; i < kGroups; ++i) {
    EXPECT_EQ(full_events("g" + std::to_string(i)), 1 + (i % 3 == 0 ? kRounds : 2 * kRounds)) << i;
  }
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, kRounds * (kGroups / 3 + kGroups * 2 / 3 * 2));
}

}  // namespace
}  // namespace headroom::test
