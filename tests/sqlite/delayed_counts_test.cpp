// What is written later than the event that it comes of has to be, for everybody who asks, as if it had been written at
// once: also behind a rollback, and behind an end at any moment.
#include "sqlite/delayed_counts.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
constexpr int kGroups = 12;

std::string group_name(int number) { return "g" + std::to_string(number); }

class Database {
 public:
  explicit Database(SqliteStorageOptions options) : options_(std::move(options)) {
    options_.path = dir_.file("headroom.db");
    Migrator(options_.path).up({.now = kNow});
    open();
  }
  SqliteStorage& operator*() { return *storage_; }
  SqliteStorage* operator->() { return storage_.get(); }
  // Nothing more is written before.
  void end_and_start() {
    storage_.reset();
    open();
  }
  template <typename Work>
  void write(Work&& work) {
    storage_->begin();
    work(*storage_);
    storage_->commit();
  }
  std::int64_t number(const std::string& sql) const {
    SQLite::Database database(options_.path, SQLite::OPEN_READONLY, 1000);
    return database.execAndGet(sql).getInt64();
  }
  std::string text(const std::string& sql) const {
    SQLite::Database database(options_.path, SQLite::OPEN_READONLY, 1000);
    return database.execAndGet("SELECT coalesce((" + sql + "), '')").getString();
  }
  void write_delayed() {
    while (storage_->has_delayed()) storage_->write_delayed();
  }
  const std::string& path() const { return options_.path; }

 private:
  void open() { storage_ = std::make_unique<SqliteStorage>(options_); }

  TempDir dir_;
  SqliteStorageOptions options_;
  std::unique_ptr<SqliteStorage> storage_;
};

// As a webhook does it.
void count_event(Transaction& s, const std::string& group_id, TimeMs at) {
  const Event event = full_event(group_id, at);
  s.insert_event(event);
  Group group = s.find_group(group_id).value_or(full_group(group_id));
  ++group.full_events;
  group.last_full_at = std::max(group.last_full_at.value_or(0), state_time(event));
  if (group.id == 0) {
    s.save_group(group);
  } else {
    s.save_full_events(group);
  }
}

// All that the tests change.
std::string shown(const std::vector<Group>& groups) {
  std::string text;
  for (const Group& group : groups) {
    text += group.group_id + " " + std::to_string(group.id) + " " + group.name + " " +
            std::to_string(group.full_events) + " at " + std::to_string(group.last_full_at.value_or(0)) + "\n";
  }
  return text;
}

std::vector<std::int64_t> ids(const std::vector<Event>& events) {
  std::vector<std::int64_t> found;
  for (const Event& event : events) found.push_back(event.id);
  return found;
}

// The same is done to both, by the same dice.
class Both {
 public:
  explicit Both(unsigned seed) : dice_(seed) {}

  void transaction() {
    const bool fails = chance(4);
    both([](SqliteStorage& s) { s.begin(); });
    for (int i = between(1, 8); i > 0; --i) step(true);
    both([&](SqliteStorage& s) { fails ? s.rollback() : s.commit(); });
  }
  void end_and_start() {
    at_once_.end_and_start();
    later_.end_and_start();
  }
  void write_delayed() { later_.write_delayed(); }

  void expect_same_groups() {
    for (int i = 0; i < kGroups; ++i) {
      const auto of = [&](Database& database) { return database->find_group(group_name(i)).value_or(Group{}); };
      EXPECT_EQ(shown({of(later_)}), shown({of(at_once_)}));
    }
    const auto same = [&](const auto& listed) { EXPECT_EQ(shown(listed(*later_)), shown(listed(*at_once_))); };
    same([](auto& s) { return s.due_groups(kNow * 2, 100); });
    same([](auto& s) { return s.groups_due_after({}, 100); });
    same([](auto& s) { return s.unconfirmed_groups(0, 0, 100); });
    same([](auto& s) { return s.groups({}, {}).items; });
  }
  void expect_same_events() {
    for (int i = 0; i < kGroups; ++i) {
      const EventFilter filter{.group_id = group_name(i)};
      EXPECT_EQ(ids(later_->events(filter, {500}).items), ids(at_once_->events(filter, {500}).items)) << i;
    }
  }
  // What read views show, which know nothing of the writer.
  void expect_same_views() {
    SqliteReadView later({.path = later_.path()});
    SqliteReadView at_once({.path = at_once_.path()});
    EXPECT_EQ(shown(later.groups({}, {}).items), shown(at_once.groups({}, {}).items));
    for (int i = 0; i < kGroups; ++i) {
      const EventFilter filter{.group_id = group_name(i)};
      EXPECT_EQ(shown({later.find_group(group_name(i)).value_or(Group{})}),
                shown({at_once.find_group(group_name(i)).value_or(Group{})}));
      EXPECT_EQ(ids(later.events(filter, {500}).items), ids(at_once.events(filter, {500}).items)) << i;
    }
  }
  // What a program sees that reads the files.
  void expect_same_rows() {
    const std::string rows =
        "SELECT group_concat(group_id || ' ' || (full_events + full_events_more) || ' ' || coalesce(last_full_at, '')"
        " || ' ' || name, ',') FROM (SELECT * FROM chat_group ORDER BY group_id)";
    EXPECT_EQ(later_.text(rows), at_once_.text(rows));
    EXPECT_EQ(later_.number("SELECT count(*) FROM event"), at_once_.number("SELECT count(*) FROM event"));
    EXPECT_EQ(later_.text("SELECT value FROM setting WHERE key = 'events.delayed_from'"), "");
  }
  bool delays() const { return delays_; }

 private:
  int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(dice_); }
  bool chance(int one_in) { return between(1, one_in) == 1; }
  template <typename Work>
  void both(Work&& work) {
    work(*at_once_);
    work(*later_);
    delays_ = delays_ || later_->has_delayed();
  }

  void step(bool may_nest) {
    const std::string group_id = group_name(between(0, kGroups - 1));
    const int kind = between(0, 19);
    now_ += between(0, 20'000);
    if (kind == 0) {
      both([&](SqliteStorage& s) { s.delete_group(group_id); });
    } else if (kind == 1) {
      both([&](SqliteStorage& s) { s.insert_event(full_event(group_id, now_)); });
    } else if (kind <= 3) {
      rename(group_id);
    } else if (kind == 4) {
      const TimeMs before = now_ - between(0, 200'000);
      both([&](SqliteStorage& s) { s.forget_events(before, now_, {}, 50); });
    } else if (kind <= 6 && may_nest) {
      savepoint();
    } else if (kind == 7) {
      const EventFilter filter{.group_id = group_id};
      EXPECT_EQ(ids(later_->events(filter, {500}).items), ids(at_once_->events(filter, {500}).items));
    } else if (kind == 8) {
      expect_same_groups();
    } else {
      const int many = chance(40) ? 80 : between(1, 3);
      both([&](SqliteStorage& s) {
        for (int i = 0; i < many; ++i) count_event(s, group_id, now_);
      });
    }
  }
  void rename(const std::string& group_id) {
    const std::string name = std::to_string(now_);
    both([&](SqliteStorage& s) {
      auto group = s.find_group(group_id);
      if (!group) return;
      group->name = name;
      group->next_check_at = now_;
      s.save_group(*group);
    });
  }
  void savepoint() {
    const bool fails = chance(2);
    const auto before = dice_;
    auto after = dice_;
    const auto in = [&](SqliteStorage& s) {
      dice_ = before;
      const TimeMs now = now_;
      try {
        s.savepoint([&] {
          for (int i = between(1, 4); i > 0; --i) {
            const std::string group_id = group_name(between(0, kGroups - 1));
            if (chance(3)) {
              auto group = s.find_group(group_id);
              if (group) s.save_group(*group);
            } else {
              count_event(s, group_id, now + i);
            }
          }
          if (fails) throw std::runtime_error("undone");
        });
      } catch (const std::runtime_error&) {
      }
      after = dice_;
    };
    both(in);
    dice_ = after;
  }

  std::mt19937 dice_;
  TimeMs now_ = kNow;
  bool delays_ = false;
  Database at_once_{{.path = {}, .delay_from = kNever}};
  Database later_{{.path = {}, .delay_from = 1, .most_delayed = 8}};
};

TEST(DelayedCountsTest, NobodyCanTell) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Both both(seed);
    for (unsigned i = 1; i <= 120 && !testing::Test::HasFailure(); ++i) {
      both.transaction();
      both.expect_same_groups();
      if (i % 3 == 0) both.expect_same_views();
      if (i % 7 == 0) both.end_and_start();
      if (i % 7 == 0) both.expect_same_groups();
      if (i % 31 == 0) both.expect_same_events();
    }
    both.write_delayed();
    both.expect_same_rows();
    both.expect_same_events();
    EXPECT_TRUE(both.delays());
  }
}

class DelayedEventsTest : public testing::Test {
 protected:
  void know(int groups) {
    database_.write([&](Transaction& s) {
      for (int i = 0; i < groups; ++i) s.save_group(full_group(group_name(i)));
    });
  }
  std::int64_t rows_sum() { return database_.number("SELECT sum(full_events + full_events_more) FROM chat_group"); }
  std::string delayed_from() { return database_.text("SELECT value FROM setting WHERE key = 'events.delayed_from'"); }

  Database database_{{.path = {}, .delay_from = 2, .most_delayed = 20}};
};

TEST_F(DelayedEventsTest, OneAfterTheOtherIsWrittenAtOnce) {
  know(3);
  for (int i = 0; i < 3; ++i) {
    database_.write([&](Transaction& s) { count_event(s, group_name(i), kNow + i); });
    EXPECT_FALSE(database_->has_delayed());
    EXPECT_EQ(rows_sum(), 4 + i);
  }
  EXPECT_EQ(delayed_from(), "");
}

TEST_F(DelayedEventsTest, OfManyTheRowsWaitUntilTheyAreWritten) {
  know(3);
  database_.write([&](Transaction& s) {
    for (int i = 0; i < 6; ++i) count_event(s, group_name(i % 3), kNow + i);
  });
  EXPECT_TRUE(database_->has_delayed());
  EXPECT_EQ(rows_sum(), 3);
  EXPECT_EQ(delayed_from(), "1");
  database_->write_delayed();
  EXPECT_FALSE(database_->has_delayed());
  EXPECT_EQ(rows_sum(), 9);
  EXPECT_EQ(delayed_from(), "");
}

// However long the load lasts: no more of them wait than may, and the file says from which on.
TEST_F(DelayedEventsTest, NoMoreWaitThanMay) {
  know(kGroups);
  std::int64_t events = 0;
  std::string from;
  int moved = 0;
  for (int i = 0; i < 200; ++i) {
    database_.write([&](Transaction& s) {
      for (int j = 0; j < 4; ++j, ++events) count_event(s, group_name((i * 7 + j * 5) % kGroups), kNow + events);
    });
    EXPECT_LE(events + kGroups - rows_sum(), 20 + 2 * 4) << i;
    if (delayed_from() != from) ++moved;
    from = delayed_from();
  }
  EXPECT_GT(moved, 5);
  EXPECT_GT(std::stoll(from), events - 100);
  database_.end_and_start();
  std::int64_t counted = 0;
  for (int i = 0; i < kGroups; ++i) counted += database_->find_group(group_name(i))->full_events;
  EXPECT_EQ(counted, events + kGroups);
}

// Also where nobody is idle for long enough: each of a few events takes some of those that wait with it.
TEST_F(DelayedEventsTest, AFewEventsAfterManyTakeThemAlong) {
  know(kGroups);
  database_.write([&](Transaction& s) {
    for (int i = 0; i < kGroups; ++i) count_event(s, group_name(i), kNow);
  });
  for (int i = 0; i < 3 && database_->has_delayed(); ++i) {
    database_.write([&](Transaction& s) { count_event(s, group_name(0), kNow + 1); });
  }
  EXPECT_FALSE(database_->has_delayed());
}

// One that everybody wants to join fills no list without an end.
TEST_F(DelayedEventsTest, AGroupWithManyIsWrittenWithThem) {
  know(2);
  for (int i = 0; i < 40; ++i) {
    database_.write([&](Transaction& s) {
      for (int j = 0; j < 2; ++j) count_event(s, group_name(0), kNow + i);
    });
  }
  EXPECT_GE(rows_sum(), 2 + 64);
}

// Also when the writer has not read it since.
TEST_F(DelayedEventsTest, ASavedGroupHasThem) {
  know(1);
  database_.write([&](Transaction& s) {
    for (int i = 0; i < 4; ++i) count_event(s, "g0", kNow + i);
  });
  Group group = *database_->find_group("g0");
  database_->begin();
  database_->rollback();
  group.name = "changed";
  database_.write([&](Transaction& s) { s.save_group(group); });
  EXPECT_FALSE(database_->has_delayed());
  EXPECT_EQ(rows_sum(), 5);
  EXPECT_EQ(database_->find_group("g0")->full_events, 5);
  EXPECT_EQ(database_->events({.group_id = "g0"}, {}).items.size(), 4u);
}

// Nothing has to be written for it: the disk may be full, or slow.
TEST_F(DelayedEventsTest, AReadViewCountsThem) {
  know(3);
  for (int round = 0; round < 7; ++round) {
    database_.write([&](Transaction& s) {
      for (int i = 0; i < 4; ++i) count_event(s, group_name(i % 2), kNow + round * 10 + i);
    });
    if (round == 3) database_.write_delayed();
  }
  ASSERT_TRUE(database_->has_delayed());
  SqliteReadView view({.path = database_.path()});
  for (int i = 0; i < 3; ++i) {
    const auto group = database_->find_group(group_name(i));
    EXPECT_EQ(view.find_group(group_name(i)), group);
    EXPECT_EQ(view.groups({}, {}).items.at(static_cast<std::size_t>(2 - i)), group);
    EXPECT_EQ(ids(view.events({.group_id = group_name(i)}, {500}).items).size(), i < 2 ? 14u : 0u);
  }
  EXPECT_EQ(view.find_group("g0")->full_events, 15);
  EXPECT_EQ(view.find_group("none"), std::nullopt);
  const auto newest = ids(view.events({.group_id = "g1"}, {3}).items);
  EXPECT_THAT(newest, ElementsAre(28, 26, 24));
}

TEST(DelayedCountsUnit, WalksInTheOrderOfRowsAndGoesAround) {
  sqlite::DelayedCounts counts;
  for (const std::int64_t id : {5, 3, 9}) counts.add_committed(id, "g" + std::to_string(id), id, kNow);
  const auto next = [&](std::size_t most) {
    std::vector<std::int64_t> rows;
    for (const auto& waiting : counts.next(most)) rows.push_back(waiting.id);
    return rows;
  };
  EXPECT_THAT(next(2), ElementsAre(3, 5));
  EXPECT_EQ(counts.rounds(), 0);
  EXPECT_THAT(next(2), ElementsAre(9, 3));
  EXPECT_EQ(counts.rounds(), 1);
  EXPECT_THAT(next(10), ElementsAre(5, 9, 3));
  EXPECT_THAT(counts.take(5), ElementsAre(5));
  EXPECT_THAT(counts.take(5), IsEmpty());
  EXPECT_THAT(next(10), ElementsAre(9, 3));
  counts.rollback();
  EXPECT_THAT(counts.take(5), ElementsAre(5)) << "what was undone is still to be written";
  counts.commit();
  EXPECT_EQ(counts.committed_events(), 2u);
  EXPECT_EQ(counts.oldest_left(), 3);
}

}  // namespace
}  // namespace headroom::test
