#include "engine/orders/operations.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "engine/orders/audit_entry.h"
#include "engine/orders/idempotency.h"
#include "engine/sweeps/sweep_row.h"
#include "headroom/group_state.h"
#include "headroom/names.h"
#include "headroom/reasons.h"

namespace headroom {
namespace {

constexpr const char* kNotStored = "the change could not be stored";
constexpr const char* kLocked = "the change could not be stored: something else holds what it needs in the database";
constexpr const char* kSlow =
    "the change could not be stored: the database took too long, or something else holds what it needs there";
constexpr const char* kNoAnswer =
    "the change could not be stored: the database does not answer, or refuses this node (its log says why)";
// Given again under the same Idempotency-Key it is carried out once.
constexpr const char* kUnknown =
    "whether the change is stored is not known, and it may yet be: the database did not answer in time; look before"
    " you order it again";
constexpr const char* kNotQueued = "the write queue is full, or the daemon is stopping";

constexpr const char* kResumeHint = "an operator paused it; headroomctl resume ends that";

std::string hint_of(std::string_view own_reason) {
  const Explanation why = explain(own_reason);
  return why.hint.empty() ? why.what : why.what + ": " + why.hint;
}

const char* why_not_stored(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const StorageError& why) {
    switch (why.kind()) {
      case StorageError::Kind::kUnknown:
        return kUnknown;
      case StorageError::Kind::kUnavailable:
        return kNoAnswer;
      case StorageError::Kind::kTimeout:
        return kSlow;
      case StorageError::Kind::kConflict:
        return kLocked;
      case StorageError::Kind::kFull:
      case StorageError::Kind::kFatal:
      case StorageError::Kind::kOther:
        return kNotStored;
    }
  } catch (...) {
  }
  return kNotStored;
}

}  // namespace

// The store's word, which may be another node's; but the daemon's own pause is shown before it is in the store.
bool Operations::paused(Transaction& storage) const {
  {
    const std::lock_guard lock(pause_mutex_);
    if (own_unsaved_ && pause_.state().paused()) return true;
  }
  return PauseSwitch::read(storage).paused();
}

// Of several nodes, with the mode of the one that leads: it carries out what is ordered.
std::shared_ptr<const Settings> Operations::settings() const {
  auto own = settings_.get();
  const auto mode = daemon_.leaders_mode();
  if (!mode || *mode == own->mode) return own;
  auto theirs = std::make_shared<Settings>(*own);
  theirs->mode = *mode;
  return theirs;
}

DaemonStatus Operations::status() const { return status_with(pause_.state()); }

DaemonStatus Operations::status_with(const PauseSwitch::State& pause) const {
  const auto settings = this->settings();
  DaemonStatus status;
  status.mode = settings->mode;
  status.paused = pause.paused();
  status.paused_reason = pause.reason();
  status.stale_after = settings->timing.stale_after;
  status.max_removals_per_day = settings->policy.max_removals_per_day;
  const TimeMs now = clock_.now();
  status.open = is_open(settings->calendar, now);
  status.next_open_at = next_opening(settings->calendar, now);
  status.capacity = settings->capacity;
  status.target_headroom = settings->policy.target_headroom;
  status.last_webhook_at = daemon_.last_webhook_at();
  status.last_refusal = daemon_.last_refusal();
  status.chat = daemon_.chat_status();
  if (!pause.own_reason.empty()) status.retry_at = daemon_.retry_at();
  const auto own_intake = daemon_.own_intake();
  if (own_intake) status.spooling = own_intake->spooling;
  const bool own_intake_fails = own_intake && !own_intake->failing.empty();
  if (own_intake_fails) {
    status.failing_check = "storage";
    status.failing_detail = "events can not be stored: " + own_intake->failing;
  } else if (const std::string failure = queue_.failure(); !failure.empty()) {
    status.failing_check = "storage";
    status.failing_detail = "events can not be stored: " + failure;
  } else if (const std::string full = queue_.full(); !full.empty() && !own_intake) {
    status.failing_check = "storage";
    status.failing_detail = "events can not be stored: " + full;
  } else if (gate_.stopping()) {
    status.failing_check = "stopping";
    status.failing_detail = "the daemon is stopping";
  }
  // Without a store nothing can be planned or removed. It ends by itself, as soon as the store works again. An intake
  // of this node's own is not the store.
  if (!status.paused && status.failing_check == "storage" && !own_intake_fails) {
    status.paused = true;
    status.paused_reason = kStorageFailing;
  }
  if (status.paused) status.paused_hint = pause.operator_reason.empty() ? hint_of(status.paused_reason) : kResumeHint;
  return status;
}

// Runs `job` on the commit queue, unless the request is a repeat; `done` has its result once it is on disk.
template <typename T>
void Operations::submit(Job<T> job, After<T> after, Done<T> done) {
  struct Answer {
    Result<T> result = Denied{Denied::kUnavailable, kNotStored};
    std::optional<KeptAnswer> kept;
  };
  const auto answer = std::make_shared<Answer>();
  const auto finish = [answer, after = std::move(after), done] {
    after(answer->result);
    if (answer->kept) {
      done.send(*answer->kept);
    } else {
      done(std::move(answer->result));
    }
  };
  const bool queued = queue_.submit(
      [this, job = std::move(job), answer, done = std::move(done)](Transaction& storage) {
        answer->kept.reset();
        if (!done.key()) {
          answer->result = job(storage);
          return;
        }
        const TimeMs now = clock_.now();
        const Repeat repeat = find_repeat(storage, *done.key(), daemon_.answers_kept_after(now));
        if (const auto* kept = std::get_if<KeptAnswer>(&repeat)) {
          answer->result = Denied{Denied::kConflict, "it is a repeat"};
          answer->kept = *kept;
        } else if (const auto* denied = std::get_if<Denied>(&repeat)) {
          answer->result = *denied;
        } else {
          answer->result = job(storage);
          answer->kept = done.render(answer->result);
          keep_for_repeats(storage, *done.key(), *answer->kept, now);
        }
      },
      [answer, finish](const std::exception_ptr& error) {
        if (error) *answer = {Denied{Denied::kUnavailable, why_not_stored(error)}, {}};
        finish();
      });
  if (queued) return;
  answer->result = Denied{Denied::kUnavailable, kNotQueued};
  finish();
}

// For those who give orders of one kind each.
template void Operations::submit(Job<Run> job, After<Run> after, Done<Run> done);
template void Operations::submit(Job<Exemption> job, After<Exemption> after, Done<Exemption> done);
template void Operations::submit(Job<std::vector<Exemption>> job, After<std::vector<Exemption>> after,
                                 Done<std::vector<Exemption>> done);
template void Operations::submit(Job<Nothing> job, After<Nothing> after, Done<Nothing> done);
template void Operations::submit(Job<DaemonStatus> job, After<DaemonStatus> after, Done<DaemonStatus> done);

void Operations::set_silent(const Actor& actor, const std::string& group_id, bool silent, Done<Group> done) {
  submit<Group>(
      [=, this](Transaction& storage) -> Result<Group> {
        auto group = storage.find_group(group_id);
        if (!group) return Denied{Denied::kNotFound, "no such group"};
        const TimeMs now = clock_.now();
        group->silent = silent;
        storage.save_group(after_other_word(std::move(*group), now));
        audit(storage, actor, silent ? AuditAction::kSilent : AuditAction::kUnsilent,
              exemption_target(ExemptionKind::kGroup, group_id), now);
        return *storage.find_group(group_id);
      },
      [this, made = Change{silent ? "silent group" : "silent group lifted", group_id, actor.token}](
          const Result<Group>& result) {
        if (!std::holds_alternative<Group>(result)) return;
        observer_.changed(made);
        daemon_.wake_threads();
      },
      std::move(done));
}

void Operations::start_sweep(const Actor& actor, bool dry_run, Done<Sweep> done) {
  submit<Sweep>(
      [=, this](Transaction& storage) -> Result<Sweep> {
        if (settings()->mode == SchedulerMode::kObserve)
          return Denied{Denied::kConflict, "the daemon runs in mode observe"};
        if (paused(storage)) return Denied{Denied::kConflict, "the scheduler is paused"};
        const TimeMs now = clock_.now();
        const auto sweep = insert_sweep(storage, dry_run, now);
        if (!sweep)
          return Denied{Denied::kConflict, "sweep " + std::to_string(storage.running_sweep()->id) + " is running"};
        audit(storage, actor, AuditAction::kSweep, "sweep:" + std::to_string(sweep->id), now);
        return *sweep;
      },
      [this, token = actor.token](const Result<Sweep>& result) {
        const Sweep* sweep = std::get_if<Sweep>(&result);
        if (sweep == nullptr) return;
        observer_.changed({"sweep", std::to_string(sweep->id), token});
        daemon_.wake_threads();
      },
      std::move(done));
}

}  // namespace headroom
