#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/progress.h"
#include "engine/writer.h"
#include "stored/pause.h"

namespace headroom {

// The one writer: a thread that takes what is queued, runs it in one durable transaction, then completes the jobs. The
// batch grows with the load, so the cost of a sync is shared. What the store does for itself is this thread's too.
class CommitQueue final : public WriteQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    std::size_t capacity = 10000;             // jobs that may wait
    std::size_t capacity_bytes = 64 << 20;    // of memory that they and the ones under way hold
    std::size_t max_batch = 1024;             // jobs in one transaction
    // The longest from submit() to a job's completion, all tries and their waits among it, of those that are submitted
    // now; 0: as long as it takes.
    std::function<std::chrono::milliseconds()> within = [] { return std::chrono::milliseconds(0); };
    // For the store, before a batch that has to end by then: when its tries have to end, which may be earlier.
    std::function<Time(Time)> give_up_at = [](Time until) { return until; };
    std::chrono::milliseconds look_at_upkeep_every{2};  // of the store's; while nobody waits
    std::chrono::milliseconds write_delayed_after{20};  // of the store's; with nobody waiting for so long
    // Groups that a transaction has made blocked, or blocked for another reason; before its jobs are completed.
    std::function<void(const Group&)> blocked;
    // After every transaction: jobs, seconds from begin to commit.
    std::function<void(std::size_t, double)> committed;
    // What it returns lives while the jobs of a transaction are completed.
    std::function<std::shared_ptr<void>()> while_completing;
    // Before a batch is tried again that another writer to the same store was in the way of: told how often it was
    // tried.
    std::function<void(int)> pause = stored::sleep_after;
    // Once, when a write failed in a way after which nothing more may be written.
    std::function<void(const std::string&)> failed;
    bool ends_with_fatal = true;  // kFatal is such a one; false: what a server says of its files ends nobody here
    // When the disk has become full, with SQLite's words; and with none when there is room again.
    std::function<void(const std::string&)> full;
    // While the disk is full: how often it is asked for its room, and how much of it ends that. What was written says
    // nothing: a small row fits where no event would.
    std::chrono::milliseconds look_for_room_every{1000};
    std::function<std::int64_t()> free_bytes;  // none: there always is room
    std::int64_t needed_bytes = 0;
    // Its thread's; null: nobody asks.
    Progress::Pulse* pulse = nullptr;
  };

  CommitQueue(Store& storage, Options options);
  ~CommitQueue() override;  // drains

  bool submit(Job job, Completion completion, std::size_t bytes = 0) override;
  // Waits for a place when the queue is full: its callers are the daemon's own few threads.
  void commit(const Job& job) override { commit(job, false); }
  void commit_housekeeping(const Job& job) override { commit(job, true); }

  // Nothing may be written any more: every job from now on fails for this reason. For failures that others meet.
  void fail(const std::string& why);

  // Refuses new jobs, finishes the queued ones and ends the thread.
  void stop();

  std::size_t depth() const;
  bool stopping() const override;
  std::string failure() const override;
  std::string full() const override;
  // Neither of the two.
  bool works() const override;

 private:
  struct Entry {
    Job job;
    Completion completion;
    bool housekeeping = false;
    std::size_t bytes = 0;
    std::exception_ptr error;
    std::optional<Time> until = {};  // when it has to be completed
  };

  void commit(const Job& job, bool housekeeping);
  std::optional<Time> deadline() const;
  void loop();
  bool take(std::vector<Entry>& batch);
  bool take_more(std::vector<Entry>& batch);
  void fill(std::vector<Entry>& batch);  // under mutex_
  bool due() const { return stopping_ || !entries_.empty(); }  // under mutex_
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void finish_upkeep(std::unique_lock<std::mutex>& lock);
  void write_delayed_if_idle(std::unique_lock<std::mutex>& lock);
  bool may_write_delayed() const;  // under mutex_
  void write_delayed_at_end();
  void complete(std::vector<Entry>& batch);
  void refuse_late(std::vector<Entry>& batch);
  void tell_blocked();
  void beat();
  void look_for_room();
  void set_full(const std::string& why);
  void write(std::vector<Entry>& batch);
  bool try_together(std::vector<Entry>& batch);
  void one_by_one(std::vector<Entry>& batch);
  void try_alone(Entry& entry);
  void fail_or_conflict(std::vector<Entry>& batch);
  void pause(int attempt);
  void fail_all(std::vector<Entry>& batch, const std::exception_ptr& error);
  void note_failure(const std::exception_ptr& error);
  bool tried(const std::function<void()>& upkeep);

  Store& storage_;  // the loop's thread only
  const Options options_;

  mutable std::mutex mutex_;
  std::condition_variable work_;   // entries_, stopping_
  std::condition_variable space_;  // entries_ shrank
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;  // of entries_, and of the batch under way
  bool stopping_ = false;
  std::string failure_;
  std::string full_;
  // The loop's thread only:
  Time next_look_;
  std::optional<Time> until_;  // of the batch: its first job's
  Time try_began_;
  Time::duration last_write_took_{};
  // What the newest batch has met, and so what those behind it have waited for.
  StorageError::Kind waited_for_ = StorageError::Kind::kTimeout;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace headroom
