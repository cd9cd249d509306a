#pragma once

#include <sqlite3.h>

#include <string>

namespace headroom::test {

// A disk that fails on demand: an SQLite VFS over the default one. One thread at a time.
class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // Pass it as `vfs` when opening.
  const std::string& name() const { return name_; }

  // Result codes that the next calls return; SQLITE_OK: they go through.
  int on_write = SQLITE_OK;
  int on_sync = SQLITE_OK;
  int on_read = SQLITE_OK;

 private:
  const std::string name_ = "fault";
  sqlite3_vfs vfs_{};
};

}  // namespace headroom::test
