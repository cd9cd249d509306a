#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "daemon/chat_clients.h"
#include "daemon/failure_log.h"
#include "daemon/ground.h"
#include "daemon/stop_steps.h"
#include "daemon/store.h"
#include "daemon/threads/step_thread.h"
#include "daemon/threads/workers.h"
#include "engine/gate/daemon_gate.h"
#include "engine/gate/leadership.h"
#include "engine/orders/operations.h"
#include "engine/runs/work_queue.h"
#include "engine/schedule/scheduler.h"

namespace headroom {

// What judges and removes: orders, the scheduler, and the workers that carry out its runs.
class Pruning {
 public:
  // `daemon`: what orders move in it. All outlive this.
  Pruning(const Ground& ground, DaemonStore& store, ChatClients& clients, Leadership& leadership,
          RunningDaemon& daemon);

  // Begins: whenever this node leads it takes up what an earlier leader has left, and decides.
  void start(StopSteps& steps);

  // From any thread, before the start as well.
  void wake();
  // Whatever it waits for because of a failure is over.
  void ask_at_once() { scheduler_.ask_at_once(); }
  std::optional<TimeMs> retry_at() const { return scheduler_.retry_at(); }
  TimeMs answers_kept_after();

  Operations& operations() { return operations_; }

 private:
  std::unique_ptr<ChatApi> scheduler_client(ChatClients& clients);
  Workers::Hooks worker_hooks();
  Workers::Tools make_tools();
  SteadyMs step();
  bool lead();
  void stop_scheduler();

  const Ground ground_;
  DaemonStore& store_;
  ChatClients& clients_;
  Leadership& leadership_;
  RunningDaemon& daemon_;
  DaemonGate gate_;
  WorkQueue work_;
  Operations operations_;
  Progress::Pulse& pulse_;  // of the scheduler
  const std::unique_ptr<ReadView> view_;
  LeadersWriter writer_;  // of the scheduler
  const std::unique_ptr<ChatApi> chat_;
  Scheduler scheduler_;
  FailureLog failures_{ground_.log, "scheduler failed"};
  Leadership::Term taken_over_ = 0;  // the scheduler's thread, once it is there
  SteadyMs adopts_at_;               // alone
  std::unique_ptr<Workers> workers_;
  std::mutex mutex_;
  std::unique_ptr<StepThread> thread_;  // guarded by mutex_
};

}  // namespace headroom
