#include <gmock/gmock.h>

#include "tests/storage/backend.h"

// Whom headroom removed, who came back, and what that says of each policy.
namespace headroom::test {
namespace {

using RemovalStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(RemovalStorageTest);

std::int64_t run_that_removed(Transaction& storage, const headroom::Run& run,
                              const std::vector<std::string>& accounts) {
  const auto id = storage.insert_run(run);
  for (const std::string& account : accounts) {
    storage.insert_run_members(id, {selected(account)});
    storage.mark_sent(id, {account}, kNow);
    storage.finish_member(id, account, Outcome::kRemoved, 0);
  }
  return id;
}

headroom::Run ended(const std::string& group_id, DurationMs inactive_for = 5) {
  headroom::Run run = a_run(group_id, RunState::kSucceeded);
  run.policy.inactive_for = inactive_for;
  return run;
}

TEST_P(RemovalStorageTest, OnlyWhoWasRemovedFromThisGroup) {
  const auto id = write([&](Transaction& s) {
    const auto run = run_that_removed(s, ended("g"), {"a"});
    run_that_removed(s, ended("h"), {"b"});
    s.insert_run_members(run, {selected("left"), kept("k")});
    s.finish_member(run, "left", Outcome::kLeft, 0);
    return run;
  });
  const auto removals = storage().removals("g", {"a", "b", "left", "k", "stranger"});
  ASSERT_EQ(removals.size(), 1u);
  EXPECT_EQ(removals.at("a").run_id, id);
  EXPECT_EQ(removals.at("a").joined_at_s, 1'700'000'000);
  EXPECT_FALSE(removals.at("a").restored_at);
  EXPECT_FALSE(removals.at("a").rejoined_at);
}

TEST_P(RemovalStorageTest, WhoCameBackIsCountedOnce) {
  write([&](Transaction& s) { run_that_removed(s, ended("g"), {"a", "b", "c"}); });
  EXPECT_EQ(write([&](Transaction& s) { return s.note_rejoined("g", {"a", "b", "stranger"}, kNow + 1); }), 2);
  EXPECT_EQ(write([&](Transaction& s) { return s.note_rejoined("g", {"a", "b"}, kNow + 2); }), 0);
  EXPECT_EQ(write([&](Transaction& s) { return s.note_rejoined("h", {"c"}, kNow + 2); }), 0);
  EXPECT_EQ(storage().removals("g", {"a"}).at("a").rejoined_at, kNow + 1);
  const auto policies = storage().counts(kNow, kNow).policies;
  ASSERT_EQ(policies.size(), 1u);
  EXPECT_EQ(policies[0].removed, 3);
  EXPECT_EQ(policies[0].rejoined, 2);
}

// Sent, and nobody saw them gone: the call may be carried out late.
TEST_P(RemovalStorageTest, WhoWasSentAndNotSeenGoneMayHaveBeenRemoved) {
  const auto send = [](Transaction& s, const std::string& account, Outcome outcome) {
    const auto id = s.insert_run(ended("g"));
    s.insert_run_members(id, {selected(account)});
    s.mark_sent(id, {account}, kNow);
    s.finish_member(id, account, outcome, 0);
    return id;
  };
  write([&](Transaction& s) {
    send(s, "unknown", Outcome::kUnknown);
    send(s, "still", Outcome::kStillMember);
    send(s, "error", Outcome::kError);
    run_that_removed(s, ended("g"), {"certain"});
    send(s, "certain", Outcome::kUnknown);
    const auto refused = s.insert_run(ended("g"));
    s.insert_run_members(refused, {selected("refused")});
    s.finish_member(refused, "refused", Outcome::kError, 10019);
  });
  const auto removals = storage().removals("g", {"unknown", "still", "error", "certain", "refused"});
  ASSERT_EQ(removals.size(), 4u) << "nothing went out for the refused";
  EXPECT_FALSE(removals.at("unknown").certain);
  EXPECT_FALSE(removals.at("still").certain);
  EXPECT_FALSE(removals.at("error").certain);
  EXPECT_TRUE(removals.at("certain").certain) << "what is known does not become doubtful";
  write([&](Transaction& s) { s.note_rejoined("g", {"unknown"}, kNow + 1); });
  EXPECT_EQ(storage().removals("g", {"unknown"}).at("unknown").rejoined_at, kNow + 1);
  EXPECT_EQ(storage().counts(kNow, kNow).policies.at(0).rejoined, 0) << "no run counted it as removed";
  write([&](Transaction& s) { run_that_removed(s, ended("g"), {"still"}); });
  EXPECT_TRUE(storage().removals("g", {"still"}).at("still").certain);
}

TEST_P(RemovalStorageTest, WhoWasBroughtBackDidNotComeBack) {
  write([&](Transaction& s) {
    run_that_removed(s, ended("g"), {"a", "b", "c"});
    const auto restore = s.insert_run(a_run("g", RunState::kRunning, RunMode::kRestore));
    s.insert_run_members(restore, {selected("a"), selected("b"), selected("c")});
    s.mark_sent(restore, {"a", "b", "c"}, kNow + 9);
    s.finish_member(restore, "a", Outcome::kRestored, 0);
    s.finish_member(restore, "b", Outcome::kPending, 0);
    s.finish_member(restore, "c", Outcome::kFailed, 0);
  });
  EXPECT_EQ(storage().removals("g", {"a"}).at("a").restored_at, kNow + 9);
  EXPECT_EQ(storage().removals("g", {"b"}).at("b").restored_at, kNow + 9);
  EXPECT_FALSE(storage().removals("g", {"c"}).at("c").restored_at);
  EXPECT_EQ(write([&](Transaction& s) { return s.note_rejoined("g", {"a", "b", "c"}, kNow + 10); }), 1);
}

// A restore goes by it: who was there again and is outside has left by themselves.
TEST_P(RemovalStorageTest, WhoWasThereAgainIsRemembered) {
  write([&](Transaction& s) {
    run_that_removed(s, ended("g"), {"rejoined", "left", "restored", "pending", "nothing"});
    s.note_rejoined("g", {"rejoined"}, kNow + 1);
    s.note_back("g", {"left", "rejoined", "stranger"}, kNow + 2);
    s.note_back("h", {"nothing"}, kNow + 2);
    const auto restore = s.insert_run(a_run("g", RunState::kRunning, RunMode::kRestore));
    s.insert_run_members(restore, {selected("restored"), selected("pending")});
    s.mark_sent(restore, {"restored", "pending"}, kNow + 9);
    s.finish_member(restore, "restored", Outcome::kRestored, 0);
    s.finish_member(restore, "pending", Outcome::kPending, 0);
  });
  const auto removals = storage().removals("g", {"rejoined", "left", "restored", "pending", "nothing"});
  EXPECT_EQ(removals.at("rejoined").back_at, kNow + 1);
  EXPECT_EQ(removals.at("left").back_at, kNow + 2);
  EXPECT_FALSE(removals.at("left").rejoined_at) << "nobody has seen that";
  EXPECT_EQ(removals.at("restored").back_at, kNow + 9);
  EXPECT_FALSE(removals.at("pending").back_at);
  EXPECT_FALSE(removals.at("nothing").back_at);
  write([&](Transaction& s) { run_that_removed(s, ended("g"), {"left"}); });
  EXPECT_FALSE(storage().removals("g", {"left"}).at("left").back_at) << "another removal, another story";
}

TEST_P(RemovalStorageTest, TheNewestRemovalCounts) {
  const auto second = write([&](Transaction& s) {
    run_that_removed(s, ended("g"), {"a"});
    s.note_rejoined("g", {"a"}, kNow + 1);
    return run_that_removed(s, ended("g"), {"a"});
  });
  const auto removal = storage().removals("g", {"a"}).at("a");
  EXPECT_EQ(removal.run_id, second);
  EXPECT_FALSE(removal.rejoined_at);
}

TEST_P(RemovalStorageTest, EachPolicyHasItsOwnCountTheLastUsedFirst) {
  EXPECT_TRUE(storage().counts(kNow, kNow).policies.empty());
  write([&](Transaction& s) {
    for (int policy = 1; policy <= 7; ++policy) run_that_removed(s, ended("g" + std::to_string(policy), policy), {"a"});
    run_that_removed(s, ended("again", 4), {"a", "b"});
    s.note_rejoined("g4", {"a"}, kNow);
  });
  const auto policies = storage().counts(kNow, kNow).policies;
  ASSERT_EQ(policies.size(), 5u);
  EXPECT_EQ(policies[0].policy.inactive_for, 4);
  EXPECT_EQ(policies[0].removed, 3);
  EXPECT_EQ(policies[0].rejoined, 1);
  EXPECT_EQ(policies[1].policy.inactive_for, 7);
  EXPECT_EQ(policies[4].policy.inactive_for, 3);
}

TEST_P(RemovalStorageTest, WhatIsUndoneIsNotRemoved) {
  storage().begin();
  run_that_removed(storage(), ended("g"), {"a"});
  storage().rollback();
  EXPECT_TRUE(storage().removals("g", {"a"}).empty());
  EXPECT_TRUE(storage().counts(kNow, kNow).policies.empty());
}

std::vector<std::string> accounts_of(const Page<PastRemoval>& page) {
  std::vector<std::string> accounts;
  for (const PastRemoval& removal : page.items) accounts.push_back(removal.account);
  return accounts;
}

TEST_P(RemovalStorageTest, TheHistoryHasEveryRemovalAndWhatBecameOfIt) {
  std::int64_t first = 0;
  write([&](Transaction& s) { first = run_that_removed(s, ended("g"), {"a", "b"}); });
  write([&](Transaction& s) { s.note_rejoined("g", {"a"}, kNow + 5); });
  std::int64_t second = 0;
  write([&](Transaction& s) {
    second = run_that_removed(s, ended("g"), {"a"});  // once more
    run_that_removed(s, ended("h"), {"a"});
    headroom::Run restore = a_run("g", RunState::kSucceeded, RunMode::kRestore);
    const auto id = s.insert_run(restore);
    s.insert_run_members(id, {selected("b")});
    s.mark_sent(id, {"b"}, kNow + 7);
    s.finish_member(id, "b", Outcome::kRestored, 0);
  });
  EXPECT_THAT(accounts_of(storage().removal_history({}, {})), testing::ElementsAre("a", "a", "b", "a"));
  const auto of_g = storage().removal_history({.group_id = "g"}, {}).items;
  ASSERT_EQ(of_g.size(), 3u);
  EXPECT_EQ(of_g[0].run_id, second);
  EXPECT_EQ(of_g[0].removed_at, kNow);
  EXPECT_FALSE(of_g[0].rejoined_at) << "the time before is another one";
  EXPECT_EQ(of_g[1].account, "b");
  EXPECT_EQ(of_g[1].restored_at, kNow + 7);
  EXPECT_EQ(of_g[2].run_id, first);
  EXPECT_EQ(of_g[2].rejoined_at, kNow + 5) << "it stays though the member was removed again";
  EXPECT_EQ(storage().removal_history({.account = "a", .group_id = "h"}, {}).items.size(), 1u);
  EXPECT_EQ(storage().removal_history({.account = "a"}, {}).items.size(), 3u);
  EXPECT_TRUE(storage().removal_history({.account = "b", .group_id = "h"}, {}).items.empty());
}

TEST_P(RemovalStorageTest, TheHistoryIsPagedWithinAnyTime) {
  write([&](Transaction& s) {
    const auto run = s.insert_run(ended("g"));
    for (int i = 0; i < 60; ++i) {  // a plan's members are not sent in the order of their time
      const std::string account = std::to_string(i);
      s.insert_run_members(run, {selected(account)});
      s.mark_sent(run, {account}, kNow + (i * 37 % 60) * kMinuteMs);
      s.finish_member(run, account, i % 10 == 0 ? Outcome::kLeft : Outcome::kRemoved, 0);
    }
  });
  const auto listed = [&](const RemovalFilter& filter, int limit) {
    return all_ids(limit, [&](const PageRequest& page) { return storage().removal_history(filter, page); }).size();
  };
  for (const int limit : {1, 7, 1000}) {
    EXPECT_EQ(listed({}, limit), 54u);
    EXPECT_EQ(listed({.group_id = "g"}, limit), 54u);
    EXPECT_EQ(listed({.since = kNow + kMinuteMs, .until = kNow + 10 * kMinuteMs}, limit), 9u);
    EXPECT_EQ(listed({.group_id = "g", .since = kNow + 59 * kMinuteMs}, limit), 1u);
    EXPECT_EQ(listed({.since = kNow + kHourMs}, limit), 0u);
    EXPECT_EQ(listed({.until = kNow}, limit), 0u);
  }
}

}  // namespace
}  // namespace headroom::test
