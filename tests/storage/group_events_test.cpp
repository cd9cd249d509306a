#include <algorithm>
#include <map>

#include "tests/storage/backend.h"

// Which events are of a group, however many there are, and whatever became of the group and of some of them.
namespace headroom::test {
namespace {

class GroupEventsTest : public StorageTest {
 protected:
  // As a webhook does it: the event, then its group.
  static std::int64_t store(Transaction& s, const std::string& group_id, TimeMs at = kNow) {
    const std::int64_t id = *s.insert_event(full_event(group_id, at));
    Group group = s.find_group(group_id).value_or(full_group(group_id));
    ++group.full_events;
    group.last_full_at = at;
    if (group.id == 0) {
      s.save_group(group);
    } else {
      s.save_full_events(group);
    }
    return id;
  }
  std::int64_t store(const std::string& group_id, TimeMs at = kNow) {
    return write([&](Transaction& s) { return store(s, group_id, at); });
  }
  static std::vector<std::int64_t> listed(ReadView& view, const std::string& group_id, int limit) {
    return all_ids(limit, [&](const PageRequest& page) { return view.events({.group_id = group_id}, page); });
  }
  // By every way to ask.
  void expect_events(const std::string& group_id, std::vector<std::int64_t> ids) {
    std::sort(ids.rbegin(), ids.rend());
    for (const int limit : {1, 7, 1000}) EXPECT_EQ(listed(storage(), group_id, limit), ids) << group_id;
    EXPECT_EQ(listed(*backend().open_view(), group_id, 3), ids) << group_id;
    for (const Event& event : storage().events({.group_id = group_id}, {}).items) EXPECT_EQ(event.group_id, group_id);
  }
};
HEADROOM_ALL_BACKENDS(GroupEventsTest);

TEST_P(GroupEventsTest, AreListedHoweverManyThereAre) {
  std::map<std::string, std::vector<std::int64_t>> ids;
  const std::vector<std::string> groups = {"a", "b", "c"};
  for (std::size_t i = 0; i < 60; ++i) {
    // Also several of one group in one transaction.
    write([&](Transaction& s) {
      for (std::size_t j = 0; j <= i % 3; ++j) ids[groups[i % 2]].push_back(store(s, groups[i % 2]));
      ids[groups[(i * i) % 3]].push_back(store(s, groups[(i * i) % 3]));
    });
    if (i == 31) backend().reopen();
  }
  for (const std::string& group : groups) expect_events(group, ids[group]);
  expect_events("d", {});
}

TEST_P(GroupEventsTest, AreSeenInTheirOwnTransaction) {
  store("g");
  storage().begin();
  store(storage(), "g");
  storage().insert_event(full_event("g"));
  EXPECT_EQ(listed(storage(), "g", 2).size(), 3u);
  storage().insert_event(full_event("g"));
  storage().insert_event(full_event("nobody saves it"));
  storage().commit();
  EXPECT_EQ(listed(storage(), "g", 2).size(), 4u);
  EXPECT_EQ(listed(storage(), "nobody saves it", 2).size(), 1u);
}

TEST_P(GroupEventsTest, AreNarrowedByTime) {
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(store("g", kNow + i * kMinuteMs));
  for (const int first : {0, 1, 15, 16, 17, 50, 99}) {
    const EventFilter filter{
        .group_id = "g", .since = kNow + first * kMinuteMs, .until = kNow + (first + 20) * kMinuteMs};
    std::vector<std::int64_t> expected(ids.begin() + first, ids.begin() + std::min(first + 20, 100));
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(all_ids(6, [&](const PageRequest& page) { return storage().events(filter, page); }), expected) << first;
  }
}

TEST_P(GroupEventsTest, OutliveTheirGroupAndAreThoseOfTheNextOne) {
  std::vector<std::int64_t> ids;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 7 + 6 * round; ++i) ids.push_back(store("g"));
    write([&](Transaction& s) { s.delete_group("g"); });
    expect_events("g", ids);
  }
  // In the transaction of an event, too.
  write([&](Transaction& s) {
    ids.push_back(store(s, "g"));
    ids.push_back(*s.insert_event(full_event("g")));
    s.delete_group("g");
    ids.push_back(store(s, "g"));
  });
  expect_events("g", ids);
  for (int i = 0; i < 20; ++i) store("other " + std::to_string(i));
  write([&](Transaction& s) { EXPECT_GT(s.evict_unconfirmed_groups(0, 100), 0); });
  EXPECT_FALSE(storage().find_group("g"));
  expect_events("g", ids);
  expect_events("other 7", listed(storage(), "other 7", 10));
  EXPECT_EQ(listed(storage(), "other 7", 10).size(), 1u);
}

TEST_P(GroupEventsTest, AreNotThoseThatWereUndone) {
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 40; ++i) {
    storage().begin();
    store(storage(), "g");
    storage().rollback();
    storage().begin();
    ids.push_back(store(storage(), "g"));
    EXPECT_THROW(storage().savepoint([&] {
      store(storage(), "g");
      storage().insert_event(full_event("g"));
      throw std::runtime_error("undone");
    }),
                 std::runtime_error);
    if (i % 3 == 0) ids.push_back(store(storage(), "g"));
    storage().savepoint([&] { ids.push_back(store(storage(), "g")); });
    storage().commit();
    EXPECT_EQ(storage().find_group("g")->full_events, static_cast<std::int64_t>(ids.size()) + 1);
  }
  expect_events("g", ids);
}

// Of every third the event time is younger, and it stays.
TEST_P(GroupEventsTest, AreNotThoseThatWereForgotten) {
  std::vector<std::int64_t> left;
  for (int i = 0; i < 100; ++i) {
    write([&](Transaction& s) {
      Event event = full_event(i % 2 == 0 ? "g" : "h", kNow + i);
      if (i % 3 == 0) event.event_time = kNow + kHourMs;
      const std::int64_t id = *s.insert_event(event);
      Group group = s.find_group(event.group_id).value_or(full_group(event.group_id));
      if (group.id == 0) {
        s.save_group(group);
      } else {
        s.save_full_events(group);
      }
      if (i % 2 == 0 && (i % 3 == 0 || i >= 80)) left.push_back(id);
    });
  }
  write([&](Transaction& s) { s.forget_events(kNow + 80, kNow + 2 * kHourMs, {}, 1000); });
  expect_events("g", left);
  write([&](Transaction& s) { s.forget_events(kNow + kDayMs, kNow + kDayMs, {}, 1000); });
  expect_events("g", {});
  const std::int64_t next = store("g");
  expect_events("g", {next});
}

// Cursors rely on it: an id is never given out twice, also when no event is left.
TEST_P(GroupEventsTest, TheirIdsAscendForEver) {
  std::int64_t last = 0;
  for (int round = 0; round < 3; ++round) {
    const std::int64_t id = store("g", kNow + round);
    EXPECT_GT(id, last);
    last = id;
    write([&](Transaction& s) { s.forget_events(kNow + kDayMs, kNow + kDayMs, {}, 1000); });
    EXPECT_TRUE(storage().events({}, {}).items.empty());
    backend().reopen();
  }
}

}  // namespace
}  // namespace headroom::test
