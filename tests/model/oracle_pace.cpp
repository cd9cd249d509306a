// When something may happen at all: the cool-down, the jump of the removable share, orders, sweeps.
#include <algorithm>
#include <utility>

#include "headroom/names.h"
#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

// Longer than the scheduler ever oversleeps.
constexpr DurationMs kSlack = 5 * kHourMs;
// Within which all tries of one look lie.
constexpr DurationMs kOneLook = 61 * kSecondMs;

std::string of_run(const Run& run) { return "run " + std::to_string(run.id) + " in " + run.group_id; }

// Whether a run that ended so has its group wait for the cool-down. The others back off, or are due at once.
bool cools_down(const Run& run) {
  if (is_open(run.state) || run.state == RunState::kFailed || run.mode == RunMode::kRestore) return false;
  return run.reason.empty() || run.reason == "nobody_removable" || run.reason == "has_room";
}

bool was_not_approved(const Run& run) {
  return run.state == RunState::kAwaitingApproval || run.state == RunState::kRejected ||
         run.state == RunState::kExpired;
}

TimeMs end_of(const Run& run) { return std::max(run.finished_at.value_or(0), run.confirmed_at.value_or(0)); }

}  // namespace

// Of a run that the scheduler has made or confirmed now.
void Oracle::check_pace(const Sight& sight, const Run& run) {
  const bool by_scheduler = sight.run_id == 0 && run.trigger == RunTrigger::kScheduler;
  const bool known = ended_at_.contains(run.id);
  const TimeMs known_end = std::exchange(ended_at_[run.id], end_of(run));
  const bool is_new = by_scheduler && run.created_at >= sight.began_at && !known;
  const bool confirmed =
      by_scheduler && known && run.confirmed_at && *run.confirmed_at >= sight.began_at && known_end < *run.confirmed_at;
  if (gone_.contains(run.group_id)) return;  // what comes back begins anew
  std::optional<Run> before;
  TimeMs ended = 0;
  if (confirmed) {
    before = run;
    ended = known_end;
  } else if (is_new) {
    for (const Run& other : runs_of(run.group_id)) {
      if (other.id < run.id) before = other;
    }
    if (before) ended = end_of(*before);
  }
  if (!before || !cools_down(*before)) return;
  const TimeMs now = confirmed ? *run.confirmed_at : run.created_at;
  const DurationMs cooldown = orders.cooldown_at(ended);
  if (now < ended + cooldown) {
    fail("cool-down", of_run(run) + " comes " + std::to_string(now - ended) + " ms after the end of run " +
                          std::to_string(before->id) + ", and the cool-down is " + std::to_string(cooldown) + " ms");
  }
}

// Above half of the group, and more than three times the share of the listing before. What an operator has not
// approved is nothing to go by.
void Oracle::check_jump(const Sight& sight, const Run& run) {
  if (run.mode != RunMode::kPrune || run.considered == 0) return;
  std::optional<Run> before;
  for (const Run& other : runs_of(run.group_id)) {
    if (other.id >= run.id || other.mode == RunMode::kRestore || other.considered == 0) continue;
    // Its listing was found implausible; with removable members, only a look of its execution was.
    if (other.state == RunState::kFailed && other.eligible == 0) continue;
    if (was_not_approved(other)) continue;
    before = other;
  }
  if (before && std::max(before->created_at, before->started_at.value_or(0)) >= sight.began_at) return;
  const bool jumps = before && 2 * run.eligible > run.considered &&
                     run.eligible * before->considered > 3 * before->eligible * run.considered;
  if (jumps) coverage.add("jumps of the removable share");
  if (jumps != (run.state == RunState::kAwaitingApproval)) {
    fail("jump",
         of_run(run) + " is " + std::string(name_of(run.state)) + " with " + std::to_string(run.eligible) + " of " +
             std::to_string(run.considered) + " removable" +
             (before ? ", after " + std::to_string(before->eligible) + " of " + std::to_string(before->considered)
                     : ""));
  }
}

std::string Oracle::against_approval(const Run& run, TimeMs now) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  if (run.state != RunState::kAwaitingApproval && run.state != RunState::kPlanned) return "of what is no plan";
  if (now - std::max(run.created_at, run.confirmed_at.value_or(0)) >= orders.approval_ttl) return "of an expired plan";
  if (orders.group_is_exempt(run.group_id, now)) return "in an exempt group";
  const auto open = view->open_run(run.group_id);
  return open && open->id != run.id ? "beside an open run" : "";
}

std::string Oracle::against_restore(const Run& source) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (!orders.own_pause.empty()) return "while it has paused itself";
  if (is_open(source.state)) return "of an open run";
  if (source.removed == 0) return "of a run that removed nobody";
  return view->open_run(source.group_id) ? "beside an open run" : "";
}

std::string Oracle::against_run(const std::string& group_id, TimeMs now) const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  if (orders.group_is_exempt(group_id, now)) return "in an exempt group";
  return view->open_run(group_id) ? "beside an open run" : "";
}

std::string Oracle::against_sweep() const {
  if (orders.mode == SchedulerMode::kObserve) return "in mode observe";
  if (orders.paused || !orders.own_pause.empty()) return "while paused";
  return view->running_sweep() ? "beside a running one" : "";
}

void Oracle::worked(const Sight& sight) {
  if (sight.must_pause && orders.own_pauses == sight.pauses_before) {
    fail("9", "Chat asked for an operator in " + sight.group_id + ", and nothing is paused");
  }
}

void Oracle::check_waiting(const Run& run, TimeMs now) {
  if (run.state != RunState::kAwaitingApproval) return;
  if (now - std::max(run.created_at, run.confirmed_at.value_or(0)) > orders.approval_ttl + kSlack) {
    fail("end", of_run(run) + " waits for its approval for ever");
  }
}

// An event that no webhook brought stands for what a look of this sweep showed.
void Oracle::check_sweep(const Sight& sight) {
  if (!sight.sweeps) return;
  const auto newest = view->events({}, {1, std::nullopt}).items;
  if (newest.empty() || newest.front().id == last_event_) return;
  for (const Event& event : view->events({}, {50, std::nullopt}).items) {
    if (event.id <= last_event_) break;
    if (event.source != EventSource::kSweep) continue;
    ++swept_;
    coverage.add("full groups that only a sweep found");
    const auto seen = sight.seen_full.find(event.group_id);
    if (seen == sight.seen_full.end() || *event.event_time > seen->second ||
        *event.event_time < seen->second - kOneLook) {
      fail("sweep", "a sweep calls " + event.group_id + " full, which Chat has not shown");
    }
    const auto sweep = view->running_sweep();
    if (!sweep || sweep->dry_run) fail("sweep", "a dry run, or none, has recorded " + event.group_id);
  }
  last_event_ = newest.front().id;
}

void Oracle::recorded(const Event& event) {
  if (event.command == Command::kGroupFull) webhooks_.insert(*event.fingerprint);
}

// Each webhook and each find of a sweep is one event.
void Oracle::check_events() {
  std::int64_t webhooks = 0;
  std::int64_t swept = 0;
  PageRequest page{1000, std::nullopt};
  do {
    const Page<Event> events = view->events({}, page);
    for (const Event& event : events.items) ++(event.source == EventSource::kSweep ? swept : webhooks);
    page.before_id = events.next_before_id;
  } while (page.before_id);
  std::int64_t found = 0;
  for (const Sweep& sweep : view->sweeps({1000, std::nullopt}).items) found += sweep.dry_run ? 0 : sweep.groups_new;
  if (found != swept) {
    fail("sweep", "sweeps found " + std::to_string(found) + " groups, and stored " + std::to_string(swept) + " events");
  }
  coverage.add("full events", webhooks);
  const auto told = static_cast<std::int64_t>(webhooks_.size());
  if (webhooks != told || swept != swept_) {
    fail("history", std::to_string(webhooks) + " events of webhooks and " + std::to_string(swept) +
                        " of sweeps are stored, of " + std::to_string(told) + " and " + std::to_string(swept_));
  }
}

void Oracle::count_run(const Run& run, const std::vector<RunMember>& plan) {
  const std::string kind = run.mode == RunMode::kRestore ? "restores" : "runs";
  coverage.add(kind + " that ended " + std::string(name_of(run.state)));
  if (!run.reason.empty()) {
    const bool code = run.reason.starts_with("chat_error_");
    coverage.add(kind + " with the reason " + (code ? "chat_error_N" : run.reason));
  }
  for (const RunMember& member : plan) {
    if (member.outcome != Outcome::kNone) coverage.add("members " + std::string(name_of(member.outcome)));
  }
}

}  // namespace headroom::model
