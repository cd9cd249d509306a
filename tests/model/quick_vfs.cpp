#include "tests/model/quick_vfs.h"

#include <map>
#include <memory>
#include <stdexcept>

namespace headroom::model {
namespace {

sqlite3_vfs* real() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix-excl");
  return vfs;
}

// The file is SQLite's own, but for one method of its table.
const sqlite3_io_methods* without_sync(const sqlite3_io_methods* methods) {
  static std::map<const sqlite3_io_methods*, std::unique_ptr<sqlite3_io_methods>> tables;
  auto& table = tables[methods];
  if (!table) {
    table = std::make_unique<sqlite3_io_methods>(*methods);
    table->xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
  }
  return table.get();
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int result = real()->xOpen(real(), name, file, flags, out_flags);
  if (result == SQLITE_OK) file->pMethods = without_sync(file->pMethods);
  return result;
}

}  // namespace

void register_quick_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *real();
    copy.pNext = nullptr;
    copy.zName = kQuickVfs;
    copy.xOpen = open;
    return copy;
  }();
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::runtime_error("the VFS was refused");
}

}  // namespace headroom::model
