// What is written later than the event that it comes of: when, how much of it, and who sees it meanwhile.
#include "sqlite/delayed_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/sqlite_read_view.h"
#include "tests/sqlite/delayed_fixture.h"

namespace headroom::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DelayedEventsTest : public testing::Test {
 protected:
  void know(int groups) {
    database_.write([&](Transaction& s) {
      for (int i = 0; i < groups; ++i) s.save_group(full_group(group_name(i)));
    });
  }
  std::int64_t rows_sum() { return database_.number("SELECT sum(full_events + full_events_more) FROM chat_group"); }
  std::string delayed_from() { return database_.text("SELECT value FROM setting WHERE key = 'events.delayed_from'"); }

  DelayingDatabase database_{{.path = {}, .delay_from = 2, .most_delayed = 20}};
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
// The place in the list is that of the row; within the page the numbers that are shown decide.
TEST_F(DelayedEventsTest, APageOfTheMostRefusedIsInTheOrderOfWhatItShows) {
  for (const std::string group : {"x", "x", "y"}) {
    database_.write([&](Transaction& s) { count_event(s, group, kNow); });
  }
  database_.write([&](Transaction& s) {
    for (int i = 1; i <= 4; ++i) count_event(s, "y", kNow + i);
  });
  ASSERT_TRUE(database_->has_delayed());
  SqliteReadView view({.path = database_.path()});
  GroupFilter filter;
  filter.sort = GroupSort::kMostRefused;
  const auto listed = view.groups(filter, {10, {}}).items;
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].group_id, "y");
  EXPECT_EQ(listed[0].full_events, 6);
  EXPECT_EQ(listed[1].full_events, 3);
  EXPECT_EQ(database_->groups(filter, {10, {}}).items, listed) << "to the writer itself, too";
}

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
