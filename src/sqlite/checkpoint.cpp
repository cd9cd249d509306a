#include "sqlite/checkpoint.h"

#include <sqlite3.h>

#include <cstdlib>

namespace headroom::sqlite {
namespace {

// Not by a kept statement: this pragma acts when it is compiled.
int set_synchronous(sqlite3* handle, const char* pragma) {
  return sqlite3_exec(handle, pragma, nullptr, nullptr, nullptr);
}

class WithoutSyncs {
 public:
  explicit WithoutSyncs(sqlite3* handle) : handle_(handle) {
    const int result = set_synchronous(handle_, "PRAGMA synchronous = OFF");
    if (result != SQLITE_OK) throw SQLite::Exception(handle_, result);
  }
  ~WithoutSyncs() {
    // A commit must never go without its sync.
    if (set_synchronous(handle_, "PRAGMA synchronous = FULL") != SQLITE_OK) std::abort();
  }
  WithoutSyncs(const WithoutSyncs&) = delete;
  WithoutSyncs& operator=(const WithoutSyncs&) = delete;

 private:
  sqlite3* const handle_;
};

void sync_database(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  int result = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (result == SQLITE_OK) result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (result != SQLITE_OK) throw SQLite::Exception("the database file could not be synced", result);
}

}  // namespace

// SQLite syncs the log before it moves it, although each commit has done so: webhooks would wait for that, too. The
// file is synced before the next commit, which may write over the log from its beginning.
void checkpoint(Connection& connection) {
  {
    const WithoutSyncs without(connection.handle());
    const int result =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    // Busy: a reader needs the log; the next checkpoint gets further.
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) throw SQLite::Exception(connection.handle(), result);
  }
  sync_database(connection.handle());
}

}  // namespace headroom::sqlite
