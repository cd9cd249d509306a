#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/threads/workers.h"
#include "engine/event_intake.h"
#include "engine/gate/daemon_gate.h"
#include "engine/gate/leadership.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/orders/operations.h"
#include "engine/runs/work_queue.h"
#include "engine/schedule/scheduler.h"
#include "engine/sweeps/sweeper.h"
#include "tests/model/store.h"
#include "tests/model/world_chat.h"

namespace headroom::model {

// Who gives the orders.
inline const Actor kSomebody{"model", AdminRole::kOperator, "127.0.0.1", ""};

// The daemon's own parts, wired as App does it, but in virtual time and in one thread: scheduler and workers are tasks
// that take turns. Destroying it is killing it.
class Daemon final : public Observer, public SelfPause, public RunningDaemon {
 public:
  struct Chances {
    double crash = 0;         // at each commit
    double full_disk = 0;     // at each commit
    double run_twice = 0.05;  // a job of a commit
    double lost_commit = 0;   // it is stored, and nobody is told so
  };

  // One of several over one store, or alone.
  struct Node {
    std::string name;  // before those of its threads
    bool alone = true;
    std::int64_t start = 1;  // of all of them
  };

  Daemon(Outside& outside, Store& store, const Settings& settings, int workers, const Chances& chances,
         const Node& node);
  ~Daemon() override;

  // Makes threads that have something to do run; call it after every step of the timeline.
  void wake();
  // The orderly end: what is in flight is finished or broken off. It is over when stopped() says so.
  void begin_stop();
  bool stopped() const;
  // It died by itself: what is left has to be destroyed.
  bool crashed() const { return crashed_; }
  // From outside, wherever its tasks stand.
  void kill();
  bool stopping() const { return gate_.stopping(); }
  void calm() {
    chances_ = {};
    calm_ = true;
  }

  // Which one it is: the next one may well lie at its address.
  std::int64_t start() const { return node_.start; }
  bool leads() const override { return leadership_->may_send(leadership_->term()); }
  bool shared() const override { return !node_.alone; }
  // It stands still, or its store does not answer it, until then.
  void freeze(TimeMs until);
  void cut_off(TimeMs until) { cut_off_until_ = std::max(cut_off_until_, until); }
  // Neither is so.
  bool answers() const { return outside_.timeline.now() >= std::max(frozen_until_, cut_off_until_); }
  // As the next tick of its scheduler would.
  void nudge() { wake_scheduler_ = true; }

  // A webhook. False: not stored.
  bool record(const Event& event);
  // For orders: call it, then settle() waits until it is on disk and answered.
  Operations& operations() { return operations_; }
  void settle();
  // Its wall clock was set: the scheduler looks at it.
  void clock_was_set() { wake_scheduler_ = true; }
  void reload(const Settings& settings);
  const SettingsCell& settings() const { return settings_; }
  ReadView& view() { return *view_; }
  bool idle() const { return work_.in_hand() == 0; }

  std::function<void()> before_commit;  // of a test: called once, by the next commit of a task

 private:
  // Observer: of what the scheduler and the sweeper end.
  void lead_taken(std::int64_t fence) override;
  void lead_lost(std::int64_t fence) override;
  void run_finished(const Run& run) override { outside_.oracle.run_ended(run, outside_.timeline.now()); }
  void sweep_began(const Sweep& sweep) override;
  void sweep_ended(const Sweep& sweep) override;
  // SelfPause. An order that the oracle hears of.
  void pause_self(const Reason& reason, const std::string& group_id) override;
  void end_own_pause(const Reason& cause, PauseEnd end) override;
  void keep_own_pause() override { operations_.keep_own_pause(); }
  // RunningDaemon.
  void wake_threads() override { wake_scheduler_ = wake_sweeper_ = true; }

  class Turn;  // commits of one task
  class Link;  // those of the lease
  class TaskClock;
  struct Worker;

  void die();
  void do_commit(const Writer::Job& job, bool holds = true);
  void reach_the_store();
  std::vector<Task*> tasks() const;
  std::unique_ptr<LeadersWriter> writer_of(Turn& turn);
  Workers::Tools make_tools(Worker& worker);
  Workers::Hooks worker_hooks(const Sight& sight);
  void work(Worker& worker);
  void sweep();
  void schedule();
  SteadyMs follow_or_lead();
  void keep_lease();
  TimeMs oversleep();
  // On the timeline.
  TimeMs really(TimeMs wall) const { return wall - outside_.oracle.clock.error(); }
  static TimeMs really(SteadyMs steady) { return steady.ms; }

  Outside& outside_;
  Observer silent_;  // of runs and orders: the store says what became of them
  Chances chances_;
  SettingsCell settings_;
  PauseSwitch pause_;
  bool cancelled_ = false;
  bool crashed_ = false;
  bool calm_ = false;
  std::atomic<bool> wake_scheduler_ = false;
  std::atomic<bool> wake_sweeper_ = false;
  bool scheduler_sleeps_ = false;
  bool settles_ = false;  // since a reload the scheduler has asked for each next step at once
  bool sweeper_sleeps_ = false;

  const Node node_;
  TimeMs frozen_until_ = 0;
  TimeMs cut_off_until_ = 0;
  headroom::Store& storage_;
  const std::shared_ptr<ReadView> view_;
  OrderQueue& queue_;
  DaemonGate gate_;
  WorkQueue work_;
  std::unique_ptr<TaskClock> clock_;
  Operations operations_;

  std::unique_ptr<Link> link_;
  std::unique_ptr<Leadership> leadership_;
  std::shared_ptr<Task> lease_task_;  // none: it is alone

  Sight scheduler_sight_;
  std::unique_ptr<WorldChat> scheduler_chat_;
  std::unique_ptr<Turn> scheduler_turn_;
  std::unique_ptr<LeadersWriter> scheduler_writer_;
  Leadership::Term taken_over_ = 0;
  std::unique_ptr<Scheduler> scheduler_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::shared_ptr<Task> scheduler_task_;

  // Steps and reads by turns, where App has threads for each.
  Sight sweep_sight_;
  std::unique_ptr<WorldChat> sweep_chat_;
  std::unique_ptr<Turn> sweep_turn_;
  std::unique_ptr<LeadersWriter> sweep_writer_;
  std::unique_ptr<Sweeper> sweeper_;
  std::shared_ptr<Task> sweep_task_;
};

}  // namespace headroom::model
