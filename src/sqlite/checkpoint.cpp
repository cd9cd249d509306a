#include "sqlite/checkpoint.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
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

int sync(sqlite3_file* file) { return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL); }

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
  return result == SQLITE_OK ? sync(log) : result;
}

// The log and its index, as https://www.sqlite.org/walformat.html has them.
constexpr int kIndexPiece = 32768;
constexpr std::size_t kMovedAt = 96;  // in the index: how many frames are in the database file
constexpr int kLogHeader = 32;
constexpr std::size_t kPageBytesAt = 8;
constexpr int kFrameHeader = 24;

std::uint32_t big_endian(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

std::uint32_t moved_frames(volatile void* index) {
  return static_cast<const volatile std::uint32_t*>(index)[kMovedAt / sizeof(std::uint32_t)];
}

// While another process has the file open, the index says what the dead one had moved, and SQLite does not move it
// again; but that one may have died before its sync, or of it.
int move_again(sqlite3_file* database, sqlite3_file* log) {
  volatile void* index = nullptr;
  int result = database->pMethods->xShmMap(database, 0, kIndexPiece, 0, &index);
  if (result != SQLITE_OK || index == nullptr || moved_frames(index) == 0) return result;
  std::array<unsigned char, kLogHeader> header{};
  result = log->pMethods->xRead(log, header.data(), kLogHeader, 0);
  const auto page_bytes = static_cast<int>(big_endian(header.data() + kPageBytesAt));
  std::map<sqlite3_int64, sqlite3_int64> newest;  // where each page stands in the log, by its number
  sqlite3_int64 at = kLogHeader;
  for (std::uint32_t left = moved_frames(index); result == SQLITE_OK && left > 0; --left) {
    result = log->pMethods->xRead(log, header.data(), kFrameHeader, at);
    newest[big_endian(header.data())] = at + kFrameHeader;
    at += kFrameHeader + page_bytes;
  }
  std::string page(static_cast<std::size_t>(page_bytes), '\0');
  for (auto next = newest.begin(); result == SQLITE_OK && next != newest.end(); ++next) {
    result = log->pMethods->xRead(log, page.data(), page_bytes, next->second);
    if (result == SQLITE_OK)
      result = database->pMethods->xWrite(database, page.data(), page_bytes, (next->first - 1) * page_bytes);
  }
  return result == SQLITE_OK ? sync(database) : result;
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
  if (result == SQLITE_OK && log != nullptr && log->pMethods != nullptr)
    result = move_again(database_file(handle), log);
  if (is_passable(result)) {
    result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }
  if (!is_passable(result))
    throw SQLite::Exception(std::string("the log could not be settled: ") + sqlite3_errstr(result), result);
}

Checkpoint::Checkpoint(Connection& writer, std::unique_ptr<Connection> reader)
    : writer_(writer), reader_(std::move(reader)) {}

Checkpoint::~Checkpoint() {
  if (sync_.valid()) sync_.wait();
}

// SQLite syncs the log before it moves it, although each commit has done so: webhooks would wait for that, too. The
// file's own sync is left to sync_, and nothing overwrites the log before it is over.
void Checkpoint::start(LogAfter log) {
  finish();
  if (log == LogAfter::kGoesOn) hold_log();
  unsynced_ = true;
  {
    const WithoutSyncs without(writer_.handle());
    const int result =
        sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    // Busy: a reader needs the log; the next checkpoint gets further.
    if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) throw SQLite::Exception(writer_.handle(), result);
  }
  // Where no thread can be had, finish() does it.
  sync_ = std::async(std::launch::async | std::launch::deferred, [this] { return sync_database(); });
}

// By SQLite's own handle: closing another of the same file would drop the process's locks.
int Checkpoint::sync_database() { return sync(database_file(writer_.handle())); }

void Checkpoint::finish() {
  if (failed_ == SQLITE_OK && unsynced_) {
    failed_ = sync_.valid() ? sync_.get() : sync_database();
    unsynced_ = false;
  }
  if (failed_ != SQLITE_OK) {
    throw SQLite::Exception(std::string("the database file could not be synced: ") + sqlite3_errstr(failed_),
                            SQLITE_IOERR_FSYNC);
  }
  let_log_go();
}

bool Checkpoint::is_running() const {
  return sync_.valid() && sync_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
}

void Checkpoint::before_transaction() {
  const bool may_spill = held_ || (!unsynced_ && failed_ == SQLITE_OK);
  if (may_spill == spills_) return;
  const int result = run_pragma(writer_.handle(), may_spill ? "PRAGMA cache_spill = ON" : "PRAGMA cache_spill = OFF");
  if (result != SQLITE_OK) throw SQLite::Exception(writer_.handle(), result);
  spills_ = may_spill;
}

void Checkpoint::before_commit() {
  if (!held_ || !is_running()) finish();
}

// A reader of what the log has: whoever writes then does not begin it anew.
void Checkpoint::hold_log() {
  reader_->execute("BEGIN");
  held_ = true;
  Query any = reader_->query("SELECT count(*) FROM (SELECT 1 FROM sqlite_schema LIMIT 1)");
  any.step();
}

void Checkpoint::let_log_go() {
  // A statement that failed may have ended the transaction by itself.
  if (reader_->in_transaction()) reader_->execute("ROLLBACK");
  held_ = false;
}

}  // namespace headroom::sqlite
