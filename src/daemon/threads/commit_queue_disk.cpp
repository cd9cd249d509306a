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
  const auto due = [this] { return stopping_ || !entries_.empty(); };
  while (!due() && storage_.has_upkeep() && storage_.upkeep_running()) {
    work_.wait_for(lock, options_.look_at_upkeep_every, due);
  }
  if (!entries_.empty() || !storage_.has_upkeep()) return;
  lock.unlock();
  tried([this] { storage_.finish_upkeep(); });
  lock.lock();
}

// False when it failed, which is tried again behind the next batch.
bool CommitQueue::write_delayed(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const bool done = tried([this] { storage_.write_delayed(); });
  beat();
  lock.lock();
  shown_.notify_all();
  return done;
}

bool CommitQueue::may_write_delayed() const { return storage_.has_delayed() && full_.empty() && failure_.empty(); }

void CommitQueue::write_delayed_if_idle(std::unique_lock<std::mutex>& lock) {
  const auto due = [this] { return stopping_ || !entries_.empty(); };
  if (due() || !may_write_delayed()) return;
  work_.wait_for(lock, options_.write_delayed_after, [&] { return due() || wait_to_be_shown_ > 0; });
  while (!due() && may_write_delayed()) {
    if (!write_delayed(lock)) return;
  }
}

void CommitQueue::show_to_those_who_wait() {
  std::unique_lock lock(mutex_);
  if (wait_to_be_shown_ > 0 && may_write_delayed()) write_delayed(lock);
}

// The next start finds what is left, too: on a slow disk that is the quicker way.
void CommitQueue::write_delayed_at_end() {
  constexpr double kSlow = 0.5;
  while (storage_.has_delayed() && works() && last_write_seconds_ < kSlow) {
    if (!tried([this] { storage_.write_delayed(); })) return;
  }
}

void CommitQueue::show_delayed(std::chrono::milliseconds within) {
  const std::int64_t wanted = storage_.shown().newest_event;
  const auto shows = [&] { return storage_.shown().to_event >= wanted; };
  if (shows()) return;
  std::unique_lock lock(mutex_);
  const auto is_in_vain = [this] { return stopping_ || !full_.empty() || !failure_.empty(); };
  if (is_in_vain()) return;
  ++wait_to_be_shown_;
  work_.notify_one();
  shown_.wait_for(lock, within, [&] { return shows() || is_in_vain(); });
  --wait_to_be_shown_;
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
