#include "app/scheduler.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "app/approval.h"
#include "app/pruner.h"

namespace headroom {
namespace {

constexpr int kMaintenanceRows = 500;
constexpr DurationMs kForgetEvery = kMinuteMs;
constexpr const char* kStaleAfterSetting = "stale_after_ms";

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
      hooks_(std::move(hooks)) {}

TimeMs Scheduler::step() {
  settings_ = settings_cell_.get();
  const TimeMs now = clock_.now();
  const TimeMs next_tick = now + settings_->tick;
  expire(now);
  forget_old(now);
  retime_full_groups(now);
  if (settings_->mode == SchedulerMode::kObserve) return next_tick;  // never calls Chat
  dispatch_resolutions(now);
  const PauseSwitch::State pause = pause_.state();
  if (!pause.own_reason.empty()) {
    probe(now);
    return next_tick;
  }
  probes_ = 0;
  if (pause.paused() || work_.full()) return next_tick;
  if (now < no_look_before_) return std::min(next_tick, no_look_before_);
  if (look_at_due_groups(now)) return clock_.now();
  // Groups in hand may be due still; who finishes them wakes the scheduler.
  if (work_.in_hand() > 0) return next_tick;
  return std::min(next_tick, std::max(view_.next_due_at().value_or(next_tick), clock_.now()));
}

void Scheduler::expire(TimeMs now) {
  if (now < next_expiring_) return;
  next_expiring_ = now + std::min(settings_->tick, kSecondMs);
  expire_exemptions(now);
  expire_plans(now);
}

// Ends the plans that have waited for too long.
void Scheduler::expire_plans(TimeMs now) {
  const auto is_over = [&](const Run& run) {
    return run.state == RunState::kAwaitingApproval && is_too_old(run, *settings_, now);
  };
  std::vector<Run> waiting = view_.waiting_runs(kMaintenanceRows);
  std::erase_if(waiting, [&](const Run& run) { return !is_over(run); });
  if (waiting.empty()) return;
  std::vector<Run> expired;
  committer_.commit([&](Storage& storage) {
    expired.clear();
    for (const Run& seen : waiting) {
      auto run = storage.find_run(seen.id);
      if (!run || !is_over(*run)) continue;
      expired.push_back(end_waiting(storage, std::move(*run), RunState::kExpired, *settings_, now));
    }
  });
  for (const Run& run : expired) hooks_.run_finished(run);
}

// Takes the exemptions that are over, and makes their groups due.
void Scheduler::expire_exemptions(TimeMs now) {
  committer_.commit([&](Storage& storage) {
    if (const auto next = storage.next_exemption_expiry(); !next || *next > now) return;
    for (const Exemption& exemption : storage.take_expired_exemptions(now, kMaintenanceRows)) {
      if (exemption.kind != ExemptionKind::kGroup) continue;
      if (auto group = storage.find_group(exemption.subject)) {
        storage.save_group(after_exemption_lifted(std::move(*group), now));
      }
    }
  });
}

// Retention, a few rows at a time: no answer waits for it.
void Scheduler::forget_old(TimeMs now) {
  if (now < next_forgetting_) return;
  int gone = 0;
  committer_.commit([&](Storage& storage) {
    gone = 0;
    if (settings_->keep_events > 0) {
      gone += storage.delete_events_before(now - settings_->keep_events, kMaintenanceRows);
    }
    if (settings_->keep_kept_members > 0) {
      gone += storage.delete_kept_members_before(now - settings_->keep_kept_members, kMaintenanceRows);
    }
    gone += storage.evict_unconfirmed_groups(settings_->max_unconfirmed_groups, kMaintenanceRows);
  });
  next_forgetting_ = gone > 0 ? now : now + kForgetEvery;
}

// A group that filled under a longer stale_after is due at full_since plus that one: after it was shortened, those
// groups are given their new time, some at each step. (Lengthened, the look itself puts them off.)
void Scheduler::retime_full_groups(TimeMs now) {
  const DurationMs current = settings_->timing.stale_after;
  if (!retiming_from_) {
    const auto stored = view_.setting(kStaleAfterSetting);
    const DurationMs last = stored ? std::atoll(stored->c_str()) : current;
    if (stored && last == current) return;
    if (last > current) {
      retiming_from_ = last;
      retiming_before_id_.reset();
    } else {
      committer_.commit([&](Storage& s) { s.put_setting(kStaleAfterSetting, std::to_string(current)); });
      return;
    }
  }
  GroupFilter filter;
  filter.state = GroupState::kFull;
  const Page<Group> page = view_.groups(filter, {kMaintenanceRows, retiming_before_id_});
  committer_.commit([&](Storage& storage) {
    for (const Group& seen : page.items) {
      auto group = storage.find_group(seen.group_id);
      if (!group || group->state != GroupState::kFull || !group->full_since) continue;
      if (group->next_check_at != *group->full_since + *retiming_from_) continue;
      group->next_check_at = std::max(now, *group->full_since + current);
      storage.save_group(*group);
    }
    if (!page.next_before_id) storage.put_setting(kStaleAfterSetting, std::to_string(current));
  });
  retiming_before_id_ = page.next_before_id;
  if (!page.next_before_id) retiming_from_.reset();
}

void Scheduler::adopt_running_runs() {
  for (const Run& run : view_.running_runs()) {
    if (run.mode != RunMode::kRestore) resolve_later(run.id, run.group_id, 0);
  }
}

void Scheduler::resolve_later(std::int64_t run_id, const std::string& group_id, int attempt) {
  const auto settings = settings_cell_.get();
  const DurationMs wait =
      attempt == 0 ? 0 : back_off(attempt - 1, settings->timing.retry_base, settings->timing.retry_max, random_());
  const std::lock_guard lock(resolutions_mutex_);
  resolutions_[run_id] = {group_id, attempt, clock_.now() + wait};
}

void Scheduler::dispatch_resolutions(TimeMs now) {
  const std::lock_guard lock(resolutions_mutex_);
  for (auto entry = resolutions_.begin(); entry != resolutions_.end();) {
    const auto& [run_id, resolution] = *entry;
    const bool sent =
        resolution.due_at <= now && work_.push({Work::Kind::kResolve, resolution.group_id, run_id, resolution.attempt});
    entry = sent ? resolutions_.erase(entry) : std::next(entry);
  }
}

// Paused by itself: asks Chat now and then whether the cause is gone.
void Scheduler::probe(TimeMs now) {
  if (probes_ == 0) next_probe_ = now + settings_->timing.retry_base;
  probes_ = std::max(probes_, 1);
  if (now < next_probe_) return;
  next_probe_ = now + back_off(probes_++, settings_->timing.retry_base, settings_->timing.retry_max, random_());
  const std::string group_id = pause_.state().own_group;
  const auto answer = chat_api_.get_group_info({group_id.empty() ? "headroom-probe" : group_id});
  if (answer.done() && !chat_.clock_stop()) hooks_.end_own_pause();
}

// One call for up to 50 groups that are due. False when there were none to look at.
bool Scheduler::look_at_due_groups(TimeMs now) {
  const int limit = static_cast<int>(kMaxGroupsPerLook + work_.in_hand());
  std::vector<Group> due = view_.due_groups(now, limit);
  std::erase_if(due, [this](const Group& group) { return work_.busy(group.group_id); });
  if (due.empty()) return false;
  if (due.size() > kMaxGroupsPerLook) due.resize(kMaxGroupsPerLook);
  std::vector<std::string> ids;
  ids.reserve(due.size());
  for (const Group& group : due) ids.push_back(group.group_id);
  const TimeMs sent_at = clock_.now();
  auto looked = chat_.look_all(ids);
  if (const auto* stop = std::get_if<Stop>(&looked)) {
    looks_failed(due, *stop);
    return false;
  }
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
  AfterLook after = after_look(std::move(*group), look, exemption, now, settings_->timing);
  if (after.result == LookResult::kForget) {
    storage.delete_group(group_id);
    return false;
  }
  const bool open = storage.open_run(group_id).has_value();
  if (open) after.group.next_check_at.reset();  // the run's end says what comes next
  storage.save_group(after.group);
  return after.result == LookResult::kNeedsRun && !open;
}

// Chat did not answer, or lives in another time: those of the groups that were to get a run have a failed one, and all
// wait.
void Scheduler::looks_failed(const std::vector<Group>& groups, const Stop& stop) {
  const auto& timing = settings_->timing;
  no_look_before_ = clock_.now() + back_off(failed_looks_++, std::min(timing.retry_base, kMinuteMs),
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
  if (!is_stale(*group, now, settings_->timing)) {  // it was not to get a run
    group->next_check_at = no_look_before_;
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
  const bool repeats = last && last->state == run.state && last->reason == reason && last->mode == run.mode;
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
