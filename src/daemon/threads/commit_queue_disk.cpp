// What the commit queue does about its disk: the store's upkeep, and a disk that is full.
#include "daemon/threads/commit_queue.h"

namespace headroom {

// False when it failed.
bool CommitQueue::tried(const std::function<void()>& upkeep) {
  try {
    upkeep();
    return true;
  } catch (...) {
    note_failure(std::current_exception());
    return false;
  }
}

// With nobody waiting, what comes of the store's upkeep is to be known soon, and not with the next webhook.
void CommitQueue::finish_upkeep(std::unique_lock<std::mutex>& lock) {
  while (!due() && storage_.has_upkeep() && storage_.upkeep_running()) {
    work_.wait_for(lock, options_.look_at_upkeep_every, [this] { return due(); });
  }
  if (!entries_.empty() || !storage_.has_upkeep()) return;
  lock.unlock();
  tried([this] { storage_.finish_upkeep(); });
  lock.lock();
}

bool CommitQueue::may_write_delayed() const { return storage_.has_delayed() && full_.empty() && failure_.empty(); }

// What fails is tried again behind the next batch.
void CommitQueue::write_delayed_if_idle(std::unique_lock<std::mutex>& lock) {
  if (due() || !may_write_delayed()) return;
  work_.wait_for(lock, options_.write_delayed_after, [this] { return due(); });
  for (bool done = true; done && !due() && may_write_delayed();) {
    lock.unlock();
    done = tried([this] { storage_.write_delayed(); });
    beat();
    lock.lock();
  }
}

// The next start finds what is left, too: on a slow disk that is the quicker way, and a stop has its time.
void CommitQueue::write_delayed_at_end() {
  constexpr std::chrono::milliseconds kLongest{500};
  if (last_write_took_ > kLongest) return;
  const auto until = std::chrono::steady_clock::now() + kLongest;
  while (storage_.has_delayed() && works() && std::chrono::steady_clock::now() < until) {
    if (!tried([this] { storage_.write_delayed(); })) return;
  }
}

// The disk is counted, not tried. Where the store can make none itself, there is no room.
void CommitQueue::look_for_room() {
  next_look_ = std::chrono::steady_clock::now() + options_.look_for_room_every;
  if (!failure().empty() || !tried([this] { storage_.make_room(); })) return;
  if (!options_.free_bytes || options_.free_bytes() >= options_.needed_bytes) set_full("");
}

void CommitQueue::set_full(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (full_.empty() == why.empty()) return;
    full_ = why;
  }
  next_look_ = std::chrono::steady_clock::now() + options_.look_for_room_every;
  if (options_.full) options_.full(why);
}

}  // namespace headroom
