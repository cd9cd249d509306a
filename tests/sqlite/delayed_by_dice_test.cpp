// What is written later than the event that it comes of has to be, for everybody who asks, as if it had been written at
// once: also behind a rollback, and behind an end at any moment. By dice, beside a store that delays nothing.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>

#include "sqlite/sqlite_read_view.h"
#include "tests/sqlite/delayed_fixture.h"

namespace headroom::test {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// All that the tests change.
std::string shown(const std::vector<Group>& groups) {
  std::string text;
  for (const Group& group : groups) {
    text += group.group_id + " " + std::to_string(group.id) + " " + group.name + " " +
            std::to_string(group.full_events) + " at " + std::to_string(group.last_full_at.value_or(0)) + "\n";
  }
  return text;
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
      const auto of = [&](DelayingDatabase& database) { return database->find_group(group_name(i)).value_or(Group{}); };
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
  DelayingDatabase at_once_{{.path = {}, .delay_from = kNever}};
  DelayingDatabase later_{{.path = {}, .delay_from = 1, .most_delayed = 8}};
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

}  // namespace
}  // namespace headroom::test
