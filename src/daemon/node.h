#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/failure_log.h"
#include "daemon/ground.h"
#include "daemon/neighbours.h"
#include "daemon/server_store.h"
#include "daemon/stop_steps.h"
#include "daemon/threads/step_thread.h"
#include "engine/gate/leadership.h"
#include "headroom/node.h"
#include "stored/database_problem.h"

namespace headroom {

// This node among those that share its database: it waits until that can be used, takes the lead when nobody has it,
// says that it is alive, and hears what orders the others have taken. All of it on one thread, with a connection of its
// own.
class Node {
 public:
  struct Hooks {
    std::function<void(Writer&)> database_ready;       // it answers, and its schema is ours; again if that throws
    std::function<void(ReadView&)> look;               // each time: what others may have ordered
    std::function<void()> lead_moved;                  // it leads, or does not any more
    std::function<std::int64_t()> spool_depth;
    // On the node that leads, now and then: whether a standby confirms each commit.
    std::function<void(bool)> synchronous;
    Neighbours::Hooks neighbours = {};
  };
  // All outlive this.
  Node(const Ground& ground, ServerStore& store, Leadership& leadership, Hooks hooks);

  void start(StopSteps& steps);
  void wake();
  // It leads in a moment, and nothing goes by that yet. On its own thread.
  void before_lead();
  // Says so once it is over: what is written down has to be so by then.
  void give_back_lead();

  // The database is there, and is none that this binary can use: the process has to end.
  std::optional<DatabaseProblem> unusable() const;
  // Another configuration is in force.
  void take_over(const Config& running);
  NodeState self() const;
  // Since the start, in seconds of the monotonic clock: how long the database did not answer.
  double unavailable_seconds() const;
  const Neighbours& neighbours() const { return neighbours_; }

 private:
  SteadyMs step();
  bool prepare();
  void lead_moved(bool leads);
  void say_alive(SteadyMs at);
  void look_at_schema();
  void give_up(const DatabaseProblem& problem);
  void look_at_standbys(SteadyMs at);
  std::optional<postgres::Standbys> standbys_now();
  void tell_standbys(const postgres::Standbys& seen);
  void note_away(const std::string& why, const char* hint);
  void note_back();

  const Ground ground_;
  FailureLog failures_{ground_.log, "node failed"};
  ServerStore& store_;
  Leadership& leadership_;
  const Hooks hooks_;
  Progress::Pulse& pulse_;
  Neighbours neighbours_;
  std::unique_ptr<ReadView> view_;
  bool prepared_ = false;
  bool led_ = false;
  SteadyMs say_at_;
  SteadyMs standbys_at_;
  std::optional<postgres::Standbys> standbys_;
  int schema_ = 0;  // of the database, when a newer one was told of

  mutable std::mutex mutex_;  // guards what follows
  NodeState self_;
  bool unsaid_ = false;  // another configuration is in force, and nobody knows
  std::optional<DatabaseProblem> unusable_;
  std::optional<SteadyMs> away_since_;
  DurationMs away_for_ = 0;
  std::unique_ptr<StepThread> thread_;
};

}  // namespace headroom
