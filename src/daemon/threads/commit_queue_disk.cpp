// What the commit queue does about its disk: checkpoints, a log that grows, and a disk that is full.
#include <algorithm>

#include "daemon/threads/commit_queue.h"

namespace headroom {
namespace {

constexpr const char* kRoomSetting = "disk.looks_for_room";

}  // namespace

// The one before is not waited for, unless the log has become far too long meanwhile, or its room is needed.
// False when it failed.
bool CommitQueue::checkpoint() {
  const bool disk_is_full = !full().empty();
  const std::int64_t length = storage_.log_bytes();
  if (storage_.checkpoint_running() && !disk_is_full && length < 2 * options_.longest_log_bytes) return true;
  const bool begins_anew = disk_is_full || length >= options_.longest_log_bytes;
  checkpointing_ = true;
  try {
    storage_.start_checkpoint(begins_anew ? Store::LogAfter::kBeginsAnew : Store::LogAfter::kGoesOn);
    return true;
  } catch (...) {
    note_failure(std::current_exception());
    return false;
  }
}

void CommitQueue::finish_checkpoint() {
  checkpointing_ = false;
  try {
    storage_.finish_checkpoint();
  } catch (...) {
    note_failure(std::current_exception());
  }
}

// The disk is counted, not tried. The checkpoint comes first: once the log is in the database file it begins anew in
// the room that it has, so that some events fit in the meantime; when it can not be moved there is no room.
void CommitQueue::look_for_room() {
  next_look_ = std::chrono::steady_clock::now() + options_.look_for_room_every;
  if (failure().empty() && !checkpoint()) return;
  if (!failure().empty()) return;
  if (storage_.log_bytes() >= options_.longest_log_bytes) begin_log_anew();
  if (!options_.free_bytes || options_.free_bytes() >= options_.needed_bytes) set_full("");
}

// A log that a long read has made grow is cut when it begins anew, which takes a commit; nobody else may send one.
// What is written differs each time, or SQLite would write nothing.
void CommitQueue::begin_log_anew() {
  try {
    storage_.begin();
    storage_.put_setting(kRoomSetting, std::to_string(++looks_));
    storage_.commit();
  } catch (...) {
    storage_.rollback();
    note_failure(std::current_exception());
  }
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

// A log that nobody can begin anew grows until the disk is full.
void CommitQueue::look_at_length() {
  const std::int64_t length = storage_.log_bytes();
  if (length < options_.long_log_bytes / 2) long_from_ = 0;
  if (length < std::max(long_from_, options_.long_log_bytes)) return;
  long_from_ = 2 * length;
  if (options_.long_log) options_.long_log(length);
}

}  // namespace headroom
