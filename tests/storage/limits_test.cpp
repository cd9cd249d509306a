#include "tests/storage/backend.h"

// Usage of the daily limits, retention, counts.
namespace headroom::test {
namespace {

using LimitStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(LimitStorageTest);

std::int64_t run_of(Transaction& storage, const Run& run, const std::vector<RunMember>& members) {
  const auto id = storage.insert_run(run);
  storage.insert_run_members(id, members);
  return id;
}

TEST_P(LimitStorageTest, UsageCountsWhatWasSent) {
  write([&](Transaction& s) {
    const auto a = run_of(s, a_run("a"), {selected("1"), selected("2"), selected("3"), kept("k")});
    s.mark_sent(a, {"1"}, kNow - kDayMs);
    s.mark_sent(a, {"2"}, kNow - kDayMs + 1);
    s.mark_sent(a, {"3"}, kNow);
    s.finish_member(a, "3", Outcome::kStillMember, 0);  // sent is sent, whatever came of it
    const auto b = run_of(s, a_run("b", RunState::kFailed), {selected("1"), selected("2")});
    s.mark_sent(b, {"1"}, kNow - 5);
  });
  const RemovalUsage all = storage().removal_usage(kNow - kDayMs, std::nullopt);
  EXPECT_EQ(all.sent, 3);
  EXPECT_EQ(all.oldest_sent_at, kNow - kDayMs + 1);
  EXPECT_EQ(all.reserved, 0);
  EXPECT_EQ(all.undecided, 1) << "of the last day, and without an outcome";
  const RemovalUsage of_b = storage().removal_usage(kNow - kDayMs, "b");
  EXPECT_EQ(of_b.sent, 1);
  EXPECT_EQ(of_b.oldest_sent_at, kNow - 5);
  const RemovalUsage none = storage().removal_usage(kNow - kDayMs, "c");
  EXPECT_EQ(none.sent, 0);
  EXPECT_FALSE(none.oldest_sent_at);
}

TEST_P(LimitStorageTest, UsageReservesWhatRunningRunsStillMeanToSend) {
  write([&](Transaction& s) {
    const auto a = run_of(s, a_run("a"), {selected("1"), selected("2"), selected("3"), kept("k")});
    s.mark_sent(a, {"1"}, kNow);
    s.finish_member(a, "2", Outcome::kBecameProtected, 0);
    run_of(s, a_run("b", RunState::kRunning, RunMode::kApprove), {selected("1"), selected("2")});
    run_of(s, a_run("plan", RunState::kRunning, RunMode::kPlan), {selected("1")});
    run_of(s, a_run("restore", RunState::kRunning, RunMode::kRestore), {selected("1")});
    run_of(s, a_run("waits", RunState::kAwaitingApproval, RunMode::kApprove), {selected("1")});
    run_of(s, a_run("done", RunState::kPartial), {selected("1")});
  });
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, std::nullopt).reserved, 3);
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "a").reserved, 1);
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "b").reserved, 2);
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "plan").reserved, 0);
}

TEST_P(LimitStorageTest, ARunThatWaitsForTheCalendarReservesNothing) {
  auto closed = a_run("a");
  closed.reason = Reason::kClosed;
  write([&](Transaction& s) {
    closed.id = run_of(s, closed, {selected("1"), selected("2"), selected("3")});
    s.mark_sent(closed.id, {"1"}, kNow);
    run_of(s, a_run("b"), {selected("1")});
  });
  const RemovalUsage all = storage().removal_usage(kNow - kDayMs, std::nullopt);
  EXPECT_EQ(all.reserved, 1);
  EXPECT_EQ(all.sent, 1) << "what it has sent is sent";
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "a").reserved, 0);
  closed.reason = Reason::kNone;
  write([&](Transaction& s) { s.update_run(closed); });
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "a").reserved, 2);
}

TEST_P(LimitStorageTest, WhatARestoreSendsIsNoRemoval) {
  write([&](Transaction& s) {
    const auto id = run_of(s, a_run("a", RunState::kRunning, RunMode::kRestore), {selected("1")});
    s.mark_sent(id, {"1"}, kNow);
  });
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, std::nullopt).sent, 0);
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, "a").sent, 0);
  EXPECT_EQ(storage().counts(kNow, kNow).removals_last_day, 0);
}

TEST_P(LimitStorageTest, RetentionDeletesKeptMembersOfOldRuns) {
  std::int64_t old_run = 0;
  std::int64_t young_run = 0;
  write([&](Transaction& s) {
    const std::vector<RunMember> members{selected("1"), selected("2"), kept("3"), kept("4"), kept("5")};
    old_run = run_of(s, a_run("a", RunState::kSucceeded, RunMode::kPrune, kNow - 1), members);
    young_run = run_of(s, a_run("a", RunState::kSucceeded, RunMode::kPrune, kNow), members);
  });
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_kept_members_before(kNow, 2); }), 2);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_kept_members_before(kNow, 2); }), 1);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_kept_members_before(kNow, 2); }), 0);
  EXPECT_TRUE(storage().run_members(old_run, Decision::kKeep, {}).items.empty());
  EXPECT_EQ(storage().plan(old_run).size(), 2u);
  EXPECT_EQ(storage().run_members(young_run, Decision::kKeep, {}).items.size(), 3u);
  EXPECT_FALSE(storage().find_run(old_run)->kept_stored);
  EXPECT_TRUE(storage().find_run(young_run)->kept_stored);
}

TEST_P(LimitStorageTest, CountsAnEmptyStore) {
  const Counts counts = storage().counts(kNow, kNow);
  EXPECT_EQ(counts.groups, (std::array<std::int64_t, kGroupStates>{}));
  EXPECT_EQ(counts.stale_full, 0);
  EXPECT_EQ(counts.due, 0);
  EXPECT_EQ(counts.events_last_day, 0);
  EXPECT_TRUE(counts.runs_last_day.empty());
  EXPECT_FALSE(counts.last_event_at);
}

TEST_P(LimitStorageTest, CountsGroupsThroughEveryChange) {
  Group group = full_group("a", kNow);
  write([&](Transaction& s) {
    group.id = s.save_group(group);
    s.save_group(full_group("b", kNow + 1));
    Group blocked = full_group("c");
    blocked.state = GroupState::kBlocked;
    s.save_group(blocked);
  });
  Counts counts = storage().counts(kNow, kNow);
  EXPECT_EQ(counts.groups, (std::array<std::int64_t, kGroupStates>{2, 0, 0, 1, 0}));
  EXPECT_EQ(counts.stale_full, 2);
  EXPECT_EQ(counts.due, 1);
  EXPECT_EQ(storage().counts(kNow, kNow - 1).stale_full, 0);

  group.state = GroupState::kGone;
  write([&](Transaction& s) { s.save_group(group); });
  EXPECT_EQ(storage().counts(kNow, kNow).groups, (std::array<std::int64_t, kGroupStates>{1, 0, 0, 1, 1}));
  write([&](Transaction& s) { s.delete_group("c"); });
  EXPECT_EQ(storage().counts(kNow, kNow).groups, (std::array<std::int64_t, kGroupStates>{1, 0, 0, 0, 1}));
  storage().begin();
  storage().save_group(full_group("d"));
  storage().rollback();
  EXPECT_EQ(storage().counts(kNow, kNow).groups, (std::array<std::int64_t, kGroupStates>{1, 0, 0, 0, 1}));
  write([&](Transaction& s) { return s.evict_unconfirmed_groups(0, 10); });
  EXPECT_EQ(storage().counts(kNow, kNow).groups, (std::array<std::int64_t, kGroupStates>{}));
}

TEST_P(LimitStorageTest, CountsWhatHappenedLately) {
  write([&](Transaction& s) {
    s.insert_event(full_event("g", kNow - kDayMs));
    s.insert_event(full_event("g", kNow - kDayMs + 1));
    s.insert_event(full_event("g", kNow - kHourMs));
    s.insert_event(full_event("g", kNow - kHourMs + 1));
    s.insert_event(full_event("g", kNow));
    s.insert_run(a_run("a", RunState::kSucceeded, RunMode::kPrune, kNow - kDayMs));
    s.insert_run(a_run("a", RunState::kSucceeded, RunMode::kPrune, kNow - 1));
    s.insert_run(a_run("a", RunState::kFailed, RunMode::kPrune, kNow - 1));
    s.insert_run(a_run("b", RunState::kFailed, RunMode::kPrune, kNow - 1));
    s.insert_run(a_run("b", RunState::kAwaitingApproval, RunMode::kApprove, 5));
    const auto run = run_of(s, a_run("c"), {selected("1"), selected("2")});
    s.mark_sent(run, {"1"}, kNow - 1);
    s.mark_sent(run, {"2"}, kNow - kDayMs);
  });
  const Counts counts = storage().counts(kNow, kNow);
  EXPECT_EQ(counts.events_last_hour, 2);
  EXPECT_EQ(counts.events_last_day, 4);
  EXPECT_EQ(counts.last_event_at, kNow);
  EXPECT_EQ(counts.runs_last_day, (std::map<RunState, std::int64_t>{
                                      {RunState::kRunning, 1}, {RunState::kSucceeded, 1}, {RunState::kFailed, 2}}));
  EXPECT_EQ(counts.runs_awaiting_approval, 1);
  EXPECT_EQ(counts.removals_last_day, 1);
}

}  // namespace
}  // namespace headroom::test
