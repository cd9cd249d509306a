#include "tests/storage/backend.h"
#include "tests/support/reason_words.h"

namespace headroom::test {
namespace {

using RunStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(RunStorageTest);

Run sample_run() {
  Run run;
  run.group_id = "g'";
  run.trigger = RunTrigger::kOperator;
  run.mode = RunMode::kApprove;
  run.state = RunState::kAwaitingApproval;
  run.waits_for = WaitsFor::kJump;
  run.reason = Reason::of_chat(10002);
  run.created_at = kNow;
  run.started_at = 1;
  run.finished_at = 2;
  run.confirmed_at = 3;
  run.members_before = 4;
  run.max_members = 5;
  run.members_after = 6;
  run.wanted = 7;
  run.considered = 8;
  run.eligible = 9;
  run.selected = 10;
  run.limited_by = LimitedBy::kGroupDay;
  run.removed = 11;
  run.restored = 12;
  run.kept = {{Why::kOwner, 1}, {Why::kNewcomer, 20}, {Why::kOverLimit, 3}};
  run.kept_stored = false;
  run.forced = true;
  run.policy.inactive_for = 123;
  run.policy.target_headroom = Share::count(3);
  run.policy.max_removed_share = Share::percent(12.5);
  run.policy.protect_online = false;
  run.policy.reason = "it's \"you\" \xE7\xBE\xA4\n\\";
  return run;
}

void expect_equal(const Run& a, const Run& b) {
  EXPECT_EQ(a.group_id, b.group_id);
  EXPECT_EQ(a.trigger, b.trigger);
  EXPECT_EQ(a.mode, b.mode);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.waits_for, b.waits_for);
  EXPECT_EQ(a.limited_by, b.limited_by);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.started_at, b.started_at);
  EXPECT_EQ(a.finished_at, b.finished_at);
  EXPECT_EQ(a.confirmed_at, b.confirmed_at);
  EXPECT_EQ(a.members_before, b.members_before);
  EXPECT_EQ(a.max_members, b.max_members);
  EXPECT_EQ(a.members_after, b.members_after);
  EXPECT_EQ(a.wanted, b.wanted);
  EXPECT_EQ(a.considered, b.considered);
  EXPECT_EQ(a.eligible, b.eligible);
  EXPECT_EQ(a.selected, b.selected);
  EXPECT_EQ(a.removed, b.removed);
  EXPECT_EQ(a.restored, b.restored);
  EXPECT_EQ(a.kept, b.kept);
  EXPECT_EQ(a.kept_stored, b.kept_stored);
  EXPECT_EQ(a.policy, b.policy);
  EXPECT_EQ(a.source_run_id, b.source_run_id);
  EXPECT_EQ(a.forced, b.forced);
}

TEST_P(RunStorageTest, KeepsEveryField) {
  const headroom::Run run = sample_run();
  const auto id = write([&](Transaction& s) { return s.insert_run(run); });
  const auto stored = storage().find_run(id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->id, id);
  expect_equal(*stored, run);
  EXPECT_FALSE(storage().find_run(id + 1));
  EXPECT_FALSE(storage().find_run(-1));
}

TEST_P(RunStorageTest, UpdatesEverythingButWhatIsFixed) {
  const auto source = write([&](Transaction& s) { return s.insert_run(a_run("g", RunState::kSucceeded)); });
  const auto id =
      write([&](Transaction& s) { return s.insert_run(a_run("g", RunState::kRunning, RunMode::kPlan, 77)); });
  headroom::Run run = sample_run();
  run.id = id;
  run.source_run_id = source;
  write([&](Transaction& s) { s.update_run(run); });
  headroom::Run expected = run;
  expected.group_id = "g";
  expected.trigger = RunTrigger::kScheduler;
  expected.created_at = 77;
  expect_equal(storage().find_run(id).value(), expected);
}

TEST_P(RunStorageTest, RefusesToUpdateAnUnknownRun) {
  headroom::Run run = sample_run();
  run.id = 99;
  storage().begin();
  EXPECT_THROW(storage().update_run(run), StorageError);
  storage().rollback();
}

TEST_P(RunStorageTest, AGroupHasOneOpenRun) {
  EXPECT_FALSE(storage().open_run("g"));
  const auto first = write([&](Transaction& s) { return s.insert_run(a_run("g", RunState::kAwaitingApproval)); });
  EXPECT_EQ(storage().open_run("g")->id, first);
  storage().begin();
  EXPECT_THROW(storage().insert_run(a_run("g", RunState::kRunning)), StorageError);
  storage().commit();
  headroom::Run run = *storage().find_run(first);
  run.state = RunState::kSucceeded;
  write([&](Transaction& s) { s.update_run(run); });
  EXPECT_FALSE(storage().open_run("g"));
  const auto second = write([&](Transaction& s) { return s.insert_run(a_run("g", RunState::kRunning)); });
  EXPECT_EQ(storage().open_run("g")->id, second);
  EXPECT_FALSE(storage().open_run("other"));
}

TEST_P(RunStorageTest, ListsRunningRuns) {
  EXPECT_TRUE(storage().running_runs().empty());
  write([&](Transaction& s) {
    s.insert_run(a_run("a", RunState::kRunning));
    s.insert_run(a_run("b", RunState::kAwaitingApproval));
    s.insert_run(a_run("c", RunState::kFailed));
    s.insert_run(a_run("d", RunState::kRunning));
  });
  const auto runs = storage().running_runs();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].group_id, "a");
  EXPECT_EQ(runs[1].group_id, "d");
}

TEST_P(RunStorageTest, FiltersAndPages) {
  write([&](Transaction& s) {
    for (int i = 0; i < 60; ++i) {
      s.insert_run(a_run(i % 3 == 0 ? "a" : "b", i % 2 == 0 ? RunState::kSucceeded : RunState::kFailed, RunMode::kPrune,
                         kNow + ((i * 37) % 60) * kMinuteMs));
    }
  });
  const auto count = [&](const RunFilter& filter) {
    return all_ids(4, [&](const PageRequest& page) { return storage().runs(filter, page); }).size();
  };
  EXPECT_EQ(count({}), 60u);
  EXPECT_EQ(count({.group_id = "a"}), 20u);
  EXPECT_EQ(count({.states = {RunState::kFailed}}), 30u);
  EXPECT_EQ(count({.group_id = "a", .states = {RunState::kFailed}}), 10u);
  EXPECT_EQ(count({.since = kNow + 30 * kMinuteMs}), 30u);
  EXPECT_EQ(count({.until = kNow + 30 * kMinuteMs}), 30u);
  EXPECT_EQ(count({.since = kNow + 10 * kMinuteMs, .until = kNow + 11 * kMinuteMs}), 1u);
  EXPECT_EQ(count({.group_id = "nobody"}), 0u);
  const auto all = count({.group_id = "a", .states = {RunState::kFailed}, .since = kNow, .until = kNow + kHourMs});
  EXPECT_EQ(all, 10u);
}

TEST_P(RunStorageTest, KeepsMembersInPlanOrder) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    RunMember left = selected("z");
    left.outcome = Outcome::kLeft;
    left.error_code = 10007;
    left.sent_at = kNow;
    s.insert_run_members(run_id, {left, selected("a'\""), kept("owner", Why::kOwner), kept("new", Why::kNewcomer)});
    return run_id;
  });
  const auto plan = storage().plan(id);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].account, "z");
  EXPECT_EQ(plan[0].outcome, Outcome::kLeft);
  EXPECT_EQ(plan[0].error_code, 10007);
  EXPECT_EQ(plan[0].sent_at, kNow);
  EXPECT_EQ(plan[0].joined_at_s, 1'700'000'000);
  EXPECT_EQ(plan[0].last_sent_at_s, 0);
  EXPECT_EQ(plan[0].why, Why::kInactive);
  EXPECT_EQ(plan[1].account, "a'\"");
  EXPECT_EQ(plan[1].outcome, Outcome::kNone);
  EXPECT_EQ(plan[1].sent_at, std::nullopt);
  EXPECT_LT(plan[0].id, plan[1].id);

  const auto page = storage().run_members(id, Decision::kKeep, {});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].why, Why::kOwner);
  EXPECT_EQ(page.items[0].joined_at_s, std::nullopt);
  EXPECT_EQ(page.items[1].account, "new");
  using Accounts = std::vector<std::string>;
  const auto walk = [&](int limit, std::optional<Decision> decision) {
    Accounts accounts;
    PageRequest request{limit, {}};
    do {
      const auto part = storage().run_members(id, decision, request);
      for (const RunMember& member : part.items) accounts.push_back(member.account);
      request.before_id = part.next_before_id;
    } while (request.before_id && accounts.size() < 10);
    return accounts;
  };
  for (const int limit : {1, 3, 4}) {
    EXPECT_EQ(walk(limit, std::nullopt), (Accounts{"z", "a'\"", "owner", "new"})) << "the first to go first";
    EXPECT_EQ(walk(limit, Decision::kRemove), (Accounts{"z", "a'\""}));
  }
  EXPECT_TRUE(storage().run_members(id + 1, std::nullopt, {}).items.empty());
}

TEST_P(RunStorageTest, AnAccountListedTwiceStandsOnceAsSelected) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a"), kept("a")});
    return run_id;
  });
  const auto page = storage().run_members(id, std::nullopt, {});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].decision, Decision::kRemove);
}

TEST_P(RunStorageTest, RefusesMembersOfAnUnknownRun) {
  storage().begin();
  EXPECT_THROW(storage().insert_run_members(5, {selected("a")}), StorageError);
  storage().rollback();
}

TEST_P(RunStorageTest, KeepsEveryOutcome) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a")});
    return run_id;
  });
  for (int outcome = 0; outcome <= static_cast<int>(Outcome::kNoRoom); ++outcome) {
    write([&](Transaction& s) { s.finish_member(id, "a", static_cast<Outcome>(outcome), outcome); });
    const auto member = storage().plan(id).at(0);
    EXPECT_EQ(member.outcome, static_cast<Outcome>(outcome));
    EXPECT_EQ(member.error_code, outcome);
  }
}

TEST_P(RunStorageTest, WaitingRunsComeInTheOrderInWhichTheyBeganToWait) {
  EXPECT_TRUE(storage().waiting_runs(10).empty());
  write([&](Transaction& s) {
    s.insert_run(a_run("young", RunState::kAwaitingApproval, RunMode::kApprove, kNow));
    s.insert_run(a_run("old", RunState::kAwaitingApproval, RunMode::kApprove, kNow - 1));
    s.insert_run(a_run("running", RunState::kRunning, RunMode::kApprove, kNow - 2));
    s.insert_run(a_run("expired", RunState::kExpired, RunMode::kApprove, kNow - 2));
  });
  const auto runs = storage().waiting_runs(10);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].group_id, "old");
  EXPECT_EQ(runs[1].group_id, "young");
  EXPECT_EQ(storage().waiting_runs(1).size(), 1u);
}

TEST_P(RunStorageTest, TheLastListingIsTheNewestThatWasBelieved) {
  EXPECT_FALSE(storage().last_listing("g"));
  const auto listed = [](RunState state, std::int64_t considered, std::int64_t eligible, RunMode mode) {
    headroom::Run run = a_run("g", state, mode);
    run.considered = considered;
    run.eligible = eligible;
    return run;
  };
  std::int64_t expected = 0;
  write([&](Transaction& s) {
    s.insert_run(listed(RunState::kPlanned, 50, 5, RunMode::kPlan));
    expected = s.insert_run(listed(RunState::kNothingToDo, 100, 0, RunMode::kPrune));
    s.insert_run(listed(RunState::kFailed, 0, 0, RunMode::kPrune));    // Chat did not answer
    s.insert_run(listed(RunState::kFailed, 100, 0, RunMode::kPrune));  // implausible
    s.insert_run(listed(RunState::kSucceeded, 9, 9, RunMode::kRestore));
    headroom::Run other = listed(RunState::kSucceeded, 9, 9, RunMode::kPrune);
    other.group_id = "other";
    s.insert_run(other);
  });
  EXPECT_EQ(storage().last_listing("g")->id, expected);
  const auto failed =
      write([&](Transaction& s) { return s.insert_run(listed(RunState::kFailed, 100, 7, RunMode::kPrune)); });
  for (const RunState state : {RunState::kRejected, RunState::kExpired, RunState::kAwaitingApproval}) {
    write([&](Transaction& s) { return s.insert_run(listed(state, 100, 95, RunMode::kPrune)); });
  }
  EXPECT_EQ(storage().last_listing("g")->id, failed);  // its deletes failed, not its look; those nobody approved
}

TEST_P(RunStorageTest, AShortenedPlanKeepsItsFirstMembers) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("c"), selected("a"), selected("b"), kept("k")});
    s.insert_run_members(s.insert_run(a_run("h")), {selected("x"), selected("y")});
    s.shorten_plan(run_id, 1);
    return run_id;
  });
  const auto plan = storage().plan(id);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].account, "c");
  const auto rest = storage().run_members(id, Decision::kKeep, {}).items;
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_EQ(rest[0].account, "a");
  EXPECT_EQ(rest[1].account, "b");
  EXPECT_EQ(rest[1].why, Why::kOverLimit);
  EXPECT_EQ(rest[2].why, Why::kActive);
  EXPECT_EQ(storage().plan(id + 1).size(), 2u);
}

TEST_P(RunStorageTest, OnlySelectedMembersAreSentOrFinished) {
  const auto id = write([&](Transaction& s) {
    const auto run_id = s.insert_run(a_run("g"));
    s.insert_run_members(run_id, {selected("a"), kept("owner", Why::kOwner)});
    return run_id;
  });
  for (const std::string account : {"owner", "stranger"}) {
    storage().begin();
    EXPECT_THROW(storage().mark_sent(id, {"a", account}, kNow), StorageError);
    EXPECT_THROW(storage().finish_member(id, account, Outcome::kRemoved, 0), StorageError);
    storage().rollback();
  }
  EXPECT_EQ(storage().plan(id).at(0).sent_at, std::nullopt);
  write([&](Transaction& s) { s.mark_sent(id, {"a"}, kNow); });
  EXPECT_EQ(storage().plan(id).at(0).sent_at, kNow);
}

}  // namespace
}  // namespace headroom::test
