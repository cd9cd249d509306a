// The groups that the scheduler asks for: those that are due, those that are due later, and those nobody has confirmed.
#include <string>

#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using DueGroupStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(DueGroupStorageTest);

TEST_P(DueGroupStorageTest, DueGroupsComeLongestDueFirst) {
  write([&](Transaction& s) {
    s.save_group(full_group("late", kNow + 1));
    s.save_group(full_group("b", kNow - 10));
    s.save_group(full_group("never"));
    s.save_group(full_group("now", kNow));
    s.save_group(full_group("a", kNow - 20));
    s.save_group(full_group("b2", kNow - 10));
  });
  const auto names = [&](int limit) {
    std::string result;
    for (const Group& group : storage().due_groups(kNow, limit)) result += group.group_id + " ";
    return result;
  };
  EXPECT_EQ(names(50), "a b b2 now ");
  EXPECT_EQ(names(2), "a b ");
  EXPECT_EQ(storage().next_due_at(), kNow - 20);
}

TEST_P(DueGroupStorageTest, EveryFifthDueGroupIsAnUnconfirmedOne) {
  write([&](Transaction& s) {
    for (int i = 0; i < 7; ++i) {
      s.save_group(full_group("u" + std::to_string(i), kNow - 100 + i));
      Group confirmed = full_group("c" + std::to_string(i), kNow - 50 + i);
      confirmed.observed_at = kNow - 200;
      s.save_group(confirmed);
    }
  });
  const auto names = [&](int limit) {
    std::string result;
    for (const Group& group : storage().due_groups(kNow, limit)) result += group.group_id + " ";
    return result;
  };
  EXPECT_EQ(names(6), "c0 c1 c2 c3 u0 c4 ");
  EXPECT_EQ(names(50), "c0 c1 c2 c3 u0 c4 c5 c6 u1 u2 u3 u4 u5 u6 ");
  EXPECT_EQ(storage().next_due_at(), kNow - 100);
}

TEST_P(DueGroupStorageTest, UnconfirmedGroupsAreListedWhenTheyAreTooMany) {
  write([&](Transaction& s) {
    for (int i = 0; i < 6; ++i) {
      Group group = full_group("g" + std::to_string(i));
      if (i == 1) group.observed_at = kNow;
      s.save_group(group);
    }
  });
  const auto names = [&](std::int64_t after_id, std::int64_t beyond, int limit) {
    std::string result;
    for (const Group& group : storage().unconfirmed_groups(after_id, beyond, limit)) result += group.group_id + " ";
    return result;
  };
  EXPECT_EQ(names(0, 5, 50), "");
  EXPECT_EQ(names(0, 4, 50), "g0 g2 g3 g4 g5 ");
  EXPECT_EQ(names(0, 4, 2), "g0 g2 ");
  EXPECT_EQ(names(storage().find_group("g2")->id, 4, 2), "g3 g4 ");
}

TEST_P(DueGroupStorageTest, WalksThroughThoseThatAreDueLater) {
  write([&](Transaction& s) {
    for (int i = 0; i < 6; ++i) {
      Group group = full_group("g" + std::to_string(i), kNow + (6 - i) / 2);
      if (i % 3 == 0) group.observed_at = kNow;
      s.save_group(group);
    }
    s.save_group(full_group("never"));
  });
  std::string walked;
  TimePosition after{kNow, 0};
  for (auto next = storage().groups_due_after(after, 2); !next.empty(); next = storage().groups_due_after(after, 2)) {
    for (const Group& group : next) walked += group.group_id + " ";
    after = {*next.back().next_check_at, next.back().id};
  }
  EXPECT_EQ(walked, "g5 g3 g4 g1 g2 g0 ");
  EXPECT_TRUE(storage().groups_due_after({kNow + 4, 0}, 2).empty());
}

TEST_P(DueGroupStorageTest, NothingIsDueInAnEmptyStore) {
  EXPECT_TRUE(storage().due_groups(kNow, 50).empty());
  EXPECT_FALSE(storage().next_due_at());
  write([&](Transaction& s) { return s.save_group(full_group("never")); });
  EXPECT_FALSE(storage().next_due_at());
}

}  // namespace
}  // namespace headroom::test
