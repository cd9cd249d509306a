#include "engine/orders/operations.h"

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

const std::string kDefaultPauseReason = "paused by an operator";
constexpr const char* kNotStored = "the change could not be stored";
constexpr const char* kNotQueued = "the write queue is full, or the daemon is stopping";

constexpr const char* kResumeHint = "an operator paused it; headroomctl resume ends that";

std::string hint_of(std::string_view own_reason) {
  const Explanation why = explain(own_reason);
  return why.hint.empty() ? why.what : why.what + ": " + why.hint;
}

}  // namespace

// A pause is in the store before it is shown, the daemon's own is shown before it is in the store.
bool Operations::paused(Transaction& storage) const {
  return pause_.state().paused() || PauseSwitch::read(storage).paused();
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
  if (own_intake && !own_intake->failing.empty()) {
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
  // Without a store nothing can be planned or removed. It ends by itself, as soon as the store works again.
  if (!status.paused && status.failing_check == "storage") {
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
        if (error) *answer = {};
        finish();
      });
  if (queued) return;
  answer->result = Denied{Denied::kUnavailable, kNotQueued};
  finish();
}

template void Operations::submit(Job<Run> job, After<Run> after, Done<Run> done);  // for operations_runs.cpp

Exemption Operations::put(Transaction& storage, const Actor& actor, Exemption exemption) const {
  exemption.created_at = clock_.now();
  const Exemption stored = storage.put_exemption(exemption);
  audit(storage, actor, AuditAction::kExempt, exemption_target(stored.kind, stored.subject), exemption.created_at);
  if (stored.kind == ExemptionKind::kGroup) {
    if (auto group = storage.find_group(stored.subject)) {
      storage.save_group(after_exempted(std::move(*group), stored.expires_at));
    }
  }
  return stored;
}

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

void Operations::put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) {
  submit<Exemption>([=, this](Transaction& storage) -> Result<Exemption> { return put(storage, actor, exemption); },
                    [this, made = Change{"exemption put", exemption.subject, actor.token}](const auto& result) {
                      if (std::holds_alternative<Exemption>(result)) observer_.changed(made);
                    },
                    std::move(done));
}

// One transaction: it holds the writer for as long as it takes, which is why there is a limit to their number.
void Operations::put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                                Done<std::vector<Exemption>> done) {
  using Stored = std::vector<Exemption>;
  submit<Stored>(
      [=, this](Transaction& storage) -> Result<Stored> {
        Stored stored;
        for (const Exemption& exemption : exemptions) stored.push_back(put(storage, actor, exemption));
        return stored;
      },
      [this, token = actor.token](const Result<Stored>& result) {
        const Stored* stored = std::get_if<Stored>(&result);
        if (stored == nullptr) return;
        for (const Exemption& exemption : *stored) observer_.changed({"exemption put", exemption.subject, token});
      },
      std::move(done));
}

void Operations::delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                                  Done<Nothing> done) {
  submit<Nothing>(
      [=, this](Transaction& storage) -> Result<Nothing> {
        const TimeMs now = clock_.now();
        // One that is over is none, also before the scheduler has taken it. It goes all the same: the clock that calls
        // it over may be wrong, and whoever lifts it is not to find it again when the clock is right.
        const bool holds = storage.find_exemption(kind, subject, now).has_value();
        if (!storage.delete_exemption(kind, subject) || !holds) {
          return Denied{Denied::kNotFound, "there is no such exemption"};
        }
        audit(storage, actor, AuditAction::kUnexempt, exemption_target(kind, subject), now);
        if (kind == ExemptionKind::kGroup) {
          if (auto group = storage.find_group(subject)) {
            storage.save_group(after_exemption_lifted(std::move(*group), now));
          }
        }
        return Nothing{};
      },
      [this, made = Change{"exemption deleted", subject, actor.token}](const Result<Nothing>& result) {
        if (!std::holds_alternative<Nothing>(result)) return;
        observer_.changed(made);
        daemon_.wake_threads();
      },
      std::move(done));
}

void Operations::change_pause(PauseJob change, Change made, Done<DaemonStatus> done) {
  struct Next {
    PauseSwitch::State state;
    bool brings_own = false;
  };
  const auto next = std::make_shared<Next>();
  {
    const std::lock_guard lock(pause_mutex_);
    ++pause_changes_;
  }
  submit<DaemonStatus>(
      [change = std::move(change), next, this](Transaction& storage) -> Result<DaemonStatus> {
        next->state = PauseSwitch::read(storage);
        {
          const std::lock_guard lock(pause_mutex_);
          next->brings_own = own_unsaved_;
          if (own_unsaved_) next->state.take_own(pause_.state());
        }
        change(storage, next->state);
        PauseSwitch::write(storage, next->state);
        return status_with(next->state);
      },
      [this, next, made = std::move(made)](const Result<DaemonStatus>& result) {
        {
          const std::lock_guard lock(pause_mutex_);
          --pause_changes_;
          if (!std::holds_alternative<DaemonStatus>(result)) return;
          if (next->brings_own) own_unsaved_ = false;
          if (own_unsaved_) next->state.take_own(pause_.state());  // it came meanwhile
          pause_.show(next->state);
          ++pause_shown_;
        }
        Change shown = made;
        shown.subject = next->state.reason();
        observer_.changed(shown);
        daemon_.wake_threads();
      },
      std::move(done));
}

// What this node itself changes meanwhile is newer.
void Operations::look_at_pause(ReadView& view) {
  std::int64_t shown = 0;
  {
    const std::lock_guard lock(pause_mutex_);
    if (own_unsaved_ || pause_changes_ > 0) return;
    shown = pause_shown_;
  }
  const PauseSwitch::State stored = PauseSwitch::read(view);
  bool moved = false;
  {
    const std::lock_guard lock(pause_mutex_);
    if (own_unsaved_ || pause_changes_ > 0 || pause_shown_ != shown) return;
    moved = pause_.state().paused() != stored.paused();
    pause_.show(stored);
  }
  if (moved) daemon_.wake_threads();
}

void Operations::pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) {
  change_pause(
      [=, this](Transaction& storage, PauseSwitch::State& state) {
        const std::string& why = reason.empty() ? kDefaultPauseReason : reason;
        if (state.operator_reason == why) return;
        state.operator_reason = why;
        audit(storage, actor, AuditAction::kPause, kSchedulerTarget, clock_.now());
      },
      {"pause", "", actor.token}, std::move(done));
}

void Operations::resume(const Actor& actor, Done<DaemonStatus> done) {
  change_pause(
      [=, this](Transaction& storage, PauseSwitch::State& state) {
        if (!state.paused()) return;
        // A standby that is missing is seen to be missing, and its end as well: nobody's word stands in for it.
        const PauseSwitch::State before = std::exchange(state, {});
        if (before.own_reason == Reason::kReplication) state.take_own(before);
        audit(storage, actor, AuditAction::kResume, kSchedulerTarget, clock_.now());
        daemon_.ask_at_once();
      },
      {"resume", "", actor.token}, std::move(done));
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

void Operations::pause_self(const Reason& reason, const std::string& group_id) {
  {
    // In force before it is on disk: nothing more may be decided meanwhile.
    const std::lock_guard lock(pause_mutex_);
    PauseSwitch::State now = pause_.state();
    if (now.own_reason == reason) return;
    now.own_reason = reason;
    now.own_group = group_id;
    pause_.show(now);
    own_unsaved_ = true;
  }
  change_pause(
      [reason, group_id](Transaction&, PauseSwitch::State& state) {
        state.own_reason = reason;
        state.own_group = group_id;
      },
      {"own pause", "", ""}, [](const Result<DaemonStatus>&) {});
  observer_.paused_itself(reason, group_id);
}

void Operations::keep_own_pause() {
  {
    const std::lock_guard lock(pause_mutex_);
    if (!own_unsaved_ || pause_changes_ > 0) return;
  }
  change_pause([](Transaction&, PauseSwitch::State&) {}, {"own pause", "", ""}, [](const Result<DaemonStatus>&) {});
}

void Operations::end_own_pause(PauseEnd end) {
  observer_.own_pause_ends(end);
  change_pause(
      [](Transaction&, PauseSwitch::State& state) {
        state.own_reason = Reason::kNone;
        state.own_group.clear();
      },
      {"own pause ended", "", ""}, [](const Result<DaemonStatus>&) {});
}

}  // namespace headroom
