#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/disk_room.h"
#include "daemon/ground.h"
#include "daemon/stop_steps.h"
#include "daemon/threads/commit_queue.h"
#include "sqlite/database_lock.h"
#include "sqlite/file_place.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"

namespace headroom {

// The daemon's database: its lock, its one writer, and views for everybody else.
class DaemonStore {
 public:
  // Takes the lock, and no more. Throws DatabaseProblem (another app's, another daemon's).
  explicit DaemonStore(const Ground& ground);

  // Migrates when it is told to, and opens. `started` is called once the log has said that the daemon starts, before
  // it says anything else; `has_room`, on the queue's thread, when a full disk has room again. Throws DatabaseProblem,
  // StorageError.
  void open(const std::function<void()>& started, std::function<void()> has_room);
  // What is to be written down at the end.
  void end_with(StopSteps& steps);

  CommitQueue& queue() { return *queue_; }
  const CommitQueue& queue() const { return *queue_; }
  std::unique_ptr<SqliteReadView> view() const;
  // Set once a write has failed in a way after which nothing more may be written: the process has to end.
  bool failed() const { return failed_; }
  // To be called several times a second: whether the file is still the one that was opened.
  void look();

  std::int64_t file_bytes() const;
  std::int64_t log_bytes() const;
  // Of the file system that it is on.
  DiskRoom room() const;

 private:
  std::unique_ptr<SqliteStorage> open_storage(const std::function<void()>& started) const;
  CommitQueue::Options queue_options(std::function<void()> has_room);

  const Ground ground_;
  const std::string path_;
  std::atomic<bool> failed_ = false;
  DatabaseLock lock_;
  std::unique_ptr<SqliteStorage> storage_;
  std::unique_ptr<FilePlace> place_;
  std::unique_ptr<CommitQueue> queue_;
};

}  // namespace headroom
