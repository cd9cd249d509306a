// How the commit queue writes a batch: together, or where one fails each by itself; and again when another was in its
// way.
#include <chrono>

#include "daemon/threads/commit_queue.h"
#include "headroom/again.h"

namespace headroom {
namespace {

// In a handler.
void rethrow_conflict() {
  try {
    throw;
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::kConflict) throw;
  } catch (...) {
  }
}

}  // namespace

void CommitQueue::write(std::vector<Entry>& batch) {
  if (const std::string broken = failure(); !broken.empty()) {
    fail_all(batch, std::make_exception_ptr(StorageError(StorageError::Kind::kFatal, broken)));
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  waited_for_ = StorageError::Kind::kTimeout;
  // Almost always nothing fails; then no job pays for a savepoint.
  const auto once = [&] {
    try_began_ = std::chrono::steady_clock::now();
    if (!try_together(batch)) one_by_one(batch);
  };
  if (until_) until_ = options_.give_up_at(*until_);
  try {
    tried_again(once, [this](int attempt) { pause(attempt); });
  } catch (const StorageError&) {
    fail_all(batch, std::current_exception());
  }
  last_write_took_ = std::chrono::steady_clock::now() - start;
  if (options_.committed) options_.committed(batch.size(), std::chrono::duration<double>(last_write_took_).count());
}

// Throws where there is no time for another try that takes as long as the last one.
void CommitQueue::pause(int attempt) {
  const auto took = std::chrono::steady_clock::now() - try_began_;
  const auto require_time = [&] {
    const bool hurried = !until_ && deadline();  // since it began
    if (!hurried && (!until_ || std::chrono::steady_clock::now() + took < *until_)) return;
    throw StorageError(StorageError::Kind::kConflict, "another was in the way, for longer than there is time");
  };
  require_time();
  beat();
  options_.pause(attempt);
  beat();
  require_time();
}

// False when one of them has failed, and nothing is stored. Throws a conflict, which fails all or none.
bool CommitQueue::try_together(std::vector<Entry>& batch) {
  try {
    storage_.begin();
    // While the commit would have to wait for the store's upkeep, those that have come in the meantime join.
    std::size_t done = 0;
    do {
      for (; done < batch.size(); ++done) {
        batch[done].job(storage_);
        beat();
      }
    } while (storage_.commit_would_wait() && take_more(batch));
  } catch (...) {
    storage_.rollback();
    note_failure(std::current_exception());
    rethrow_conflict();
    return false;
  }
  try {
    storage_.commit();
    for (Entry& entry : batch) entry.error = nullptr;
  } catch (...) {
    fail_or_conflict(batch);
  }
  return true;
}

// In a handler: all of them have failed, unless it is worth another try.
void CommitQueue::fail_or_conflict(std::vector<Entry>& batch) {
  storage_.rollback();
  rethrow_conflict();
  fail_all(batch, std::current_exception());
}

// Each job behind a savepoint of its own: one that fails is undone and alone reports its error.
void CommitQueue::one_by_one(std::vector<Entry>& batch) {
  if (const std::string broken = failure(); !broken.empty()) {
    fail_all(batch, std::make_exception_ptr(StorageError(StorageError::Kind::kFatal, broken)));
    return;
  }
  try {
    storage_.begin();
    for (Entry& entry : batch) try_alone(entry);
    storage_.commit();
  } catch (...) {
    fail_or_conflict(batch);
  }
}

// What a job holds that meets another goes with its savepoint: then it alone is tried again.
void CommitQueue::try_alone(Entry& entry) {
  entry.error = nullptr;
  const auto once = [&] {
    try_began_ = std::chrono::steady_clock::now();
    storage_.savepoint([&] { entry.job(storage_); });
  };
  try {
    tried_again(once, [this](int attempt) { pause(attempt); });
    beat();
  } catch (...) {
    entry.error = std::current_exception();
    note_failure(entry.error);
    if (!failure().empty()) throw;
  }
}

}  // namespace headroom
