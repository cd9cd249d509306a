// What the store does for itself behind the commits: it moves the log.
#include <string>

#include "sqlite/sqlite_storage.h"

namespace headroom {
namespace {

constexpr const char* kRoomSetting = "disk.looks_for_room";

}  // namespace

void SqliteStorage::after_batch(const Batch& batch) {
  pace_.tell_length();
  if (const auto log = pace_.due(batch, checkpoint_.is_running())) start_checkpoint(*log);
}

// The checkpoint comes first: once the log is in the database file it begins anew in the room that it has, so that some
// events fit in the meantime; when it can not be moved there is no room.
void SqliteStorage::make_room() {
  start_checkpoint(sqlite::LogAfter::kBeginsAnew);
  if (pace_.too_long()) begin_log_anew();
}

// A log that a long read has made grow is cut when it begins anew, which takes a commit; nobody else may send one.
// What is written differs each time, or SQLite would write nothing.
void SqliteStorage::begin_log_anew() {
  begin();
  try {
    put_setting(kRoomSetting, std::to_string(++looks_for_room_));
    commit();
  } catch (...) {
    rollback();
    throw;
  }
}

void SqliteStorage::checkpoint() {
  start_checkpoint(sqlite::LogAfter::kBeginsAnew);
  finish_upkeep();
}

void SqliteStorage::start_checkpoint(sqlite::LogAfter log) {
  pace_.began();
  checkpointing_ = true;
  connection().guarded([&] { checkpoint_.start(log); });
}

void SqliteStorage::finish_upkeep() {
  checkpointing_ = false;
  connection().guarded([&] { checkpoint_.finish(); });
}

}  // namespace headroom
