#include "daemon/threads/commit_queue.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <utility>

namespace headroom {
namespace {

std::exception_ptr refusal(const std::string& why) {
  return std::make_exception_ptr(StorageError(StorageError::Kind::kFatal, why));
}

// With less than that nothing is begun: it would only lose its connection.
constexpr std::chrono::milliseconds kLeastTime{50};

}  // namespace

CommitQueue::CommitQueue(Store& storage, Options options)
    : storage_(storage), options_(std::move(options)), thread_([this] { loop(); }) {}

CommitQueue::~CommitQueue() { stop(); }

std::optional<CommitQueue::Time> CommitQueue::deadline() const {
  const std::chrono::milliseconds within = options_.within();
  if (within.count() == 0) return std::nullopt;
  return std::chrono::steady_clock::now() + within;
}

bool CommitQueue::submit(Job job, Completion completion, std::size_t bytes) {
  const std::optional<Time> until = deadline();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || entries_.size() >= options_.capacity || bytes > options_.capacity_bytes - bytes_) return false;
    bytes_ += bytes;
    entries_.push_back({std::move(job), std::move(completion), false, bytes, nullptr, until});
  }
  work_.notify_one();
  return true;
}

void CommitQueue::commit(const Job& job, bool housekeeping) {
  std::promise<void> done;
  const std::optional<Time> until = deadline();
  {
    std::unique_lock lock(mutex_);
    space_.wait(lock, [this] { return stopping_ || entries_.size() < options_.capacity; });
    if (stopping_) std::rethrow_exception(refusal("the daemon is stopping"));
    entries_.push_back({job,
                        [&done](const std::exception_ptr& error) {
                          if (error) {
                            done.set_exception(error);
                          } else {
                            done.set_value();
                          }
                        },
                        housekeeping, 0, nullptr, until});
  }
  work_.notify_one();
  done.get_future().get();
}

void CommitQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  space_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t CommitQueue::depth() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool CommitQueue::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

std::string CommitQueue::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::string CommitQueue::full() const {
  const std::lock_guard lock(mutex_);
  return full_;
}

bool CommitQueue::works() const {
  const std::lock_guard lock(mutex_);
  return failure_.empty() && full_.empty();
}

void CommitQueue::loop() {
  std::vector<Entry> batch;
  while (take(batch)) {
    space_.notify_all();
    const bool housekeeping = std::any_of(batch.begin(), batch.end(), [](const Entry& e) { return e.housekeeping; });
    refuse_late(batch);
    if (!batch.empty()) {
      write(batch);
      tell_blocked();
      complete(batch);
    }
    if (!full().empty() && std::chrono::steady_clock::now() >= next_look_) look_for_room();
    // After the completions, so that no answer waits for it.
    if (failure().empty()) tried([&] { storage_.after_batch({housekeeping, !full().empty()}); });
  }
  write_delayed_at_end();
}

void CommitQueue::tell_blocked() {
  for (const Group& group : storage_.take_blocked()) {
    if (options_.blocked) options_.blocked(group);
  }
}

// Their memory is given back with them.
void CommitQueue::complete(std::vector<Entry>& batch) {
  std::size_t bytes = 0;
  {
    const auto meanwhile = options_.while_completing ? options_.while_completing() : nullptr;
    for (Entry& entry : batch) {
      entry.completion(entry.error);
      bytes += entry.bytes;
    }
  }
  batch.clear();
  const std::lock_guard lock(mutex_);
  bytes_ -= bytes;
}

// Whoever waited behind a batch that took its time is told that nothing was begun, while that is true. Those that are
// left go by the first one's time.
void CommitQueue::refuse_late(std::vector<Entry>& batch) {
  until_.reset();
  const auto soon = std::chrono::steady_clock::now() + kLeastTime;
  const auto is_late = [&](const Entry& entry) { return entry.until && *entry.until < soon; };
  const auto late = std::stable_partition(batch.begin(), batch.end(), [&](const Entry& e) { return !is_late(e); });
  std::vector<Entry> refused(std::make_move_iterator(late), std::make_move_iterator(batch.end()));
  batch.erase(late, batch.end());
  for (Entry& entry : refused) {
    entry.error = std::make_exception_ptr(StorageError(waited_for_, "it has waited for too long"));
  }
  if (!refused.empty()) complete(refused);
  for (const Entry& entry : batch) {
    if (entry.until && (!until_ || *entry.until < *until_)) until_ = entry.until;
  }
}

void CommitQueue::beat() {
  if (options_.pulse != nullptr) options_.pulse->beat();
}

// False at the end. An empty batch: nothing came, and it is time to look for room.
bool CommitQueue::take(std::vector<Entry>& batch) {
  batch.clear();
  std::unique_lock lock(mutex_);
  beat();
  finish_upkeep(lock);
  write_delayed_if_idle(lock);
  wait_for_work(lock);
  if (entries_.empty()) return !stopping_;
  fill(batch);
  return true;
}

void CommitQueue::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto is_due = [this] { return due(); };
  if (options_.pulse != nullptr) options_.pulse->rest();
  if (full_.empty()) {
    work_.wait(lock, is_due);
  } else {
    work_.wait_for(lock, options_.look_for_room_every, is_due);
  }
  beat();
}

bool CommitQueue::take_more(std::vector<Entry>& batch) {
  const std::size_t before = batch.size();
  {
    const std::lock_guard lock(mutex_);
    fill(batch);
  }
  if (batch.size() == before) return false;
  space_.notify_all();
  return true;
}

void CommitQueue::fill(std::vector<Entry>& batch) {
  while (!entries_.empty() && batch.size() < options_.max_batch) {
    batch.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
}

void CommitQueue::fail_all(std::vector<Entry>& batch, const std::exception_ptr& error) {
  for (Entry& entry : batch) entry.error = error;
  note_failure(error);
}

// After a failed sync or an I/O error nobody knows what is on disk: nothing more is written, the process ends.
void CommitQueue::note_failure(const std::exception_ptr& error) {
  std::string what;
  try {
    std::rethrow_exception(error);
  } catch (const StorageError& e) {
    using Kind = StorageError::Kind;
    if (e.kind() == Kind::kConflict || e.kind() == Kind::kUnavailable) waited_for_ = e.kind();
    if (e.kind() == StorageError::Kind::kFull) set_full(e.what());
    if (e.kind() != StorageError::Kind::kFatal || !options_.ends_with_fatal) return;
    what = e.what();
  } catch (...) {
    return;
  }
  fail(what);
}

void CommitQueue::fail(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = why;
  }
  if (options_.failed) options_.failed(why);
}

}  // namespace headroom
