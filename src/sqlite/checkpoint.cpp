#include "sqlite/checkpoint.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

namespace headroom::sqlite {
namespace {

// Not by a kept statement: these pragmas act when they are compiled.
int run_pragma(sqlite3* handle, const char* pragma) { return sqlite3_exec(handle, pragma, nullptr, nullptr, nullptr); }

class WithoutSyncs {
 public:
  explicit WithoutSyncs(sqlite3* handle) : handle_(handle) {
    const int result = run_pragma(handle_, "PRAGMA synchronous = OFF");
    if (result != SQLITE_OK) throw SQLite::Exception(handle_, result);
  }
  ~WithoutSyncs() {
    // A commit must never go without its sync.
    if (run_pragma(handle_, "PRAGMA synchronous = FULL") != SQLITE_OK) std::abort();
  }
  WithoutSyncs(const WithoutSyncs&) = delete;
  WithoutSyncs& operator=(const WithoutSyncs&) = delete;

 private:
  sqlite3* const handle_;
};

sqlite3_file* database_file(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  const int result = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (result != SQLITE_OK) throw SQLite::Exception("the database file can not be reached", result);
  return file;
}

constexpr sqlite3_int64 kPiece = 64 * 1024;

// Each byte again as it is. After a failed sync the kernel takes what it could not write for written, and the next sync
// succeeds with nothing to do: only a new write makes it try again. Else the database file would get what the log on
// disk lacks, and a power cut would leave an older log, which is played over it and tears it.
int write_again(sqlite3_file* log) {
  sqlite3_int64 size = 0;
  int result = log->pMethods->xFileSize(log, &size);
  std::string piece;
  for (sqlite3_int64 at = 0; result == SQLITE_OK && at < size; at += kPiece) {
    piece.resize(static_cast<std::size_t>(std::min(kPiece, size - at)));
    const int bytes = static_cast<int>(piece.size());
    result = log->pMethods->xRead(log, piece.data(), bytes, at);
    if (result == SQLITE_OK) result = log->pMethods->xWrite(log, piece.data(), bytes, at);
  }
  return result == SQLITE_OK ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : result;
}

}  // namespace

void settle_log(Connection& connection) {
  const auto is_passable = [](int result) {
    const int code = result & 0xff;
    return code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_FULL;
  };
  sqlite3* const handle = connection.handle();
  sqlite3_file* log = nullptr;
  int result = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (result == SQLITE_OK && log != nullptr && log->pMethods != nullptr) result = write_again(log);
  if (is_passable(result)) {
    result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }
  if (!is_passable(result))
    throw SQLite::Exception(std::string("the log could not be settled: ") + sqlite3_errstr(result), result);
}

// SQLite syncs the log before it moves it, although each commit has done so: webhooks would wait for that, too.
void Checkpoint::start() {
  finish();
  {
    const WithoutSyncs without(connection_.handle());
    const int result =
        sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    // Busy: a reader needs the log; the next checkpoint gets further.
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) throw SQLite::Exception(connection_.handle(), result);
  }
  // SQLite's own handle: closing another of the same file would drop the process's locks. Where no thread can be had,
  // finish() does it.
  sqlite3_file* const file = database_file(connection_.handle());
  sync_ = std::async(std::launch::async | std::launch::deferred,
                     [file] { return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL); });
}

void Checkpoint::finish() {
  if (!sync_.valid()) return;
  const int result = sync_.get();
  if (result != SQLITE_OK) throw SQLite::Exception("the database file could not be synced", result);
}

bool Checkpoint::is_running() const {
  return sync_.valid() && sync_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
}

void Checkpoint::keep_from_spilling() {
  const bool may_spill = !sync_.valid();
  if (may_spill == spills_) return;
  const int result =
      run_pragma(connection_.handle(), may_spill ? "PRAGMA cache_spill = ON" : "PRAGMA cache_spill = OFF");
  if (result != SQLITE_OK) throw SQLite::Exception(connection_.handle(), result);
  spills_ = may_spill;
}

}  // namespace headroom::sqlite
