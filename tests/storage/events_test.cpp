#include "tests/storage/backend.h"
#include "text/time_text.h"

namespace headroom::test {
namespace {

using EventStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(EventStorageTest);

TEST_P(EventStorageTest, KeepsEveryField) {
  Event event = full_event("@TGS#it's \"quoted\"", kNow);
  event.source = EventSource::kSweep;
  event.topic_id = "@TOPIC#_1";
  event.body = "{\"GroupId\":\"\xE7\xBE\xA4\xF0\x9F\x98\x80'; DROP TABLE event; --\"}";
  event.fingerprint = Fingerprint{0, 1, 255, 0, 128, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0};
  const auto id = write([&](Transaction& s) { return s.insert_event(event); });
  ASSERT_TRUE(id);

  const Page<Event> page = storage().events({}, {});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_FALSE(page.next_before_id);
  const Event& stored = page.items[0];
  EXPECT_EQ(stored.id, *id);
  EXPECT_EQ(stored.command, Command::kGroupFull);
  EXPECT_EQ(stored.group_id, event.group_id);
  EXPECT_EQ(stored.source, EventSource::kSweep);
  EXPECT_EQ(stored.event_time, event.event_time);
  EXPECT_EQ(stored.received_at, kNow);
  EXPECT_EQ(stored.client_ip, "192.0.2.1");
  EXPECT_EQ(stored.platform, "RESTAPI");
  EXPECT_EQ(stored.topic_id, event.topic_id);
  EXPECT_EQ(stored.body, event.body);
  EXPECT_EQ(stored.fingerprint, event.fingerprint);
}

TEST_P(EventStorageTest, KeepsWhatIsAbsentAbsent) {
  Event event = full_event("g");
  event.event_time = std::nullopt;
  event.client_ip = "";
  write([&](Transaction& s) { return s.insert_event(event); });
  const Event stored = storage().events({}, {}).items.at(0);
  EXPECT_EQ(stored.event_time, std::nullopt);
  EXPECT_EQ(stored.topic_id, std::nullopt);
  EXPECT_EQ(stored.fingerprint, std::nullopt);
  EXPECT_EQ(stored.client_ip, "");
}

TEST_P(EventStorageTest, StoresARepeatOnce) {
  Event event = full_event("g");
  event.fingerprint = fingerprint(1);
  EXPECT_TRUE(write([&](Transaction& s) { return s.insert_event(event); }));
  event.received_at += 5000;
  EXPECT_FALSE(write([&](Transaction& s) { return s.insert_event(event); }));
  event.fingerprint = fingerprint(2);
  EXPECT_TRUE(write([&](Transaction& s) { return s.insert_event(event); }));
  EXPECT_EQ(storage().events({}, {}).items.size(), 2u);
}

TEST_P(EventStorageTest, FindsARepeatWithinOneTransaction) {
  Event event = full_event("g");
  event.fingerprint = fingerprint(1);
  storage().begin();
  EXPECT_TRUE(storage().insert_event(event));
  EXPECT_FALSE(storage().insert_event(event));
  storage().commit();
  EXPECT_EQ(storage().events({}, {}).items.size(), 1u);
}

TEST_P(EventStorageTest, AnEventWithoutFingerprintIsNeverARepeat) {
  const Event event = full_event("g");
  EXPECT_TRUE(write([&](Transaction& s) { return s.insert_event(event); }));
  EXPECT_TRUE(write([&](Transaction& s) { return s.insert_event(event); }));
}

TEST_P(EventStorageTest, ARepeatIsNewOnceTheFirstWasDeleted) {
  Event event = full_event("g", kNow);
  event.fingerprint = fingerprint(1);
  const auto first = write([&](Transaction& s) { return s.insert_event(event); });
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_events(kNow + 1, kNow + 1, {}, 10).deleted; }), 1);
  const auto second = write([&](Transaction& s) { return s.insert_event(event); });
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first);  // ids are never given out twice
}

TEST_P(EventStorageTest, RefusesOtherCommands) {
  Event event = full_event("g");
  event.command = Command::kMemberExit;
  storage().begin();
  EXPECT_THROW(storage().insert_event(event), StorageError);
  storage().rollback();
}

TEST_P(EventStorageTest, PagesNewestFirstWithoutRepeatOrGap) {
  write([&](Transaction& s) {
    for (int i = 0; i < 25; ++i) s.insert_event(full_event(i % 2 == 0 ? "even" : "odd", kNow + i));
  });
  for (const int limit : {1, 2, 5, 24, 25, 26}) {
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().events({}, page); }).size(), 25u);
    EXPECT_EQ(
        all_ids(limit, [&](const PageRequest& page) { return storage().events({.group_id = "even"}, page); }).size(),
        13u);
  }
}

TEST_P(EventStorageTest, ClampsTheLimit) {
  write([&](Transaction& s) {
    for (int i = 0; i < 1005; ++i) s.insert_event(full_event("g"));
  });
  EXPECT_EQ(storage().events({}, {.limit = 0}).items.size(), 1u);
  EXPECT_EQ(storage().events({}, {.limit = -5}).items.size(), 1u);
  EXPECT_EQ(storage().events({}, {.limit = 100000}).items.size(), 1000u);
  EXPECT_TRUE(storage().events({}, {.limit = 100000}).next_before_id);
}

TEST_P(EventStorageTest, BeforeIdMayBeAnything) {
  write([&](Transaction& s) { return s.insert_event(full_event("g")); });
  for (const std::int64_t id :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}}) {
    EXPECT_TRUE(storage().events({}, {.before_id = id}).items.empty()) << id;
  }
  EXPECT_EQ(storage().events({}, {.before_id = std::numeric_limits<std::int64_t>::max()}).items.size(), 1u);
}

TEST_P(EventStorageTest, NewRowsDoNotMoveLaterPages) {
  write([&](Transaction& s) {
    for (int i = 0; i < 6; ++i) s.insert_event(full_event("g"));
  });
  const Page<Event> first = storage().events({}, {.limit = 3});
  write([&](Transaction& s) { return s.insert_event(full_event("g")); });
  const Page<Event> second = storage().events({}, {.limit = 3, .before_id = first.next_before_id});
  ASSERT_EQ(second.items.size(), 3u);
  EXPECT_EQ(second.items[0].id, first.items[2].id - 1);
}

TEST_P(EventStorageTest, SinceIsInclusiveUntilExclusive) {
  write([&](Transaction& s) {
    for (const TimeMs at : {kNow - 1, kNow, kNow + 1, kNow + 2}) s.insert_event(full_event("g", at));
  });
  const auto times = [&](const EventFilter& filter) {
    std::vector<TimeMs> result;
    for (const Event& event : storage().events(filter, {}).items) result.push_back(event.received_at);
    return result;
  };
  EXPECT_EQ(times({.since = kNow}), (std::vector<TimeMs>{kNow + 2, kNow + 1, kNow}));
  EXPECT_EQ(times({.until = kNow}), (std::vector<TimeMs>{kNow - 1}));
  EXPECT_EQ(times({.since = kNow, .until = kNow + 2}), (std::vector<TimeMs>{kNow + 1, kNow}));
  EXPECT_EQ(times({.group_id = "g", .since = kNow + 1}), (std::vector<TimeMs>{kNow + 2, kNow + 1}));
  EXPECT_TRUE(times({.group_id = "other", .since = kNow}).empty());
  EXPECT_TRUE(times({.since = kNow + 2, .until = kNow}).empty());
  EXPECT_TRUE(times({.since = kNow + 3}).empty());
  EXPECT_EQ(times({.since = 0, .until = kMaxTimeMs}).size(), 4u);
}

// The clock may step back, and receivers overtake each other: receipt and id are not in the same order.
TEST_P(EventStorageTest, FindsEveryRowOfAWindowWhateverTheOrder) {
  std::vector<TimeMs> times;
  for (int i = 0; i < 400; ++i) times.push_back(kNow + (i * 7919 % 400) * kMinuteMs);
  write([&](Transaction& s) {
    for (const TimeMs at : times) s.insert_event(full_event("g", at));
  });
  for (const auto& [from, to] :
       {std::pair{0, 400}, {0, 1}, {17, 18}, {100, 123}, {399, 400}, {-50, 450}, {395, 1000}}) {
    const TimeMs since = kNow + from * kMinuteMs;
    const TimeMs until = kNow + to * kMinuteMs;
    const auto inside = std::count_if(times.begin(), times.end(), [&](TimeMs at) { return at >= since && at < until; });
    const EventFilter filter{.since = since, .until = until};
    const auto ids = all_ids(7, [&](const PageRequest& page) { return storage().events(filter, page); });
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(inside)) << from << ".." << to;
  }
}

TEST_P(EventStorageTest, RetentionDeletesTheOldestUpToItsLimit) {
  write([&](Transaction& s) {
    for (int i = 0; i < 10; ++i) s.insert_event(full_event("g", kNow + i * kHourMs));
  });
  const auto forget = [this](TimeMs before, int limit) {
    return write([&](Transaction& s) { return s.forget_events(before, before, {}, limit).deleted; });
  };
  EXPECT_EQ(forget(kNow + 5 * kHourMs, 3), 3);
  EXPECT_EQ(storage().events({.until = kNow + 5 * kHourMs}, {}).items.size(), 2u);
  EXPECT_EQ(forget(kNow + 5 * kHourMs, 3), 2);
  EXPECT_EQ(forget(kNow + 5 * kHourMs, 3), 0);
  EXPECT_EQ(forget(kMaxTimeMs, 0), 0);
  EXPECT_EQ(storage().events({}, {}).items.size(), 5u);
  EXPECT_EQ(storage().events({.since = kNow + 5 * kHourMs, .until = kNow + 6 * kHourMs}, {}).items.size(), 1u);
}

// A clock that was far behind has stamped what it received: those are as young as Chat says.
TEST_P(EventStorageTest, RetentionGoesByTheLaterOfReceiptAndEventTime) {
  const TimeMs received = kNow - 200 * kDayMs;
  write([&](Transaction& s) {
    for (const TimeMs at : {kNow - kHourMs, kNow - 100 * kDayMs, kNow + kHourMs}) {
      Event event = full_event(format_time(at), received);
      event.event_time = at;
      s.insert_event(event);
    }
    Event without = full_event("without", received);
    without.event_time.reset();
    without.fingerprint.reset();
    s.insert_event(without);
  });
  Transaction::ForgottenEvents forgotten;
  int deleted = 0;
  for (int i = 0; i < 4; ++i) {
    forgotten = write([&](Transaction& s) { return s.forget_events(kNow - 90 * kDayMs, kNow, forgotten.last, 1); });
    EXPECT_EQ(forgotten.seen, 1) << "one after the other, also behind one that stays";
    deleted += forgotten.deleted;
  }
  EXPECT_EQ(write([&](Transaction& s) { return s.forget_events(kNow - 90 * kDayMs, kNow, forgotten.last, 1).seen; }),
            0);
  EXPECT_EQ(deleted, 3) << "an event time ahead of now says nothing";
  const auto left = storage().events({}, {}).items;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].event_time, kNow - kHourMs);
}

}  // namespace
}  // namespace headroom::test
