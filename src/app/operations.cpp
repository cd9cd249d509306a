#include "app/operations.h"

#include <memory>
#include <optional>
#include <utility>

#include "app/approval.h"
#include "headroom/group_state.h"

namespace headroom {
namespace {

constexpr const char* kDefaultPauseReason = "paused by an operator";

Result<Run> insert_operator_run(Storage& storage, const std::string& group_id, RunMode mode, const Settings& settings,
                                bool paused, TimeMs now) {
  auto group = storage.find_group(group_id);
  if (!group) return Denied{404, "no such group"};
  if (settings.mode == SchedulerMode::kObserve) return Denied{409, "the daemon runs in mode observe"};
  if (paused) return Denied{409, "the scheduler is paused"};
  if (storage.find_exemption(ExemptionKind::kGroup, group_id, now)) return Denied{409, "the group is exempt"};
  if (const auto open = storage.open_run(group_id)) {
    return Denied{409, "run " + std::to_string(open->id) + " is open in this group"};
  }
  Run run;
  run.group_id = group_id;
  run.trigger = RunTrigger::kOperator;
  run.mode = mode;
  run.policy = settings.policy;
  run.created_at = now;
  run.started_at = now;
  run.id = storage.insert_run(run);
  storage.save_group(begin_run(std::move(*group), run.id));
  return run;
}

}  // namespace

DaemonStatus Operations::status() const {
  const auto settings = settings_.get();
  const PauseSwitch::State pause = pause_.state();
  DaemonStatus status;
  status.mode = settings->mode;
  status.paused = pause.paused();
  status.paused_reason = pause.reason();
  status.stale_after = settings->timing.stale_after;
  status.max_removals_per_day = settings->policy.max_removals_per_day;
  if (const std::string failure = queue_.failure(); !failure.empty()) {
    status.failing_check = "storage";
    status.failing_detail = "events can not be stored: " + failure;
  } else if (const std::string full = queue_.full(); !full.empty()) {
    status.failing_check = "storage";
    status.failing_detail = "events can not be stored: " + full;
  } else if (hooks_.stopping()) {
    status.failing_check = "stopping";
    status.failing_detail = "the daemon is stopping";
  }
  return status;
}

// Runs `job` on the commit queue; `done` has its result once it is on disk.
template <typename T>
void Operations::submit(std::function<Result<T>(Storage&)> job, std::function<void(Result<T>)> done) {
  const auto result = std::make_shared<Result<T>>(Denied{503, "the change could not be stored"});
  const bool queued = queue_.submit([job = std::move(job), result](Storage& storage) { *result = job(storage); },
                                    [result, done](const std::exception_ptr& error) {
                                      if (error) *result = Denied{503, "the change could not be stored"};
                                      done(std::move(*result));
                                    });
  if (!queued) done(Denied{503, "the write queue is full, or the daemon is stopping"});
}

void Operations::start_run(const std::string& group_id, RunMode mode, std::function<void(Result<Run>)> done) {
  if (!work_.hold(group_id)) {
    done(Denied{503, "too many runs are waiting"});
    return;
  }
  submit<Run>(
      [=, this](Storage& storage) {
        return insert_operator_run(storage, group_id, mode, *settings_.get(), pause_.state().paused(), clock_.now());
      },
      [this, group_id, done = std::move(done)](Result<Run> result) {
        if (const Run* run = std::get_if<Run>(&result)) {
          hooks_.changed("run", group_id);
          work_.push_held({Work::Kind::kCarryOut, group_id, run->id, 0});
        } else {
          work_.finish(group_id);
        }
        done(std::move(result));
      });
}

// `decide` makes a stored run from the one with that id, and leaves it running; a worker carries it out. The group is
// held before it is on disk, so that nobody takes the run for one that was left behind.
void Operations::begin_stored(std::int64_t run_id, Decide decide, const std::string& what,
                              std::function<void(Result<Run>)> done) {
  const auto held = std::make_shared<std::string>();
  submit<Run>(
      [this, run_id, decide = std::move(decide), held](Storage& storage) -> Result<Run> {
        auto run = storage.find_run(run_id);
        if (!run) return Denied{404, "there is no such run"};
        if (held->empty() && !work_.hold(run->group_id)) return Denied{503, "too many runs are waiting"};
        *held = run->group_id;
        return decide(storage, std::move(*run));
      },
      [this, held, what, done = std::move(done)](Result<Run> result) {
        if (const Run* run = std::get_if<Run>(&result)) {
          hooks_.changed(what, run->group_id);
          work_.push_held({Work::Kind::kExecute, run->group_id, run->id, 0});
        } else if (!held->empty()) {
          work_.finish(*held);
        }
        done(std::move(result));
      });
}

void Operations::approve_run(std::int64_t run_id, std::function<void(Result<Run>)> done) {
  begin_stored(
      run_id,
      [this](Storage& storage, Run run) {
        return approve(storage, std::move(run), *settings_.get(), pause_.state().paused(), clock_.now());
      },
      "run approved", std::move(done));
}

void Operations::reject_run(std::int64_t run_id, std::function<void(Result<Run>)> done) {
  submit<Run>(
      [this, run_id](Storage& storage) -> Result<Run> {
        auto run = storage.find_run(run_id);
        if (!run) return Denied{404, "there is no such run"};
        return reject(storage, std::move(*run), *settings_.get(), clock_.now());
      },
      [this, done = std::move(done)](Result<Run> result) {
        if (const Run* run = std::get_if<Run>(&result)) {
          hooks_.changed("run rejected", run->group_id);
          hooks_.run_finished(*run);
          hooks_.wake_scheduler();
        }
        done(std::move(result));
      });
}

void Operations::put_exemption(const Exemption& exemption, std::function<void(Result<Exemption>)> done) {
  submit<Exemption>(
      [=, this](Storage& storage) -> Result<Exemption> {
        Exemption fresh = exemption;
        fresh.created_at = clock_.now();
        const Exemption stored = storage.put_exemption(fresh);
        if (stored.kind == ExemptionKind::kGroup) {
          if (auto group = storage.find_group(stored.subject)) {
            storage.save_group(after_exempted(std::move(*group), stored.expires_at));
          }
        }
        return stored;
      },
      [this, subject = exemption.subject, done = std::move(done)](Result<Exemption> result) {
        if (std::holds_alternative<Exemption>(result)) hooks_.changed("exemption put", subject);
        done(std::move(result));
      });
}

void Operations::delete_exemption(ExemptionKind kind, const std::string& subject,
                                  std::function<void(Result<bool>)> done) {
  submit<bool>(
      [=, this](Storage& storage) -> Result<bool> {
        const bool existed = storage.delete_exemption(kind, subject);
        if (existed && kind == ExemptionKind::kGroup) {
          if (auto group = storage.find_group(subject)) {
            storage.save_group(after_exemption_lifted(std::move(*group), clock_.now()));
          }
        }
        return existed;
      },
      [this, subject, done = std::move(done)](Result<bool> result) {
        const bool* existed = std::get_if<bool>(&result);
        if (existed != nullptr && *existed) hooks_.changed("exemption deleted", subject);
        hooks_.wake_scheduler();
        done(std::move(result));
      });
}

void Operations::change_pause(std::function<void(PauseSwitch::State&)> change,
                              std::function<void(Result<DaemonStatus>)> done, const std::string& what) {
  const auto next = std::make_shared<PauseSwitch::State>();
  const bool queued = queue_.submit(
      [change = std::move(change), next](Storage& storage) {
        *next = PauseSwitch::read(storage);
        change(*next);
        PauseSwitch::write(storage, *next);
      },
      [this, next, done, what](const std::exception_ptr& error) {
        if (error) {
          done(Denied{503, "the change could not be stored"});
          return;
        }
        pause_.show(*next);
        hooks_.changed(what, next->reason());
        hooks_.wake_scheduler();
        done(status());
      });
  if (!queued) done(Denied{503, "the write queue is full, or the daemon is stopping"});
}

void Operations::pause(const std::string& reason, std::function<void(Result<DaemonStatus>)> done) {
  change_pause(
      [reason](PauseSwitch::State& state) { state.operator_reason = reason.empty() ? kDefaultPauseReason : reason; },
      std::move(done), "pause");
}

void Operations::resume(std::function<void(Result<DaemonStatus>)> done) {
  change_pause([](PauseSwitch::State& state) { state = {}; }, std::move(done), "resume");
}

void Operations::pause_self(const std::string& reason, const std::string& group_id) {
  // In force before it is on disk: nothing more may be decided meanwhile.
  PauseSwitch::State now = pause_.state();
  if (now.own_reason == reason) return;
  now.own_reason = reason;
  now.own_group = group_id;
  pause_.show(now);
  change_pause(
      [reason, group_id](PauseSwitch::State& state) {
        state.own_reason = reason;
        state.own_group = group_id;
      },
      [](const Result<DaemonStatus>&) {}, "own pause");
}

void Operations::end_own_pause() {
  change_pause(
      [](PauseSwitch::State& state) {
        state.own_reason.clear();
        state.own_group.clear();
      },
      [](const Result<DaemonStatus>&) {}, "own pause ended");
}

}  // namespace headroom
