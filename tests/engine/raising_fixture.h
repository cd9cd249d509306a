#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "engine/runs/approval.h"
#include "engine/runs/runner.h"
#include "tests/support/pruning_world.h"

namespace headroom::support {

class RecordedPauses final : public NoSelfPause {
 public:
  void pause_self(const Reason& reason, const std::string&) override { reasons.push_back(reason); }
  std::vector<Reason> reasons;
};

// A full group of forty whose limit may go up to a hundred, by steps of a fifth: to fifty. Two seats are wanted.
class RaisingTest : public testing::Test, protected PruningWorld, public Observer {
 protected:
  using Run = headroom::Run;

  explicit RaisingTest(SchedulerMode mode = SchedulerMode::kPrune) : PruningWorld(mode) {
    settings_.capacity.mode = CapacityMode::kRaise;
    settings_.capacity.ceilings = *Ceilings::parse("Public:100");
    settings_.policy.protect_online = false;
    take_over();
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }
  Runner::Progress look() { return runner_.prune_group("g"); }
  Group group() { return *view().find_group("g"); }
  Run last_run() { return *view().find_run(*group().last_run_id); }
  std::int64_t limit() { return *chat_.groups["g"].max_member_num; }
  // Time goes on until the scheduler looks again.
  void next_look() {
    clock_.set(std::max(clock_.now(), group().next_check_at.value_or(0)));
    look();
  }
  Result<Run> approve_last() {
    Result<Run> result;
    database_.commit(
        [&](Transaction& storage) { result = approve(storage, last_run(), settings_, false, clock_.now()); });
    return result;
  }
  // The scheduler's raise, as it stands while its call goes out.
  std::int64_t begin_raise(std::optional<TimeMs> sent_at) {
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kRaise;
    run.state = RunState::kRunning;
    run.created_at = kNow;
    run.started_at = kNow;
    run.members_before = kMembers;
    run.max_members = kMembers;
    run.wanted = 2;
    run.raise = Raise{40, 50, RunMode::kPrune, sent_at};
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.save_group(begin_run(*storage.find_group("g"), run.id));
    });
    return run.id;
  }
  // Another group's, an hour ago.
  void use_up_a_raise() {
    Run other;
    other.group_id = "other";
    other.mode = RunMode::kRaise;
    other.state = RunState::kSucceeded;
    other.created_at = kNow - kHourMs;
    other.raise = Raise{10, 20, RunMode::kPrune, kNow - kHourMs};
    database_.commit([&](Transaction& storage) { storage.insert_run(other); });
  }
  void expect_pruned_next() {
    EXPECT_EQ(group().state, GroupState::kFull);
    EXPECT_EQ(group().next_check_at, clock_.now()) << "at once";
    look();
    EXPECT_EQ(last_run().mode, RunMode::kPrune);
    EXPECT_EQ(last_run().state, RunState::kSucceeded);
    EXPECT_EQ(last_run().removed, 2);
  }

  void run_stored(const Run&) override {
    if (after_plan) after_plan();
  }

  std::function<void()> after_plan;  // it is on disk, and nothing was sent
  RecordedPauses pauses_;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, *this, pauses_};
};

}  // namespace headroom::support
