// When a run was made and ended, by the world's clock, and whether it may end so.
#include <algorithm>

#include "headroom/names.h"
#include "tests/model/oracle.h"

namespace headroom::model {
// By the world's clock.
void Oracle::note_times(const Run& run, TimeMs now) {
  const TimeMs created_at = really(run.created_at);
  const auto [known, is_new] = times_.try_emplace(run.id, RealTimes{created_at, created_at});
  RealTimes& times = known->second;
  if (is_new || run.confirmed_at != times.stored_confirmed) times.by_wrong_clock = clock.skewed();
  if (run.confirmed_at && run.confirmed_at != times.stored_confirmed) {
    times.stored_confirmed = run.confirmed_at;
    times.confirmed_at = really(*run.confirmed_at);
  }
  if (is_open(run.state)) {
    times.finished_at.reset();
  } else if (run.finished_at && (!times.finished_at || run.finished_at != times.stored_finished)) {
    // Also once more: a plan that was approved is over again.
    times.stored_finished = run.finished_at;
    trace_.say(now, "oracle", of_run(run), " is ", std::string(name_of(run.state)), " ", name_of(run.reason));
    times.finished_at = std::min(now, really(*run.finished_at));
    check_end(run, times, now);
  }
  if (run.mode == RunMode::kRestore && clock.skewed()) skewed_restores_.insert(run.group_id);
}

void Oracle::run_ended(const Run& run, TimeMs now) { note_times(run, now); }

// A plan that an operator would still have had time for; members that were given up.
void Oracle::check_end(const Run& run, const RealTimes& times, TimeMs now) {
  const DurationMs age = now - std::max(times.created_at, times.confirmed_at);
  if (run.state == RunState::kExpired) {
    const bool in_time =
        book_.has_held(now, [&](const Orders& then) { return age < then.approval_ttl - clock.slack() - kSecondMs; });
    if (clock.steps() > 0) coverage.add("plans that expired where a clock was wrong");
    if (in_time && !observed_by_a_wrong_clock_ && !times.by_wrong_clock)
      fail("10", of_run(run) + " expired after " + std::to_string(age) + " ms");
  }
  // Whoever closes it looks at its group first.
  const auto too_old = [&](const Orders& then) { return age >= then.approval_ttl - clock.slack() - kSecondMs; };
  if (outlived_.contains(run.id) && !run.started_at && run.reason == Reason::kInterrupted && !times.by_wrong_clock &&
      !clock.skewed() && !book_.was_ever(now - kMinuteMs, too_old)) {
    fail("7", of_run(run) + " was ordered, is begun by nobody, and over after " + std::to_string(age) + " ms");
  }
  if (run.mode == RunMode::kRestore || view == nullptr) return;
  const std::vector<RunMember> plan = view->plan(run.id);
  const bool given_up =
      std::any_of(plan.begin(), plan.end(), [](const RunMember& m) { return name_of(m.outcome) == "unknown"; });
  if (!given_up || run.reason == Reason::kGone) return;  // of a group that is gone nobody knows, nor needs to wait
  coverage.add("runs in doubt that were given up");
  const auto doubt = doubts_.find(run.id);
  if (doubt == doubts_.end() || doubt->second.looks_in_all < 9 ||
      now - doubt->second.since < kHourMs - clock.slack() - kMinuteMs) {
    fail("7", of_run(run) + " is given up too early");
  }
}

}  // namespace headroom::model
