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
  write([&](Transaction& s) {
    headroom::Run ordered = listed(RunState::kPlanned, 100, 95, RunMode::kPlan);
    ordered.trigger = RunTrigger::kOperator;  // to see who is in it
    s.insert_run(ordered);
    headroom::Run nobody = listed(RunState::kNothingToDo, 100, 95, RunMode::kPrune);
    for (const Reason reason : {Reason::kSecondLook, Reason::kGone}) {  // behind a listing that nobody was asked about
      nobody.reason = reason;
      s.insert_run(nobody);
    }
    return 0;
  });
  EXPECT_EQ(storage().last_listing("g")->id, failed);  // its deletes failed, not its look; those nobody approved
}

}  // namespace
}  // namespace headroom::test
