#pragma once

#include <future>
#include <memory>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

// What becomes of the log behind a checkpoint: commits go on in it, behind what was moved; or it begins anew, and they
// wait for the disk.
enum class LogAfter { kGoesOn, kBeginsAnew };

// Moves the log into the database file as far as readers allow. The file is synced beside the writer, who goes on in
// the meantime: behind what was moved, since a reader of its own keeps the log from beginning anew, or, when it is to
// begin anew, up to the commit, which waits. What was moved is nowhere else on disk until the sync is over. Belongs to
// the one connection that writes, and to its thread.
class Checkpoint {
 public:
  // `reader` is another connection to the same file.
  Checkpoint(Connection& writer, std::unique_ptr<Connection> reader);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  // Outside a transaction. Throws SQLite::Exception, as the others do.
  void start(LogAfter log);
  // Returns when what start() moved is on disk; at once when there is nothing to wait for. Once it was not to be had on
  // disk, it throws each time: the log is the only place that has it.
  void finish();
  bool is_running() const;
  bool lets_commits_go_on() const { return held_; }
  // Before each transaction: a cache that spills writes to the log.
  void before_transaction();
  // Before each commit.
  void before_commit();

 private:
  int sync_database();
  void hold_log();
  void let_log_go();

  Connection& writer_;
  const std::unique_ptr<Connection> reader_;
  bool held_ = false;      // by the reader, which is in a transaction
  bool unsynced_ = false;  // what is moved, and may be missing on disk
  std::future<int> sync_;  // of that, when a thread is at it
  int failed_ = 0;
  bool spills_ = true;
};

// What is in the log of another process may never have been synced: a killed one, or one whose sync failed, leaves
// frames that everybody sees and no disk holds. Whoever repeats such an event must not get an answer on the strength of
// them, and nothing new may stand behind them. So they go into the database file, with syncs of their own, and the log
// begins anew. Where a reader or a full disk is in the way, the log is synced, and stays. What counts as moved already,
// because a process that reads has kept the log's index, is moved again. Throws SQLite::Exception.
void settle_log(Connection& connection);

}  // namespace headroom::sqlite
