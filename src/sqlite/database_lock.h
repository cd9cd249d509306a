#pragma once

#include <string>

#include "sqlite/file_descriptor.h"

namespace headroom {

// Keeps a second daemon or migration out: flock on `<real path of the database>.lock`, for the life of this object or
// of the process, however it ends. The lock file stays; SQLite's own locks are left to readers.
class DatabaseLock {
 public:
  // The database need not exist yet. Throws DatabaseProblem: kLocked when another holds it, kMissing, kNoPermission.
  explicit DatabaseLock(const std::string& database_path);

  // `<real path of the database>.lock`. Throws DatabaseProblem.
  static std::string file_of(const std::string& database_path);

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  const FileDescriptor file_;
};

}  // namespace headroom
