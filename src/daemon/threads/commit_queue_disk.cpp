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
