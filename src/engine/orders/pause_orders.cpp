// Pauses, an operator's and the daemon's own.
#include <memory>
#include <optional>
#include <utility>

#include "engine/orders/audit_entry.h"
#include "engine/orders/operations.h"
#include "headroom/reasons.h"

namespace headroom {
namespace {

const std::string kDefaultPauseReason = "paused by an operator";

}  // namespace

void Operations::change_pause(PauseJob change, Change made, Done<DaemonStatus> done) {
  struct Next {
    PauseSwitch::State state;
    std::optional<PauseSwitch::State> brought;  // the daemon's own, which was not in the store
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
          if (own_unsaved_) next->state.take_own(next->brought.emplace(pause_.state()));
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
          if (next->brought && next->brought->has_own_of(pause_.state())) own_unsaved_ = false;
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
void Operations::look_at_pause(ReadView& view, bool leads) {
  std::int64_t shown = 0;
  {
    const std::lock_guard lock(pause_mutex_);
    shown = pause_shown_;
  }
  const PauseSwitch::State stored = PauseSwitch::read(view);  // also where it is not gone by: whether it can be read
  bool moved = false;
  {
    const std::lock_guard lock(pause_mutex_);
    if ((own_unsaved_ && leads) || pause_changes_ > 0 || pause_shown_ != shown) return;
    own_unsaved_ = false;
    moved = pause_.state().paused() != stored.paused();
    pause_.show(stored);
  }
  if (moved && !stored.paused()) daemon_.ask_at_once();  // as where somebody was told to resume
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
      [reason, group_id, this](Transaction&, PauseSwitch::State& state) {
        {
          const std::lock_guard lock(pause_mutex_);
          if (own_unsaved_) return;  // it is among what is brought along, or a newer one is
        }
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

void Operations::end_own_pause(const Reason& cause, PauseEnd end) {
  if (pause_.state().own_reason != cause) return;
  observer_.own_pause_ends(end);
  change_pause(
      [cause](Transaction&, PauseSwitch::State& state) {
        if (state.own_reason != cause) return;
        state.own_reason = Reason::kNone;
        state.own_group.clear();
      },
      {"own pause ended", "", ""}, [](const Result<DaemonStatus>&) {});
}

}  // namespace headroom
