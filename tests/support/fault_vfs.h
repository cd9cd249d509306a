#pragma once

#include <sqlite3.h>

#include <atomic>
#include <functional>
#include <string>

#include "tests/support/unsynced_writes.h"

namespace headroom::test {

// A disk that fails on demand: an SQLite VFS over the default one. The faults may be set from any thread.
class FaultVfs {
 public:
  enum class Role { kByName, kDefault };
  explicit FaultVfs(Role role = Role::kByName);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // Pass it as `vfs` when opening; as the default it is taken anyway.
  const std::string& name() const { return name_; }

  // Result codes that the next calls return; SQLITE_OK: they go through.
  std::atomic<int> on_open = SQLITE_OK;
  std::atomic<int> opens_before_fault = 0;  // so many more of them go through
  std::atomic<int> on_write = SQLITE_OK;
  std::atomic<int> on_sync = SQLITE_OK;
  std::atomic<int> on_database_sync = SQLITE_OK;  // of the database file alone: a checkpoint
  std::atomic<int> on_read = SQLITE_OK;
  std::atomic<int> on_index = SQLITE_OK;   // of the log's index, which is shared memory
  std::atomic<int> on_growth = SQLITE_OK;  // of writes behind a file's end: a disk that is full
  // A write that fails has written its first half.
  std::atomic<bool> short_writes = false;
  // How long each sync takes, at most a minute; and how much longer that of the database file.
  std::atomic<int> sync_delay_ms = 0;
  std::atomic<int> database_sync_delay_ms = 0;
  // Called before each sync of the database file, by whoever syncs it. To be set before there are others.
  std::function<void()> before_database_sync;
  // The same for the log: a commit is on disk behind it.
  std::function<void()> before_log_sync;

  // What the disk would lose: tracked from the next open on.
  void track_unsynced() { tracking_ = true; }
  bool tracking() const { return tracking_; }
  UnsyncedWrites& unsynced() { return unsynced_; }

 private:
  const std::string name_ = "fault";
  std::atomic<bool> tracking_ = false;
  UnsyncedWrites unsynced_;
  sqlite3_vfs vfs_{};
};

}  // namespace headroom::test
