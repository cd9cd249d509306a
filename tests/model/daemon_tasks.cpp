// What the workers, the scheduler and the sweeper of the daemon do all the time, and how it pauses itself.
#include <algorithm>

#include "engine/hold_budget.h"
#include "headroom/names.h"
#include "headroom/storage_error.h"
#include "tests/model/daemon_parts.h"

namespace headroom::model {
namespace {

const std::vector<DurationMs> kOversleeps{0, 5 * kMinuteMs, kHourMs, kHourMs, kHourMs, kHourMs};

}  // namespace

Workers::Tools Daemon::make_tools(Worker& worker) {
  Workers::Tools tools;
  tools.writer = writer_of(*worker.turn);
  tools.chat = std::make_unique<WorldChat>(outside_, worker.sight, cancelled_, *tools.writer);
  tools.view = view_;
  tools.runner = std::make_unique<Runner>(
      *tools.chat, *tools.writer, *tools.view, *clock_, settings_, gate_, [this] { return outside_.dice.share(); },
      silent_, *this);
  return tools;
}

Workers::Hooks Daemon::worker_hooks(const Sight& sight) {
  Workers::Hooks hooks;
  hooks.left_open = [this, &sight](const Run& run, int attempt) {
    outside_.trace.say(outside_.timeline.now(), "daemon", "run ", run.id, " is left open");
    try {
      scheduler_->resolve_later(run, attempt);
    } catch (const StorageError&) {  // not LeaseLost, which has stored nothing: another node has the run
      // Nothing of one that has lost the lead can be stored yet.
      if (outside_.oracle.goes_by(leadership_->term())) {
        outside_.oracle.may_be_given_up(run, outside_.timeline.now());
      }
      throw;
    }
    outside_.oracle.given_up(sight, run, outside_.timeline.now());
  };
  hooks.failed = [this](const Workers::Failure& failure) {
    const auto& [group_id, what, away] = failure;
    outside_.trace.say(outside_.timeline.now(), "daemon", "work failed in ", group_id, ": ", what);
    // On a full disk: what it was told is not stored, and asked for again.
    for (auto& worker : workers_) worker->sight.must_pause &= worker->sight.group_id != group_id;
    if (const auto run = view_->open_run(group_id)) outside_.oracle.answers_lost(*run);
  };
  hooks.finished = [this] { wake_scheduler_ = true; };
  return hooks;
}

void Daemon::work(Worker& worker) {
  const Workers::Hooks hooks = worker_hooks(worker.sight);
  while (true) {
    while (!work_.ready()) worker.task->park();
    const auto work = work_.pop();
    if (!work) return;
    worker.sight.begin(work->group_id, work->run_id, work->kind == Work::Kind::kResolve, outside_.timeline.now(),
                       outside_.wall());
    worker.sight.notes = work->kind == Work::Kind::kNote;
    worker.sight.of_many = !node_.alone;
    worker.sight.clock_steps = outside_.oracle.clock.steps();
    const auto newest = view_->runs({}, {1, std::nullopt}).items;
    worker.sight.newest_run = newest.empty() ? 0 : newest.front().id;
    worker.sight.pauses_before = outside_.oracle.orders.own_pauses;
    outside_.trace.say(outside_.timeline.now(), worker.sight.name, "takes up ", work->group_id, ", work ",
                       static_cast<int>(work->kind), ", run ", work->run_id);
    Workers::work_off(
        *work, worker.tools, [&] { return make_tools(worker); }, work_, hooks);
    if (worker.tools.writer && worker.tools.writer->may_send()) {
      outside_.oracle.worked(worker.sight);
    } else if (const auto run = view_->open_run(work->group_id)) {
      outside_.oracle.answers_lost(*run);
    }
    worker.sight.group_id.clear();
  }
}

void Daemon::pause_self(const Reason& reason, const std::string& group_id) {
  outside_.trace.say(outside_.timeline.now(), "daemon", "pauses itself: ", name_of(reason));
  operations_.pause_self(reason, group_id);
  settle();
  // Its switch may show what the next leader has ended since: nothing is stored then, and nobody is paused.
  if (leads() || PauseSwitch::read(*view_).own_reason == reason) outside_.oracle.orders.own_pause = name_of(reason);
  ++outside_.oracle.orders.own_pauses;
  outside_.oracle.pauses_itself(name_of(reason));
}

void Daemon::end_own_pause(const Reason& cause, PauseEnd end) {
  outside_.trace.say(outside_.timeline.now(), "daemon", "ends its own pause");
  outside_.oracle.check_lead(scheduler_sight_, scheduler_writer_->term());
  operations_.end_own_pause(cause, end);
  settle();
  outside_.oracle.orders.own_pause.clear();
}

void Daemon::sweep_began(const Sweep& sweep) {
  sweep_sight_.clock_steps = outside_.oracle.clock.steps();
  sweep_sight_.unread_pages.clear();
  outside_.trace.say(outside_.timeline.now(), "sweeper", "sweep ", sweep.id, sweep.dry_run ? " runs dry" : " runs");
}

void Daemon::sweep_ended(const Sweep& sweep) {
  outside_.trace.say(outside_.timeline.now(), "sweeper", "sweep ", sweep.id, " ends ",
                     std::string(name_of(sweep.state)), " ", name_of(sweep.reason), ", new: ", sweep.groups_new);
  outside_.oracle.coverage.add("sweeps that ended " + std::string(name_of(sweep.state)));
  if (sweep.state == SweepState::kFinished && !sweep_sight_.unread_pages.empty()) {
    outside_.oracle.fail("sweep", "a sweep whose listing could not be read is finished");
  }
}

void Daemon::sweep() {
  while (!stopping()) {
    sweep_sight_.may_not_call = settings_.get()->mode == SchedulerMode::kObserve;
    TimeMs next = outside_.timeline.now() + kSecondMs;
    auto done = Sweeper::Read::kNothing;
    sweep_sight_.looked_at.clear();
    try {
      if (leadership_->term() != sweep_writer_->term()) {
        sweep_writer_->begin();
        sweeper_->take_over();
      }
      next = really(sweeper_->step());
      do {
        done = sweeper_->read_some(*sweep_chat_);
      } while (done == Sweeper::Read::kSome && !stopping());
    } catch (const std::exception& error) {
      outside_.trace.say(outside_.timeline.now(), "sweeper", "failed: ", error.what());
    }
    // As often as the scheduler, it oversleeps when there is nothing to do.
    const DurationMs rest = sweeper_->running() ? kMinuteMs : (calm_ ? 4 : 1) * kHourMs;
    if (done != Sweeper::Read::kPage && next > outside_.timeline.now()) {
      next = std::max(next, outside_.timeline.now() + rest);
    }
    sweeper_sleeps_ = true;
    if (!stopping()) sweep_task_->wait_until(next);
    sweeper_sleeps_ = false;
  }
}

// Up to when it sleeps although it has nothing to wait for: housekeeping of every minute would be most of what there is
// to see. It is in time for what falls due, half of the time even in trouble.
TimeMs Daemon::oversleep() {
  const TimeMs now = outside_.timeline.now();
  // The promise about the end of this pause is one of seconds.
  if (outside_.oracle.orders.own_pause == "clock_skew" && outside_.oracle.clock.right()) return now;
  // A run in doubt takes ten looks.
  const bool in_doubt = calm_ && !view_->running_runs().empty();
  const DurationMs late = in_doubt ? kHourMs : calm_ ? 3 * kHourMs : outside_.dice.pick(kOversleeps);
  if (!calm_ && outside_.dice.chance(0.5)) return now + std::min(late, 5 * kMinuteMs);
  // What is due while the scheduler has paused itself is not what it waits for.
  if (!outside_.oracle.orders.own_pause.empty()) return now + late;
  const auto due = view_->next_due_at();
  return std::clamp(due ? really(*due) : now + late, now, now + late);
}

void Daemon::schedule() {
  while (!stopping()) {
    scheduler_sight_.may_not_call = settings_.get()->mode == SchedulerMode::kObserve;
    TimeMs next = outside_.timeline.now() + kSecondMs;
    scheduler_sight_.looked_at.clear();
    try {
      next = really(follow_or_lead());
      // On a slow machine the walk after a reload takes many steps: nothing comes between them.
      settles_ = settles_ && next <= outside_.timeline.now() + HoldBudget::kPauseMs;
      if (!settles_) next = std::max(next, oversleep());
    } catch (const std::exception& error) {
      outside_.trace.say(outside_.timeline.now(), scheduler_sight_.name, "failed: ", error.what());
    }
    scheduler_sleeps_ = true;
    if (!stopping()) scheduler_task_->wait_until(next);
    scheduler_sleeps_ = false;
  }
}

// One step of the scheduler, which first takes over what an earlier leader has left.
SteadyMs Daemon::follow_or_lead() {
  const Leadership::Term term = leadership_->term();
  if (term == 0) return {outside_.timeline.now() + kHourMs};  // whoever takes the lead wakes it
  // Somebody may have been told so by another node.
  if (!node_.alone) operations_.look_at_pause(*view_, leads());
  // What a full disk has cut short is done again, as Pruning does.
  if (term != taken_over_) {
    scheduler_writer_->begin();
    scheduler_->take_over();
    taken_over_ = term;
  }
  scheduler_->adopt_runs();
  return scheduler_->step();
}

void Daemon::keep_lease() {
  while (!stopping()) {
    TimeMs next = outside_.timeline.now() + kSecondMs;
    try {
      next = really(leadership_->step());
    } catch (const std::exception& error) {
      outside_.trace.say(outside_.timeline.now(), node_.name, "can not take the lead: ", error.what());
    }
    lease_task_->wait_until(next);
  }
}

void Daemon::lead_taken(std::int64_t fence) {
  outside_.oracle.leads(fence);
  if (node_.alone) return;
  outside_.trace.say(outside_.timeline.now(), node_.name, "leads, ", fence);
  outside_.oracle.ended(outside_.timeline.now());
  outside_.oracle.orders.go_by(*settings_.get(), outside_.timeline.now());
  outside_.oracle.ordered(outside_.timeline.now());
  outside_.faults.note_trouble(outside_.timeline.now());
  wake_scheduler_ = wake_sweeper_ = true;
}

void Daemon::lead_lost(std::int64_t fence) {
  outside_.trace.say(outside_.timeline.now(), node_.name, "has lost the lead, ", fence);
  outside_.oracle.coverage.add("times that the lead was lost");
}

}  // namespace headroom::model
