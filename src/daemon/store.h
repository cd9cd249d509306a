#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "daemon/ground.h"
#include "daemon/metrics_snapshot.h"
#include "daemon/stop_steps.h"
#include "daemon/threads/commit_queue.h"
#include "headroom/intake.h"
#include "headroom/read_view.h"
#include "stored/schema.h"

namespace headroom {

// The daemon's database: the one writer of this process, and views for everybody else.
class DaemonStore {
 public:
  virtual ~DaemonStore() = default;

  // Migrates when it is told to, and opens. `started` is called once the log has said that the daemon starts, before
  // it says anything else; `has_room`, on the queue's thread, when a full disk has room again. Throws DatabaseProblem,
  // StorageError.
  virtual void open(const std::function<void()>& started, std::function<void()> has_room) = 0;
  // What is to be written down at the end.
  virtual void end_with(StopSteps& steps) = 0;

  CommitQueue& queue() { return *queue_; }
  const CommitQueue& queue() const { return *queue_; }
  // Where what operators order goes.
  virtual CommitQueue& orders() { return *queue_; }
  virtual std::unique_ptr<ReadView> view() const = 0;
  // For a thread that answers one after the other: it waits less where somebody has just waited in vain.
  virtual std::unique_ptr<ReadView> view_for_answers() const { return view(); }
  // Where webhooks go. Once, behind open(); it lives as long as this. `group_due`: one has made a group due.
  virtual Intake& open_intake(std::function<void()> group_due) = 0;
  // Set once a write has failed in a way after which nothing more may be written: the process has to end.
  bool failed() const { return failed_; }
  // To be called several times a second: whether it is still the one that was opened.
  virtual void look() {}
  // Its own size, and the room that is left where it, or the node's own file, is.
  virtual void measure(MetricsSnapshot& snapshot) const = 0;

 protected:
  explicit DaemonStore(const Ground& ground) : ground_(ground) {}

  // What both have in common.
  CommitQueue::Options queue_options(std::function<void()> has_room, const char* name = "commit queue");
  void log_start(const std::string& database, int schema, const std::function<void()>& started) const;
  void log_migrations(const MigrateReport& report) const;

  const Ground ground_;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> slow_ = false;  // the newest commit was
  std::unique_ptr<CommitQueue> queue_;
};

}  // namespace headroom
