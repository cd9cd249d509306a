#include "app/scheduler.h"

#include <algorithm>
#include <utility>

#include "app/hold_budget.h"
#include "app/pruner.h"

namespace headroom {
namespace {

// A walk through the unconfirmed groups begins again this often: by then those that Chat did not answer for may do.
constexpr DurationMs kEarlyWalkEvery = kMinuteMs;
// Chat is asked for its time when nothing else was for so long: what is too old can be forgotten by a clock that it
// agreed with within the hour.
constexpr DurationMs kClockEvery = 30 * kMinuteMs;
constexpr DurationMs kClockAgain = 5 * kMinuteMs;

}  // namespace

Scheduler::Scheduler(ChatApi& chat, Committer& committer, ReadView& view, Clock& clock, const SettingsCell& settings,
                     const PauseSwitch& pause, WorkQueue& work, std::function<double()> random, SchedulerHooks hooks)
    : chat_(chat, clock, random),
      chat_api_(chat),
      committer_(committer),
      view_(view),
      clock_(clock),
      settings_cell_(settings),
      settings_(settings.get()),
      pause_(pause),
      work_(work),
      random_(std::move(random)),
      hooks_(std::move(hooks)),
      trust_(clock),
      timing_(settings_->timing),
      clock_asked_at_(clock.steady_now()),
      expiring_(committer, view, hooks_.run_finished),
      forgetting_(committer),
      retiming_(committer, view),
      unparking_(committer, view),
      probe_(chat, view, random_) {}

SteadyMs Scheduler::step() {
  settings_ = settings_cell_.get();
  const SteadyMs at = clock_.steady_now();
  if (!hooks_.storage_works()) return at + settings_->tick;
  const SteadyMs next_work = work(clock_.now(), at);
  return std::min(next_work, keep(at));  // after it: it may have asked Chat for its time
}

void Scheduler::start_anew() {
  failed_looks_ = 0;
  no_look_before_ = {};
}

SteadyMs Scheduler::work(TimeMs now, SteadyMs at) {
  const SteadyMs next_tick = at + settings_->tick;
  if (settings_->mode == SchedulerMode::kObserve) return next_tick;  // never calls Chat
  if (ask_at_once_.exchange(false)) {
    probe_.ask_at_once();
    start_anew();
  }
  const PauseSwitch::State pause = pause_.state();
  dispatch_resolutions(at, !pause.own_reason.empty());
  if (!pause.own_reason.empty()) {
    hooks_.keep_own_pause();
    probe(at, pause);
    return std::min(next_tick, probe_.next().value_or(next_tick));
  }
  probe_.rest(at, settings_->timing);
  if (pause.paused()) return next_tick;
  check_clock(at, kClockEvery, kClockAgain);
  if (work_.full()) return next_tick;
  if (at < no_look_before_) return std::min(next_tick, no_look_before_);
  if (look_at_due_groups(now, at)) return clock_.steady_now();
  // Groups in hand may be due still; who finishes them wakes the scheduler.
  if (work_.in_hand() > 0) return next_tick;
  const auto next_due = view_.next_due_at();
  if (!next_due) return next_tick;
  return std::min(next_tick, clock_.steady_now() + std::max<DurationMs>(0, *next_due - clock_.now()));
}

std::optional<TimeMs> Scheduler::retry_at() const {
  const auto next = probe_.next();
  if (!next) return std::nullopt;
  return clock_.now() + std::max<DurationMs>(0, *next - clock_.steady_now());
}

void Scheduler::adopt_running_runs() {
  for (const Run& run : view_.running_runs()) resolve_later(run, 0);
}

void Scheduler::resolve_later(const Run& run, int attempt) {
  const auto settings = settings_cell_.get();
  const DurationMs wait =
      attempt == 0 ? 0 : back_off(attempt - 1, settings->timing.retry_base, settings->timing.retry_max, random_());
  const bool restores = run.mode == RunMode::kRestore;
  const SteadyMs now = clock_.steady_now();
  {
    const std::lock_guard lock(resolutions_mutex_);
    resolutions_[run.id] = {run.group_id, restores, attempt, now + wait, now};
  }
  // From here on it is only looked at: what it has not sent is free for others.
  if (restores || run.doubt_looks) return;
  committer_.commit([&](Storage& storage) { storage.add_doubt(run.id, 0, 0); });
}

// A pause of its own holds the restores. The others are closed by looking, which that pause's cause may let fail: with
// the cause gone, their count begins anew.
void Scheduler::dispatch_resolutions(SteadyMs at, bool own_pause) {
  const std::lock_guard lock(resolutions_mutex_);
  const bool pause_ended = std::exchange(was_own_pause_, own_pause) && !own_pause;
  for (auto entry = resolutions_.begin(); entry != resolutions_.end();) {
    auto& [run_id, resolution] = *entry;
    if (pause_ended) resolution = {resolution.group_id, resolution.restores, 0, at, resolution.doubted_at};
    const bool due = resolution.due_at <= at && !(own_pause && resolution.restores);
    const bool sent = due && work_.push({Work::Kind::kResolve, resolution.group_id, run_id, resolution.attempt,
                                         resolution.doubted_at});
    entry = sent ? resolutions_.erase(entry) : std::next(entry);
  }
}

// Paused by itself: asks Chat now and then whether the cause is gone.
void Scheduler::probe(SteadyMs at, const PauseSwitch::State& pause) {
  const PauseProbe::Found found = probe_.step(at, pause, settings_->timing);
  if (found.answered) hear_clock();
  if (found.cause) hooks_.pause(found.cause->reason, pause.own_group);
  if (!found.end) return;
  start_anew();
  hooks_.end_own_pause(*found.end);
}

// Up to 50: those that are due, and while there is room, groups that only webhooks know and that are not due yet, once
// there are so many that the oldest will soon give way (webhook.max_unconfirmed_groups). Chat knows the real ones,
// which then stay; the forged ones go. Both go from the oldest on, so that none gives way before its look while Chat
// keeps up.
std::vector<Group> Scheduler::groups_to_look_at(TimeMs now, SteadyMs at) {
  const auto in_hand = work_.in_hand();
  std::vector<Group> groups = view_.due_groups(now, static_cast<int>(kMaxGroupsPerLook + in_hand));
  std::erase_if(groups, [this](const Group& group) { return work_.busy(group.group_id); });
  if (groups.size() > kMaxGroupsPerLook) groups.resize(kMaxGroupsPerLook);
  if (at >= next_early_walk_) {
    early_look_after_id_ = 0;
    next_early_walk_ = at + kEarlyWalkEvery;
  }
  const int room = static_cast<int>(kMaxGroupsPerLook - groups.size());
  if (room == 0) return groups;
  for (Group& group : view_.unconfirmed_groups(early_look_after_id_, settings_->max_unconfirmed_groups / 2, room)) {
    early_look_after_id_ = group.id;
    const bool due = group.next_check_at && *group.next_check_at <= now;
    if (!due && !work_.busy(group.group_id)) groups.push_back(std::move(group));
  }
  return groups;
}

// One call. False when there were none to look at.
bool Scheduler::look_at_due_groups(TimeMs now, SteadyMs at) {
  const std::vector<Group> due = groups_to_look_at(now, at);
  if (due.empty()) return false;
  std::vector<std::string> ids;
  ids.reserve(due.size());
  for (const Group& group : due) ids.push_back(group.group_id);
  const TimeMs sent_at = clock_.now();
  auto looked = chat_.look_all(ids);
  if (const auto* stop = std::get_if<Stop>(&looked)) {
    looks_failed(due, *stop);
    return false;
  }
  hear_clock();
  if (const auto stop = chat_.clock_stop()) {
    looks_failed(due, *stop);
    return false;
  }
  failed_looks_ = 0;
  std::map<std::string, GroupInfo> infos;
  for (GroupInfo& info : std::get<0>(looked)) infos.emplace(info.group_id, std::move(info));
  store_looks(due, infos, sent_at);
  return true;
}

void Scheduler::store_looks(const std::vector<Group>& groups, const std::map<std::string, GroupInfo>& infos,
                            TimeMs sent_at) {
  std::vector<std::string> to_run;
  std::vector<Run> failed;
  committer_.commit([&](Storage& storage) {
    to_run.clear();
    failed.clear();
    for (const Group& group : groups) {
      const auto info = infos.find(group.group_id);
      const int code = info == infos.end() ? 0 : info->second.error_code;
      if (info != infos.end() && (code == 0 || means_gone(code))) {
        if (store_look(storage, group.group_id, {sent_at, code != 0, info->second})) to_run.push_back(group.group_id);
      } else {
        const ChatOutcome outcome = code == 0 ? ChatOutcome::kOutcomeUnknown : classify(code);
        if (auto run = store_failed_run(storage, group.group_id, stop_of(outcome, code).reason)) failed.push_back(*run);
      }
    }
  });
  for (const Run& run : failed) hooks_.run_finished(run);
  for (std::string& group_id : to_run) work_.push({Work::Kind::kPrune, std::move(group_id), 0, 0});
}

// True when the group needs a run.
bool Scheduler::store_look(Storage& storage, const std::string& group_id, const Look& look) {
  auto group = storage.find_group(group_id);
  if (!group) return false;
  const TimeMs now = clock_.now();
  std::optional<ExemptUntil> exemption;
  if (const auto found = storage.find_exemption(ExemptionKind::kGroup, group_id, now)) {
    exemption = ExemptUntil{found->expires_at};
  }
  AfterLook after =
      after_look(std::move(*group), look, exemption, now, settings_->timing, settings_->policy.min_capacity);
  if (after.result == LookResult::kForget) {
    storage.delete_group(group_id);
    return false;
  }
  const bool open = storage.open_run(group_id).has_value();
  if (open) after.group.next_check_at.reset();  // the run's end says what comes next
  storage.save_group(after.group);
  return after.result == LookResult::kNeedsRun && !open;
}

// Chat did not answer: those of the groups that were to get a run have a failed one, and all wait. When the daemon
// stops, nothing is known of Chat, and all stay due; as they do when one of the clocks is wrong.
void Scheduler::looks_failed(const std::vector<Group>& groups, const Stop& stop) {
  if (hooks_.stopping()) return;
  if (stop.reason == "clock_skew") {
    hear_clock();
    hooks_.pause(stop.reason, groups.front().group_id);
    return;
  }
  const auto& timing = settings_->timing;
  no_look_before_ = clock_.steady_now() + back_off(failed_looks_++, std::min(timing.retry_base, kMinuteMs),
                                                   std::min(timing.retry_max, kMinuteMs), random_());
  if (stop.pauses) hooks_.pause(stop.reason, groups.front().group_id);
  std::vector<Run> failed;
  committer_.commit([&](Storage& storage) {
    failed.clear();
    for (const Group& group : groups) {
      if (auto run = store_failed_run(storage, group.group_id, stop.reason)) failed.push_back(*run);
    }
  });
  for (const Run& run : failed) hooks_.run_finished(run);
}

// A failed run without a plan, or one more confirmation of the last; the group backs off. The run, when it is new.
std::optional<Run> Scheduler::store_failed_run(Storage& storage, const std::string& group_id,
                                               const std::string& reason) {
  auto group = storage.find_group(group_id);
  if (!group || storage.open_run(group_id)) return std::nullopt;
  const TimeMs now = clock_.now();
  if (!is_stale(*group, now, settings_->timing)) {
    // It was not to get a run; nor was it due, when it was asked for early.
    if (!group->next_check_at || *group->next_check_at > now) return std::nullopt;
    // Chat may have answered for all but this one: then there is no other wait.
    const DurationMs until_next_look = no_look_before_ - clock_.steady_now();
    group->next_check_at = now + std::max(until_next_look, settings_->timing.retry_base);
    storage.save_group(*group);
    return std::nullopt;
  }
  Run run;
  run.group_id = group_id;
  run.mode = run_mode_of(settings_->mode);
  run.policy = settings_->policy;
  run.state = RunState::kFailed;
  run.reason = reason;
  run.created_at = now;
  run.finished_at = now;
  const auto last = group->last_run_id ? storage.find_run(*group->last_run_id) : std::nullopt;
  const bool repeats = last && last->state == run.state && last->reason == reason && last->mode == run.mode &&
                       judge_alike(last->policy, run.policy);
  if (repeats) {
    run = *last;
    run.confirmed_at = now;
    storage.update_run(run);
  } else {
    run.id = storage.insert_run(run);
  }
  storage.save_group(
      after_run(std::move(*group), {run, std::nullopt, std::nullopt, random_()}, now, settings_->timing));
  return repeats ? std::nullopt : std::optional(run);
}

}  // namespace headroom
