#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/schedule/unblocking.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom::test {

using support::kNow;

class UnblockingTest : public testing::Test {
 protected:
  UnblockingTest() { settle(); }  // the first start of a database knows of no change

  void block(const std::string& group_id, BlockReason reason) {
    Group group;
    group.group_id = group_id;
    group.state = GroupState::kBlocked;
    group.reason = reason;
    group.full_since = kNow - kHourMs;
    group.next_check_at = kNow + kDayMs;
    group.cooldown_until = kNow + kDayMs;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  void block_by_a_run(const std::string& group_id, const Policy& policy, const Reason& reason, TimeMs ended) {
    headroom::Run run;
    run.group_id = group_id;
    run.policy = policy;
    run.state = RunState::kNothingToDo;
    run.reason = reason;
    run.finished_at = ended;
    block(group_id, BlockReason::kNobodyRemovable);
    database_.commit([&](Transaction& storage) {
      Group group = *storage.find_group(group_id);
      group.last_run_id = storage.insert_run(run);
      storage.save_group(group);
    });
  }
  // More than one step can make due, so that a walk through them can be cut off.
  void block_many(const std::string& name = "g") {
    for (int i = 0; i < 95; ++i) block(name + std::to_string(i), BlockReason::kNobodyRemovable);
  }
  void restart_at(TimeMs now) {
    settings_.in_force_since = now;
    restart();
  }
  void restart() { unblocking_.emplace(database_, *view_, clock_); }
  // Steps until there is nothing more to do; how many jobs that took.
  int settle() {
    const int before = database_.commits;
    for (int steps = 0; steps < 1000; ++steps) {
      try {
        const SteadyMs next = unblocking_->step(kNow, at_, settings_);
        if (next > at_ + kDayMs) return database_.commits - before;
        at_ = next;
      } catch (const std::runtime_error&) {  // as the scheduler's next step tries it again
        at_ = at_ + kSecondMs;
      }
    }
    ADD_FAILURE() << "no end";
    return 0;
  }
  bool due(const std::string& group_id) { return view_->find_group(group_id)->next_check_at == kNow; }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  Settings settings_;
  SteadyMs at_{7};
  VirtualClock clock_{kNow};
  std::optional<Unblocking> unblocking_{std::in_place, database_, *view_, clock_};
};

}  // namespace headroom::test
