#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/event_intake.h"
#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/pruning_world.h"

namespace headroom {

class EarlyNoteTest : public testing::Test, protected support::PruningWorld, public support::NoSelfPause {
 protected:
  using Run = headroom::Run;

  EarlyNoteTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.policy.second_look = kDayMs;
    settings_.timing.second_look = kDayMs;
    settings_.timing.stale_after = 6 * kHourMs;
    settings_.policy.target_headroom = Share::count(2);
    settings_.tick = kHourMs;
    take_over();
    chat_.groups["g"].next_msg_seq = 1001;
    for (Member& member : chat_.members["g"]) member.msg_seq = 10;
    start();
  }
  void pause_self(const Reason& reason, const std::string&) override { own_pauses_.push_back(reason); }
  // As another process would.
  void start() {
    work_ = std::make_unique<WorkQueue>(10);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, view(), clock_, cell_, gate_, pause_, *work_, [] { return 0.5; }, observer_, *this);
    scheduler_->take_over();
  }
  void fills(const std::string& group_id = "g") {
    Event event;
    event.group_id = group_id;
    event.received_at = event.event_time.emplace(clock_.now());
    database_.commit([&](Transaction& storage) { store_event(storage, event, settings_); });
  }
  // The scheduler's steps, and a worker for all that it hands out.
  void go_on(DurationMs duration) {
    const SteadyMs end = clock_.steady_now() + duration;
    while (true) {
      const SteadyMs next = scheduler_->step();
      if (work()) continue;
      if (next > end) break;
      clock_.set(std::max(next, clock_.steady_now() + 1));
    }
    clock_.set(end);
  }
  bool work() {
    bool any = false;
    while (work_->ready()) {
      any = true;
      const Work work = *work_->pop();
      if (work.kind == Work::Kind::kPrune) runner_.prune_group(work.group_id);
      if (work.kind == Work::Kind::kNote) {
        ++taken_;
        runner_.note_members(work.group_id);
      }
      work_->finish(work);
    }
    return any;
  }
  Group group() { return *view().find_group("g"); }
  std::vector<Run> runs() { return view().runs({}, {}).items; }
  int listings() const { return chat_.calls("get_group_member_info"); }
  std::map<std::string, FirstLook> noted() {
    std::vector<std::string> accounts;
    for (std::int64_t i = 0; i < kMembers; ++i) accounts.push_back(account_of(i));
    return view().first_looks("g", accounts);
  }
  // `notes`: that only a worker's own look tells to be none.
  void expect_left_alone(int notes) {
    taken_ = 0;
    go_on(kHourMs);
    EXPECT_EQ(taken_, notes);
    EXPECT_EQ(listings(), 0);
    EXPECT_TRUE(noted().empty());
    EXPECT_TRUE(runs().empty());
  }

  std::unique_ptr<WorkQueue> work_;
  std::unique_ptr<Scheduler> scheduler_;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, *this};
  std::vector<Reason> own_pauses_;
  int taken_ = 0;  // notes that a worker took up
};

}  // namespace headroom
