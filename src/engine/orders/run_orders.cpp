// What operators order about runs.
#include <memory>
#include <utility>

#include "engine/orders/audit_entry.h"
#include "engine/orders/operations.h"
#include "engine/runs/approval.h"
#include "engine/runs/beginning.h"
#include "engine/runs/parking.h"
#include "engine/runs/restore_order.h"
#include "headroom/group_state.h"
#include "headroom/names.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

// What an operator forces need not wait behind a run that waits for the calendar.
std::optional<Run> let_by(Transaction& storage, const std::string& group_id, const RunOrder& order, TimeMs now) {
  if (!order.force || order.mode == RunMode::kPlan) return std::nullopt;
  auto open = storage.open_run(group_id);
  if (!open || !is_parked(*open) || !give_way(storage, *open, now)) return std::nullopt;
  return open;
}

std::optional<Denied> without_ceiling(Transaction& storage, const std::string& group_id, const RunOrder& order,
                                      const Settings& settings) {
  if (order.mode != RunMode::kRaise) return std::nullopt;
  const auto group = storage.find_group(group_id);
  if (!group || group->type.empty() || settings.capacity.ceilings.of(group->type)) return std::nullopt;
  return Denied{Denied::kConflict, "capacity.ceiling has no limit for groups of type " + group->type};
}

// `ended`: the run that ended for it. Nothing may be refused behind that: a refusal undoes nothing, and the group would
// be in no run's hands.
Result<Run> insert_operator_run(Transaction& storage, const std::string& group_id, const RunOrder& order,
                                const Settings& settings, bool paused, TimeMs now, std::optional<Run>& ended) {
  StartFacts facts = start_facts(storage, group_id, 0, now);
  facts.mode = settings.mode;
  facts.operator_pause = paused;
  if (order.mode != RunMode::kPlan && !order.force) {
    facts.closed = !is_open(settings.calendar, now);
    facts.opens_at = next_opening(settings.calendar, now);
  }
  const auto other = std::exchange(facts.other_open, std::nullopt);
  if (auto denied = denied_by(may_begin(Start::kOrdered, facts), facts)) return *std::move(denied);
  if (auto denied = without_ceiling(storage, group_id, order, settings)) return *std::move(denied);
  if (other) {
    ended = let_by(storage, group_id, order, now);
    facts.other_open = ended ? std::nullopt : other;
    if (auto denied = denied_by(may_begin(Start::kOrdered, facts), facts)) return *std::move(denied);
  }
  Run run;
  run.group_id = group_id;
  run.trigger = RunTrigger::kOperator;
  run.mode = order.mode;
  run.forced = order.force && order.mode != RunMode::kPlan;
  run.policy = settings.policy;
  run.created_at = now;
  run.started_at = now;
  run.id = storage.insert_run(run);
  storage.save_group(begin_run(*storage.find_group(group_id), run.id));
  return run;
}

}  // namespace

void Operations::start_run(const Actor& actor, const std::string& group_id, RunOrder order, Done<Run> done) {
  if (!work_.hold(group_id)) {
    done(Denied{Denied::kUnavailable, "too many runs are waiting"});
    return;
  }
  const auto large = std::make_shared<bool>(true);
  const auto ended = std::make_shared<std::optional<Run>>();
  submit<Run>(
      [=, this](Transaction& storage) {
        const TimeMs now = clock_.now();
        const auto group = storage.find_group(group_id);
        *large = !group || Work::is_large(group->member_count);
        ended->reset();
        auto result = insert_operator_run(storage, group_id, order, *settings(), paused(storage), now, *ended);
        if (Run* run = std::get_if<Run>(&result)) {
          leave_to_leader(storage, *run);
          audit(storage, actor, AuditAction::kRun, run_target(run->id), now);
        }
        return result;
      },
      [this, group_id, token = actor.token, large, ended](const Result<Run>& result) {
        if (const Run* run = std::get_if<Run>(&result)) {
          if (*ended) observer_.run_finished(**ended);
          observer_.changed({"run", group_id, token, run->id});
          hand_over({Work::Kind::kCarryOut, group_id, run->id, 0, std::nullopt, *large});
        } else {
          work_.finish(group_id);
        }
      },
      std::move(done));
}

// Among several nodes the leader may change between the order and its beginning. What was acknowledged holds: a run
// that nobody has begun is begun by the next. (Alone, the next start resolves it; a restore goes on anyway.)
void Operations::leave_to_leader(Transaction& storage, Run& run) const {
  if (!daemon_.shared() || run.state != RunState::kRunning || run.mode == RunMode::kRestore || is_parked(run)) return;
  run.started_at.reset();
  storage.update_run(run);
}

// Of work whose group is held.
void Operations::hand_over(Work work) {
  if (daemon_.leads()) return work_.push_held(std::move(work));
  work_.finish(work.group_id);
}

// `decide` makes a stored run from the one with that id, and leaves it running; a worker carries it out. The group is
// held before it is on disk, so that nobody takes the run for one that was left behind.
void Operations::begin_stored(const Actor& actor, AuditAction action, std::int64_t run_id, const Decide& decide,
                              Done<Run> done) {
  const auto held = std::make_shared<std::string>();
  submit<Run>(
      [=, this](Transaction& storage) -> Result<Run> {
        auto run = storage.find_run(run_id);
        if (!run) return Denied{Denied::kNotFound, "there is no such run"};
        if (held->empty() && !work_.hold(run->group_id))
          return Denied{Denied::kUnavailable, "too many runs are waiting"};
        *held = run->group_id;
        auto result = decide(storage, std::move(*run));
        if (Run* decided = std::get_if<Run>(&result)) {
          leave_to_leader(storage, *decided);
          audit(storage, actor, action, run_target(run_id), clock_.now());
        }
        return result;
      },
      [this, held, action, token = actor.token](const Result<Run>& result) {
        if (const Run* run = std::get_if<Run>(&result)) {
          observer_.changed({"run: " + std::string(name_of(action)), run->group_id, token, run->id});
          hand_over({Work::Kind::kExecute, run->group_id, run->id, 0});
        } else if (!held->empty()) {
          work_.finish(*held);
        }
      },
      std::move(done));
}

void Operations::approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) {
  begin_stored(
      actor, AuditAction::kApprove, run_id,
      [this](Transaction& storage, Run run) {
        return approve(storage, std::move(run), *settings(), paused(storage), clock_.now());
      },
      std::move(done));
}

void Operations::reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) {
  submit<Run>(
      [=, this](Transaction& storage) -> Result<Run> {
        auto run = storage.find_run(run_id);
        if (!run) return Denied{Denied::kNotFound, "there is no such run"};
        const TimeMs now = clock_.now();
        auto result = reject(storage, std::move(*run), *settings(), now);
        if (std::holds_alternative<Run>(result)) audit(storage, actor, AuditAction::kReject, run_target(run_id), now);
        return result;
      },
      [this, token = actor.token](const Result<Run>& result) {
        const Run* run = std::get_if<Run>(&result);
        if (run == nullptr) return;
        observer_.changed({"run: reject", run->group_id, token, run->id});
        observer_.run_finished(*run);
        daemon_.wake_threads();
      },
      std::move(done));
}

// Whether a limit can be set back, a fresh look has to say: it is asked for before anything is decided.
void Operations::restore_run(const Actor& actor, std::int64_t run_id, Done<Run> done) {
  const auto source = std::make_shared<std::optional<Run>>();
  const bool queued = queue_.submit([source, run_id](Transaction& storage) { *source = storage.find_run(run_id); },
                                    [=, this](const std::exception_ptr& error) {
                                      const bool raised = !error && *source && (*source)->mode == RunMode::kRaise &&
                                                          (*source)->state == RunState::kSucceeded;
                                      if (!raised) return restore(actor, run_id, std::nullopt, done);
                                      daemon_.inquire({(*source)->group_id, ""}, [=, this](Result<Inquiry> looked) {
                                        restore(actor, run_id, std::move(looked), done);
                                      });
                                    });
  if (!queued) restore(actor, run_id, std::nullopt, done);
}

void Operations::restore(const Actor& actor, std::int64_t run_id, const std::optional<Result<Inquiry>>& looked,
                         Done<Run> done) {
  begin_stored(
      actor, AuditAction::kRestore, run_id,
      [looked, this](Transaction& storage, const Run& source) -> Result<Run> {
        PauseSwitch::State pause = PauseSwitch::read(storage);
        if (pause.own_reason.empty()) pause.own_reason = pause_.state().own_reason;
        const TimeMs now = clock_.now();
        if (source.mode != RunMode::kRaise || !looked)
          return begin_restore(storage, source, *settings(), pause, now);
        if (const auto* denied = std::get_if<Denied>(&*looked)) return *denied;
        return begin_limit_restore(storage, source, std::get<Inquiry>(*looked).group, *settings(), pause, now);
      },
      std::move(done));
}

}  // namespace headroom
