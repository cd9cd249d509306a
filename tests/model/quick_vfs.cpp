#include "tests/model/quick_vfs.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace headroom::model {
namespace {

using Bytes = std::vector<char>;

sqlite3_vfs* real() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix-excl");
  return vfs;
}

// What files hold, by name; they outlive whoever has them open, as on a disk. Theirs to lock is who reads and writes:
// SQLite does.
class Files {
 public:
  // As it lies on the disk when it is opened for the first time.
  Bytes& open(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& bytes = files_[name];
    if (bytes) return *bytes;
    std::ifstream in(name, std::ios::binary);
    bytes = std::make_unique<Bytes>(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    return *bytes;
  }
  // Null: never opened.
  Bytes* find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : found->second.get();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Bytes>> files_;
};

Files& files() {
  static Files all;
  return all;
}

// Behind what the real VFS keeps of an open file.
Bytes*& bytes_of(sqlite3_file* file) {
  return *reinterpret_cast<Bytes**>(reinterpret_cast<char*>(file) + real()->szOsFile);
}

int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  const Bytes& bytes = *bytes_of(file);
  const auto there = std::clamp<sqlite3_int64>(std::ssize(bytes) - offset, 0, amount);
  if (there > 0) std::memcpy(to, bytes.data() + offset, static_cast<std::size_t>(there));
  if (there == amount) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, static_cast<std::size_t>(amount - there));
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  Bytes& bytes = *bytes_of(file);
  if (std::ssize(bytes) < offset + amount) bytes.resize(static_cast<std::size_t>(offset + amount));
  std::memcpy(bytes.data() + offset, from, static_cast<std::size_t>(amount));
  return SQLITE_OK;
}

// The file is SQLite's own, with its locks and the memory that connections share, but for what it holds.
const sqlite3_io_methods* in_memory(const sqlite3_io_methods* methods) {
  static std::map<const sqlite3_io_methods*, std::unique_ptr<sqlite3_io_methods>> tables;
  auto& table = tables[methods];
  if (table) return table.get();
  table = std::make_unique<sqlite3_io_methods>(*methods);
  table->iVersion = std::min(table->iVersion, 2);  // nothing is mapped
  table->xRead = read;
  table->xWrite = write;
  table->xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
  table->xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
    bytes_of(file)->resize(static_cast<std::size_t>(size));
    return SQLITE_OK;
  };
  table->xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
    *size = std::ssize(*bytes_of(file));
    return SQLITE_OK;
  };
  return table.get();
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int result = real()->xOpen(real(), name, file, flags, out_flags);
  if (result != SQLITE_OK || name == nullptr) return result;
  bytes_of(file) = &files().open(name);
  file->pMethods = in_memory(file->pMethods);
  return result;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (Bytes* bytes = files().find(name)) bytes->clear();
  return real()->xDelete(real(), name, sync_folder);
}

// An empty file counts as none, as in the real VFS.
int access(sqlite3_vfs*, const char* name, int flags, int* result) {
  const Bytes* const bytes = flags == SQLITE_ACCESS_EXISTS ? files().find(name) : nullptr;
  if (bytes == nullptr) return real()->xAccess(real(), name, flags, result);
  *result = bytes->empty() ? 0 : 1;
  return SQLITE_OK;
}

}  // namespace

void register_quick_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *real();
    copy.pNext = nullptr;
    copy.zName = kQuickVfs;
    copy.szOsFile += static_cast<int>(sizeof(Bytes*));
    copy.xOpen = open;
    copy.xDelete = remove;
    copy.xAccess = access;
    return copy;
  }();
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::runtime_error("the VFS was refused");
}

}  // namespace headroom::model
