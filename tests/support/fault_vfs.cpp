#include "tests/support/fault_vfs.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace headroom::test {
namespace {

constexpr int kMaxDelayMs = 60000;

// The real file stands right behind this one in the memory that SQLite gives us.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* faults;
  const char* name;  // SQLite's, valid while the file is open; null when nothing is tracked
  bool is_database;
};

FaultFile& self(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<FaultFile*>(file) + 1);
}
FaultVfs& faults(sqlite3_file* file) { return *self(file).faults; }
sqlite3_vfs* default_vfs() { return sqlite3_vfs_find("unix"); }

// `change` on the real file, and a note of what it was: neither without the other, should the power go.
template <typename Change, typename Note>
int tracked(sqlite3_file* f, Change&& change, Note&& note) {
  if (self(f).name == nullptr) return change();
  UnsyncedWrites& unsynced = faults(f).unsynced();
  const auto lock = unsynced.hold();
  const int result = change();
  if (result == SQLITE_OK) note(unsynced, std::string(self(f).name));
  return result;
}

int close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  if (const int fault = faults(f).on_read; fault != SQLITE_OK) return fault;
  return real(f)->pMethods->xRead(real(f), to, size, at);
}
int write_through(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  return tracked(
      f, [&] { return real(f)->pMethods->xWrite(real(f), from, size, at); },
      [&](UnsyncedWrites& unsynced, const std::string& name) {
        unsynced.wrote(name, {static_cast<const char*>(from), static_cast<std::size_t>(size)}, at);
      });
}
// What a write there meets.
int write_fault(sqlite3_file* f, sqlite3_int64 end) {
  if (const int fault = faults(f).on_write; fault != SQLITE_OK) return fault;
  sqlite3_int64 size = 0;
  const int fault = faults(f).on_growth;
  return fault == SQLITE_OK || (real(f)->pMethods->xFileSize(real(f), &size) == SQLITE_OK && end <= size) ? SQLITE_OK
                                                                                                          : fault;
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (const int fault = write_fault(f, at + size); fault != SQLITE_OK) {
    if (faults(f).short_writes) write_through(f, from, size / 2, at);
    return fault;
  }
  return write_through(f, from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  return tracked(
      f, [&] { return real(f)->pMethods->xTruncate(real(f), size); },
      [&](UnsyncedWrites& unsynced, const std::string& name) { unsynced.truncated(name, size); });
}
int sync(sqlite3_file* f, int flags) {
  const int delay = faults(f).sync_delay_ms + (self(f).is_database ? faults(f).database_sync_delay_ms.load() : 0);
  if (delay > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(delay, kMaxDelayMs)));
  }
  const auto& before = self(f).is_database ? faults(f).before_database_sync : faults(f).before_log_sync;
  if (before) before();
  int fault = faults(f).on_sync;
  if (fault == SQLITE_OK && self(f).is_database) fault = faults(f).on_database_sync;
  if (fault != SQLITE_OK) {
    tracked(
        f, [] { return SQLITE_OK; },
        [&](UnsyncedWrites& unsynced, const std::string& name) { unsynced.sync_failed(name); });
    return fault;
  }
  return tracked(
      f, [&] { return real(f)->pMethods->xSync(real(f), flags); },
      [&](UnsyncedWrites& unsynced, const std::string& name) { unsynced.synced(name); });
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* result) { return real(f)->pMethods->xCheckReservedLock(real(f), result); }
int control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** at) {
  if (const int fault = faults(f).on_index; fault != SQLITE_OK) return fault;
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, at);
}
int shm_lock(sqlite3_file* f, int offset, int count, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }
int fetch(sqlite3_file*, sqlite3_int64, int, void** at) {
  *at = nullptr;  // no memory mapping: every read and write passes here
  return SQLITE_OK;
}
int unfetch(sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }

const sqlite3_io_methods kMethods{
    3,         close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, fetch,      unfetch};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* fault_file = reinterpret_cast<FaultFile*>(file);
  auto* faults = static_cast<FaultVfs*>(vfs->pAppData);
  fault_file->faults = faults;
  fault_file->base.pMethods = nullptr;
  if (const int fault = faults->on_open; fault != SQLITE_OK && faults->opens_before_fault-- <= 0) return fault;
  fault_file->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  const bool lasting = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
  fault_file->name = lasting && name != nullptr && faults->tracking() ? name : nullptr;
  const int result = default_vfs()->xOpen(default_vfs(), name, real(file), flags, out_flags);
  if (result == SQLITE_OK) fault_file->base.pMethods = &kMethods;
  if (result == SQLITE_OK && fault_file->name != nullptr) faults->unsynced().opened(name);
  return result;
}
int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto* faults = static_cast<FaultVfs*>(vfs->pAppData);
  const auto lock = faults->unsynced().hold();
  const int result = default_vfs()->xDelete(default_vfs(), name, sync_folder);
  if (result == SQLITE_OK && faults->tracking()) faults->unsynced().removed(name);
  return result;
}
int access(sqlite3_vfs*, const char* name, int flags, int* result) {
  return default_vfs()->xAccess(default_vfs(), name, flags, result);
}
int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  return default_vfs()->xFullPathname(default_vfs(), name, size, out);
}

}  // namespace

FaultVfs::FaultVfs(Role role) {
  vfs_ = *default_vfs();
  vfs_.pNext = nullptr;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultFile)) + default_vfs()->szOsFile;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xAccess = access;
  vfs_.xFullPathname = full_path;
  if (sqlite3_vfs_register(&vfs_, role == Role::kDefault ? 1 : 0) != SQLITE_OK)
    throw std::runtime_error("the VFS was refused");
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace headroom::test
