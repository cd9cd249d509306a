#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sqlite/file_descriptor.h"

namespace headroom {

// A whole copy of a database, made under a temporary name beside its target (mode 0600). Removed again with this
// object unless it got its name.
//
// The copy is in rollback mode, as no database that a daemon has opened is: a log beside such a file is another file's,
// and check_log knows it by that.
class SnapshotFile {
 public:
  // `infix` stands between the target's name and six random characters. Throws DatabaseProblem.
  explicit SnapshotFile(const std::filesystem::path& target, const std::string& infix);
  ~SnapshotFile();
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  // All of `source`, what is in its log included. Throws DatabaseProblem.
  void take(const std::string& source);
  void sync();
  // Its name, once it is synced: where something has that name already, publish fails and replace takes its place.
  void publish();
  void replace();

  const std::string& path() const { return path_; }
  std::int64_t bytes() const;

 private:
  void rename_without_replacing();

  const std::filesystem::path target_;
  std::string path_;
  const FileDescriptor file_;
  bool named_ = false;
};

// So that names given and taken in it are on disk. Throws DatabaseProblem.
void sync_folder(const std::filesystem::path& folder);

}  // namespace headroom
