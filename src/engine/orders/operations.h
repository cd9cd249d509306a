#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/gate/gate.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/self_pause.h"
#include "engine/gate/settings.h"
#include "engine/orders/running_daemon.h"
#include "engine/runs/work_queue.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/observer.h"

namespace headroom {

// What operators may do to the running daemon. Thread-safe: every change is a job of the commit queue.
class Operations final : public Control, public SelfPause {
 public:
  Operations(WriteQueue& queue, const SettingsCell& settings, const Gate& gate, PauseSwitch& pause, WorkQueue& work,
             const Clock& clock, Observer& observer, RunningDaemon& daemon)
      : queue_(queue),
        settings_(settings),
        gate_(gate),
        pause_(pause),
        work_(work),
        clock_(clock),
        observer_(observer),
        daemon_(daemon) {}

  DaemonStatus status() const override;
  std::string metrics_text() const override { return daemon_.metrics_text(); }
  std::optional<NodeState> sole_node() const override { return daemon_.sole_node(); }
  void start_run(const Actor& actor, const std::string& group_id, RunOrder order, Done<Run> done) override;
  void approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void restore_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override;
  void set_silent(const Actor& actor, const std::string& group_id, bool silent, Done<Group> done) override;
  void put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) override;
  void put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                      Done<std::vector<Exemption>> done) override;
  void delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                        Done<Nothing> done) override;
  void pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) override;
  // Ends an operator's pause and the daemon's own.
  void resume(const Actor& actor, Done<DaemonStatus> done) override;
  void start_sweep(const Actor& actor, bool dry_run, Done<Sweep> done) override;
  void inquire(const MemberQuestion& question, Done<Inquiry> done) override {
    daemon_.inquire(question, std::move(done));
  }
  void what_if(const WhatIfRequest& request, Done<WhatIf> done) override { daemon_.what_if(request, std::move(done)); }

  // Of several nodes: another one may have paused it, or ended that. From a thread of the daemon's, now and then.
  // `leads`: this node does; of one that does not, what it saw itself and could not store counts no longer.
  void look_at_pause(ReadView& view, bool leads);

  void pause_self(const Reason& reason, const std::string& group_id) override;
  void end_own_pause(const Reason& cause, PauseEnd end) override;
  void keep_own_pause() override;

 private:
  std::shared_ptr<const Settings> settings() const;
  bool paused(Transaction& storage) const;
  Exemption put(Transaction& storage, const Actor& actor, Exemption exemption) const;
  DaemonStatus status_with(const PauseSwitch::State& pause) const;
  using Decide = std::function<Result<Run>(Transaction&, Run)>;
  void begin_stored(const Actor& actor, AuditAction action, std::int64_t run_id, const Decide& decide, Done<Run> done);
  void leave_to_leader(Transaction& storage, Run& run) const;
  void hand_over(Work work);
  void restore(const Actor& actor, std::int64_t run_id, const std::optional<Result<Inquiry>>& looked, Done<Run> done);
  template <typename T>
  using Job = std::function<Result<T>(Transaction&)>;
  // What follows a job, when its result is on disk or could not be stored. Called once, before `done`.
  template <typename T>
  using After = std::function<void(const Result<T>&)>;
  template <typename T>
  void submit(Job<T> job, After<T> after, Done<T> done);
  using PauseJob = std::function<void(Transaction&, PauseSwitch::State&)>;
  // `made`: its subject is the reason that holds then.
  void change_pause(PauseJob change, Change made, Done<DaemonStatus> done);

  WriteQueue& queue_;
  const SettingsCell& settings_;
  const Gate& gate_;
  PauseSwitch& pause_;
  WorkQueue& work_;
  const Clock& clock_;
  Observer& observer_;
  RunningDaemon& daemon_;

  mutable std::mutex pause_mutex_;  // guards what follows, and what pause_ shows against lost changes
  bool own_unsaved_ = false;  // the daemon's own pause is shown and not in the store: each change brings it along
  int pause_changes_ = 0;     // under way
  std::int64_t pause_shown_ = 0;  // how often a change of this node's was
};

}  // namespace headroom
