#include <gmock/gmock.h>

#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using GroupStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(GroupStorageTest);

Group sample_group() {
  Group group;
  group.group_id = "@TGS#'\"\xE7\xBE\xA4";
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kDailyLimit;
  group.full_since = 1;
  group.last_full_at = 2;
  group.full_events = 3;
  group.seen_room_at = 4;
  group.type = "Public";
  group.name = "it's a name";
  group.member_count = 5;
  group.max_member_count = 6;
  group.observed_at = 7;
  group.next_check_at = 8;
  group.cooldown_until = 9;
  group.exit_look_at = 10;
  group.failures = 11;
  group.last_run_id = 12;
  return group;
}

void expect_equal(const Group& a, const Group& b) {
  EXPECT_EQ(a.group_id, b.group_id);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.full_since, b.full_since);
  EXPECT_EQ(a.last_full_at, b.last_full_at);
  EXPECT_EQ(a.full_events, b.full_events);
  EXPECT_EQ(a.seen_room_at, b.seen_room_at);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.member_count, b.member_count);
  EXPECT_EQ(a.max_member_count, b.max_member_count);
  EXPECT_EQ(a.observed_at, b.observed_at);
  EXPECT_EQ(a.next_check_at, b.next_check_at);
  EXPECT_EQ(a.cooldown_until, b.cooldown_until);
  EXPECT_EQ(a.exit_look_at, b.exit_look_at);
  EXPECT_EQ(a.failures, b.failures);
  EXPECT_EQ(a.last_run_id, b.last_run_id);
}

TEST_P(GroupStorageTest, KeepsEveryField) {
  const Group group = sample_group();
  const auto id = write([&](Transaction& s) { return s.save_group(group); });
  auto stored = storage().find_group(group.group_id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->id, id);
  expect_equal(*stored, group);

  Group bare;
  bare.id = id;
  bare.group_id = group.group_id;
  EXPECT_EQ(write([&](Transaction& s) { return s.save_group(bare); }), id);
  stored = storage().find_group(group.group_id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->id, id);
  expect_equal(*stored, bare);
}

TEST_P(GroupStorageTest, KeepsEveryStateAndReason) {
  for (int state = 0; state < kGroupStates; ++state) {
    for (int reason = 0; reason <= static_cast<int>(BlockReason::kImplausibleData); ++reason) {
      Group group = full_group(std::to_string(state) + "-" + std::to_string(reason));
      group.state = static_cast<GroupState>(state);
      group.reason = static_cast<BlockReason>(reason);
      write([&](Transaction& s) { return s.save_group(group); });
      const auto stored = storage().find_group(group.group_id);
      ASSERT_TRUE(stored);
      expect_equal(*stored, group);
    }
  }
}

// Chat's texts may be anything; what every store can keep is UTF-8 without NUL.
TEST_P(GroupStorageTest, WhatIsNoTextIsReplacedInTheName) {
  Group group = full_group("g");
  group.name = std::string("a\0b\xff", 4);
  write([&](Transaction& s) { return s.save_group(group); });
  EXPECT_EQ(storage().find_group("g")->name,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(storage().groups({.search = group.name}, {}).items.size(), 1u) << "what is asked for, too";
  EXPECT_FALSE(storage().find_group(std::string("g\0", 2)));
}

TEST_P(GroupStorageTest, GroupIdsAreCompareByBytes) {
  write([&](Transaction& s) { return s.save_group(full_group("Abc")); });
  EXPECT_FALSE(storage().find_group("abc"));
  EXPECT_FALSE(storage().find_group("Abc "));
  EXPECT_FALSE(storage().find_group(""));
}

TEST_P(GroupStorageTest, RefusesASecondGroupOfTheSameId) {
  write([&](Transaction& s) { return s.save_group(full_group("g")); });
  storage().begin();
  try {
    storage().save_group(full_group("g"));
    ADD_FAILURE();
  } catch (const StorageError& error) {
    // Where several write, it may be one that another has just stored.
    EXPECT_THAT(error.kind(), testing::AnyOf(StorageError::Kind::kOther, StorageError::Kind::kConflict));
  }
  storage().commit();
}

TEST_P(GroupStorageTest, RefusesToSaveAGroupThatIsGone) {
  Group group = full_group("g");
  group.id = write([&](Transaction& s) { return s.save_group(group); });
  write([&](Transaction& s) { s.delete_group("g"); });
  storage().begin();
  EXPECT_THROW(storage().save_group(group), StorageError);
  storage().rollback();
}

TEST_P(GroupStorageTest, DeletedGroupsAreGoneAndTheirIdsToo) {
  const auto first = write([&](Transaction& s) { return s.save_group(full_group("g")); });
  write([&](Transaction& s) {
    s.insert_event(full_event("g"));
    s.delete_group("g");
    s.delete_group("unknown");
  });
  EXPECT_FALSE(storage().find_group("g"));
  EXPECT_EQ(storage().events({}, {}).items.size(), 1u);  // its events stay
  EXPECT_GT(write([&](Transaction& s) { return s.save_group(full_group("g")); }), first);
}

TEST_P(GroupStorageTest, ListsByStateNewestFirst) {
  write([&](Transaction& s) {
    for (int i = 0; i < 20; ++i) {
      Group group = full_group("g" + std::to_string(i));
      if (i % 4 == 0) group.state = GroupState::kHasRoom;
      s.save_group(group);
    }
  });
  for (const int limit : {1, 3, 5, 15, 20, 50}) {
    const auto list = [&](GroupFilter filter) {
      return all_ids(limit, [&](const PageRequest& page) { return storage().groups(filter, page); }).size();
    };
    EXPECT_EQ(list({}), 20u);
    EXPECT_EQ(list({.states = {GroupState::kHasRoom}}), 5u);
    EXPECT_EQ(list({.states = {GroupState::kFull}}), 15u);
    EXPECT_EQ(list({.states = {GroupState::kGone}}), 0u);
  }
}

TEST_P(GroupStorageTest, ListsStaleGroups) {
  write([&](Transaction& s) {
    for (int i = 0; i < 20; ++i) {
      Group group = full_group("g" + std::to_string(i));
      group.full_since = kNow + (i * 7) % 20;
      if (i == 0) group.full_since = std::nullopt;
      if (i == 1) group.state = GroupState::kBlocked;
      s.save_group(group);
    }
  });
  // i = 0 and 1 are out; of the others those with (7 i mod 20) <= 9
  std::size_t expected = 0;
  for (int i = 2; i < 20; ++i) expected += (i * 7) % 20 <= 9 ? 1 : 0;
  const GroupFilter stale{.full_since_until = kNow + 9};
  for (const int limit : {1, 4, 50}) {
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().groups(stale, page); }).size(), expected);
  }
  EXPECT_EQ(storage().groups({.states = {GroupState::kFull}, .full_since_until = kNow + 9}, {}).items.size(), expected);
  EXPECT_TRUE(storage().groups({.states = {GroupState::kBlocked}, .full_since_until = kNow + 9}, {}).items.empty());
}

TEST_P(GroupStorageTest, EvictsTheLongestKnownUnconfirmed) {
  write([&](Transaction& s) {
    for (int i = 0; i < 10; ++i) {
      Group group = full_group("g" + std::to_string(i));
      if (i == 1) group.observed_at = kNow;
      s.save_group(group);
    }
    s.insert_run(a_run("g0"));  // open: not to be touched
  });
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(9, 100); }), 0);
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(7, 1); }), 1);
  EXPECT_FALSE(storage().find_group("g2"));
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(7, 100); }), 1);
  EXPECT_FALSE(storage().find_group("g3"));
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(0, 100); }), 6);
  EXPECT_TRUE(storage().find_group("g0"));
  EXPECT_TRUE(storage().find_group("g1"));
  EXPECT_EQ(storage().groups({}, {}).items.size(), 2u);
}

TEST_P(GroupStorageTest, AConfirmedGroupNoLongerCountsAsUnconfirmed) {
  Group group = full_group("g");
  group.id = write([&](Transaction& s) { return s.save_group(group); });
  group.observed_at = kNow;
  write([&](Transaction& s) { return s.save_group(group); });
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(0, 100); }), 0);
  group.observed_at = std::nullopt;
  write([&](Transaction& s) { return s.save_group(group); });
  EXPECT_EQ(write([&](Transaction& s) { return s.evict_unconfirmed_groups(0, 100); }), 1);
}

// Of what is on disk: neither of what was undone, nor of what stays as it was.
TEST_P(GroupStorageTest, SaysWhichGroupsBecameBlocked) {
  const auto blocked = [&](const std::string& id, BlockReason reason) {
    Group group = storage().find_group(id).value_or(full_group(id));
    group.state = GroupState::kBlocked;
    group.reason = reason;
    return group;
  };
  const auto taken = [&] {
    std::vector<std::string> ids;
    for (const Group& group : storage().take_blocked()) ids.push_back(group.group_id);
    return ids;
  };
  write([&](Transaction& s) {
    s.save_group(full_group("a"));
    s.save_group(blocked("b", BlockReason::kExempt));
  });
  EXPECT_EQ(taken(), std::vector<std::string>{"b"});
  write([&](Transaction& s) {
    s.save_group(blocked("a", BlockReason::kNobodyRemovable));
    s.save_group(blocked("b", BlockReason::kExempt));
  });
  EXPECT_EQ(taken(), std::vector<std::string>{"a"});
  storage().begin();
  storage().save_group(blocked("a", BlockReason::kDailyLimit));
  storage().rollback();
  EXPECT_EQ(taken(), std::vector<std::string>{});
  storage().begin();
  EXPECT_THROW(storage().savepoint([&] {
    storage().save_group(blocked("b", BlockReason::kDailyLimit));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  storage().savepoint([&] { storage().save_group(blocked("a", BlockReason::kDailyLimit)); });
  EXPECT_EQ(taken(), std::vector<std::string>{}) << "not on disk yet";
  storage().commit();
  EXPECT_EQ(taken(), std::vector<std::string>{"a"});
  EXPECT_EQ(taken(), std::vector<std::string>{}) << "once";
}

}  // namespace
}  // namespace headroom::test
