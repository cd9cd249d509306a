#pragma once

#include <gmock/gmock.h>

#include <variant>

#include "engine/runs/approval.h"
#include "engine/runs/runner.h"
#include "tests/support/pruning_world.h"

namespace headroom::test {

using support::kNow;

class SecondLookTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;

  SecondLookTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.policy.second_look = kDayMs;
    settings_.timing.second_look = kDayMs;
    settings_.policy.target_headroom = Share::count(2);
    take_over();
    chat_.groups["g"].next_msg_seq = 1001;
    for (Member& member : chat_.members["g"]) member.msg_seq = 10;
    database_.commit([](Transaction& storage) { storage.save_group(full_group()); });
  }
  void prune() { runner_.prune_group("g"); }
  // One that waits for a person, a day after the first look.
  Run plan_of_two_looks() {
    prune();
    clock_.sleep(kDayMs);
    settings_.mode = SchedulerMode::kApprove;
    take_over();
    prune();
    return last_run();
  }
  void approve_it(const Run& run) {
    database_.commit([&](Transaction& storage) {
      ASSERT_TRUE(std::holds_alternative<Run>(approve(storage, run, settings_, false, clock_.now())));
    });
  }
  // Somebody sets the wall clock, and Chat's answers show it.
  void wrong_by(DurationMs error) {
    clock_.step(error + chat_.offset.value_or(0));
    chat_.offset = -error;
  }
  Group group() { return *view().find_group("g"); }
  Run last_run() { return *view().find_run(*group().last_run_id); }

  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

}  // namespace headroom::test
