#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/runs/runner.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/pruning_world.h"

namespace headroom {

using support::kNow;
using Accounts = std::vector<std::string>;

inline constexpr TimeMs kMidnight = kNow / kDayMs * kDayMs;
inline constexpr TimeMs kClosing = kMidnight + 18 * kHourMs;
inline constexpr TimeMs kOpening = kMidnight + kDayMs + 9 * kHourMs;

inline std::vector<WeekSpan> office_hours() {
  std::vector<WeekSpan> spans;
  for (int day = 0; day < 5; ++day) {
    const int midnight = day * kDayMinutes;
    spans.push_back({midnight + 9 * 60, midnight + 18 * 60});
  }
  return spans;
}

// It is Monday, 14:13:20 UTC, when these tests begin, and hours are 09:00 to 18:00 from Monday to Friday.
class ClosedHoursTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  ClosedHoursTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.delete_batch = 2;
    settings_.policy.target_headroom = Share::count(4);
    settings_.calendar.hours = office_hours();
    take_over();
    start();
    database_.commit([&](Transaction& storage) { storage.save_group(full_group()); });
  }
  // As another process would.
  void start() {
    work_ = std::make_unique<WorkQueue>(10);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, view(), clock_, cell_, gate_, pause_, *work_, [] { return 0.5; }, observer_, self_pause_);
    scheduler_->take_over();
  }
  // The scheduler's step, and a worker for all that it hands out.
  void step() {
    scheduler_->step();
    while (work_->in_hand() > 0) {
      const Work work = *work_->pop();
      if (work.kind == Work::Kind::kPrune) runner_.prune_group(work.group_id);
      if (work.kind == Work::Kind::kExecute) runner_.execute_plan(work.run_id);
      if (work.kind == Work::Kind::kResolve) runner_.resolve(work.run_id, work.doubted_at);
      work_->finish(work.group_id);
    }
  }
  // A run that an operator has ordered, and a worker takes up.
  void carry_out_order(bool forced) {
    Run run;
    run.group_id = "g";
    run.trigger = RunTrigger::kOperator;
    run.mode = RunMode::kPrune;
    run.created_at = kNow;
    run.forced = forced;
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.save_group(begin_run(group(), run.id));
    });
    runner_.carry_out(run.id);
  }
  // Until nothing more is due now.
  void steps() {
    for (int i = 0; i < 5; ++i) step();
  }
  Group group() { return *view().find_group("g"); }
  Run last_run() { return *view().find_run(*group().last_run_id); }
  RemovalUsage usage() { return view().removal_usage(clock_.now() - kDayMs, std::nullopt); }
  std::set<std::string> deleted() {
    std::set<std::string> all;
    for (const auto& call : chat_.deletes) all.insert(call.begin(), call.end());
    return all;
  }
  void expect_parked(TimeMs until) {
    EXPECT_EQ(last_run().state, RunState::kRunning);
    EXPECT_EQ(last_run().reason, "closed");
    EXPECT_FALSE(last_run().finished_at);
    EXPECT_EQ(group().state, GroupState::kPruning);
    EXPECT_EQ(group().next_check_at, until);
    EXPECT_EQ(group().failures, 0);
    EXPECT_EQ(usage().reserved, 0) << "it holds nothing of the limits";
    EXPECT_EQ(work_->in_hand(), 0U) << "nor a worker";
  }

  std::unique_ptr<WorkQueue> work_;
  std::unique_ptr<Scheduler> scheduler_;
  Runner runner_{chat_, database_, view(), clock_, cell_, gate_, [] { return 0.5; }, observer_, self_pause_};
};

}  // namespace headroom
