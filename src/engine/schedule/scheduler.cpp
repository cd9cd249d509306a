#include "engine/schedule/scheduler.h"

#include <algorithm>
#include <utility>

#include "engine/hold_budget.h"
#include "engine/runs/approval.h"
#include "engine/runs/parking.h"
#include "engine/runs/runner.h"
#include "headroom/run_state.h"
#include "headroom/storage_error.h"

namespace headroom {
namespace {

// Chat is asked for its time when nothing else was for so long: what is too old can be forgotten by a clock that it
// agreed with within the hour.
constexpr DurationMs kClockEvery = 30 * kMinuteMs;
constexpr DurationMs kClockAgain = 5 * kMinuteMs;
// Somebody waits for an order that could not be begun.
constexpr DurationMs kBeginsAgain = kMinuteMs;

}  // namespace

Scheduler::Scheduler(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
                     const Gate& gate, const PauseSwitch& pause, WorkQueue& work, std::function<double()> random,
                     Observer& observer, SelfPause& self_pause)
    : chat_(chat, clock, random),
      chat_api_(chat),
      writer_(writer),
      view_(view),
      clock_(clock),
      settings_cell_(settings),
      settings_(settings.get()),
      pause_(pause),
      work_(work),
      random_(std::move(random)),
      observer_(observer),
      self_pause_(self_pause),
      looks_(chat_, writer, view, clock, work, random_, gate, observer, self_pause, [this] { hear_clock(); }),
      trust_(clock),
      timing_(settings_->timing),
      calendar_(settings_->calendar),
      clock_asked_at_(clock.steady_now()),
      expiry_(writer, view, observer),
      retention_(writer, clock),
      retiming_(writer, view, clock),
      unblocking_(writer, view, clock),
      unparking_(writer, view, clock),
      probe_(chat, view, random_) {}

SteadyMs Scheduler::step() {
  settings_ = settings_cell_.get();
  const SteadyMs at = clock_.steady_now();
  if (!writer_.works()) return at + settings_->tick;
  const SteadyMs next_work = work(clock_.now(), at);
  settings_ = settings_cell_.get();      // the looks took their time
  return std::min(next_work, keep(at));  // after them: they may have asked Chat for its time
}

SteadyMs Scheduler::work(TimeMs now, SteadyMs at) {
  const SteadyMs next_tick = at + settings_->tick;
  if (settings_->mode == SchedulerMode::kObserve) return next_tick;  // never calls Chat
  if (ask_at_once_.exchange(false)) {
    probe_.ask_at_once();
    looks_.start_anew();
  }
  const PauseSwitch::State pause = pause_.state();
  dispatch_resolutions(at, !pause.own_reason.empty());
  if (!pause.own_reason.empty()) {
    self_pause_.keep_own_pause();
    if (pause.own_reason == Reason::kReplication) return next_tick;  // whoever has seen that sees its end
    probe(at, pause);
    return std::min(next_tick, probe_.next().value_or(next_tick));
  }
  probe_.rest(at, settings_->timing);
  if (pause.paused()) return next_tick;
  check_clock(at, kClockEvery, kClockAgain);
  if (work_.full()) return next_tick;
  // First, so that of whoever is judged from here on it is known, also after a kill, by which rules.
  const SteadyMs next = std::min(next_tick, unblocking_.step(now, at, *settings_));
  return std::min(next, looks_.step(now, settings_).value_or(next_tick));
}

std::optional<TimeMs> Scheduler::retry_at() const {
  const auto next = probe_.next();
  if (!next) return std::nullopt;
  return clock_.now() + std::max<DurationMs>(0, *next - clock_.steady_now());
}

void Scheduler::take_over() {
  {
    const std::lock_guard lock(resolutions_mutex_);
    resolutions_.clear();
  }
  looks_.start_anew();
  unblocking_.take_over();
  for (const Run& run : view_.running_runs()) {
    // Of one that waits for the calendar and has sent nobody, nothing is in doubt.
    if (is_parked(run) && !has_sent(view_, run)) continue;
    if (is_unbegun(run)) continue;
    if (is_parked(run)) end_wait(run);
    resolve_later(run, 0);
  }
  adopt_runs();
}

// Every run of this node's is in the queue from before it is stored until it is closed, or waits to be resolved. So one
// that is in neither, before and behind a look at the store, is another's order, or was left behind: by a worker that
// could not read what had become of it, or that an order for the same group, refused later, kept from asking.
void Scheduler::adopt_runs() {
  const auto in_hand = [this](const Run& run) {
    const std::lock_guard lock(resolutions_mutex_);
    return work_.busy(run.group_id) || resolutions_.contains(run.id);
  };
  for (const Run& seen : view_.running_runs()) {
    if (is_parked(seen) || in_hand(seen)) continue;
    const auto run = view_.find_run(seen.id);
    if (!run || run->state != RunState::kRunning || is_parked(*run) || in_hand(*run)) continue;
    const bool goes_on = run->mode == RunMode::kRestore && !has_sent(view_, *run);
    if (goes_on || may_be_begun(*run)) {
      work_.push(beginning_of(*run, 0));
    } else {
      resolve_later(*run, 0);
    }
  }
}

bool Scheduler::may_be_begun(const Run& order) const {
  return is_unbegun(order) && !has_sent(view_, order) && !is_too_old(order, *settings_cell_.get(), clock_.now());
}

Work Scheduler::beginning_of(const Run& run, int attempt) const {
  const bool planned =
      run.trigger != RunTrigger::kOperator || run.mode == RunMode::kRestore || run.raise || run.selected > 0;
  const auto group = view_.find_group(run.group_id);
  const bool large = !group || Work::is_large(group->member_count);
  return {planned ? Work::Kind::kExecute : Work::Kind::kCarryOut, run.group_id, run.id, attempt, std::nullopt, large};
}

// It is looked at, and not to go on besides.
void Scheduler::end_wait(const Run& parked) {
  writer_.commit([&](Transaction& storage) {
    Run run = parked;
    headroom::unpark(run);
    storage.update_run(run);
    if (auto group = storage.find_group(run.group_id)) storage.save_group(unpark_run(std::move(*group)));
  });
}

void Scheduler::resolve_later(const Run& run, int attempt) {
  // A worker was told to stop, or could not store that it begins it: it stays for whoever begins it.
  const bool unbegun = is_unbegun(run);
  const auto settings = settings_cell_.get();
  DurationMs wait = 0;
  if (attempt > 0) {
    wait = back_off(attempt - 1, settings->timing.retry_base, settings->timing.retry_max, random_());
    // Not before nothing can come of its calls any more: each look counts that from the one before it.
    wait = unbegun ? std::min(wait, kBeginsAgain) : std::max(wait, settings->call_may_last);
  }
  const bool restores = run.mode == RunMode::kRestore;
  const SteadyMs now = clock_.steady_now();
  {
    const std::lock_guard lock(resolutions_mutex_);
    resolutions_[run.id] = {run.group_id, restores, attempt, now + wait, now};
  }
  // From here on it is only looked at: what it has not sent is free for others.
  if (unbegun || restores || run.doubt_looks) return;
  writer_.commit([&](Transaction& storage) { storage.add_doubt(run.id, 0, 0); });
}

// A pause of its own holds the restores. The others are closed by looking, which that pause's cause may let fail: with
// the cause gone, their count begins anew.
void Scheduler::dispatch_resolutions(SteadyMs at, bool own_pause) {
  for (const auto& [run_id, due] : due_resolutions(at, own_pause)) {
    Work work;
    try {
      work = work_of(run_id, due);
    } catch (const StorageError&) {  // of one row, perhaps: the others are not to wait for it
      const std::lock_guard lock(resolutions_mutex_);
      resolutions_[run_id].due_at = at + kBeginsAgain;
      throw;
    }
    {
      const std::lock_guard lock(resolutions_mutex_);
      resolutions_.erase(run_id);  // a worker may bring it back at once
    }
    if (work_.push(std::move(work))) continue;
    const std::lock_guard lock(resolutions_mutex_);
    resolutions_.try_emplace(run_id, due);
  }
}

std::map<std::int64_t, Scheduler::Resolution> Scheduler::due_resolutions(SteadyMs at, bool own_pause) {
  const std::lock_guard lock(resolutions_mutex_);
  const bool pause_ended = std::exchange(was_own_pause_, own_pause) && !own_pause;
  std::map<std::int64_t, Resolution> due;
  for (auto& [run_id, resolution] : resolutions_) {
    if (pause_ended) {
      resolution.attempt = 0;
      resolution.due_at = at;
    }
    if (resolution.due_at <= at && !(own_pause && resolution.restores)) due.emplace(run_id, resolution);
  }
  return due;
}

// By what is stored when its wait is over: an order may have grown too old meanwhile.
Work Scheduler::work_of(std::int64_t run_id, const Resolution& due) {
  const auto run = view_.find_run(run_id);
  if (run && may_be_begun(*run)) return beginning_of(*run, due.attempt);
  if (run && is_unbegun(*run)) writer_.commit([&](Transaction& storage) { storage.add_doubt(run_id, 0, 0); });
  return {Work::Kind::kResolve, due.group_id, run_id, due.attempt, due.doubted_at};
}

// Paused by itself: asks Chat now and then whether the cause is gone.
void Scheduler::probe(SteadyMs at, const PauseSwitch::State& pause) {
  const PauseProbe::Found found = probe_.step(at, pause, settings_->timing);
  if (found.answered) hear_clock();
  if (found.cause) self_pause_.pause_self(found.cause->reason, pause.own_group);
  if (!found.end) return;
  // The answer may have come when another leads: what that one has seen since is not this node's to end.
  if (!writer_.works()) return probe_.ask_at_once();
  looks_.start_anew();
  self_pause_.end_own_pause(pause.own_reason, *found.end);
}

}  // namespace headroom
