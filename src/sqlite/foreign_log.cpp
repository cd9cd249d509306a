#include "sqlite/foreign_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "sqlite/file_descriptor.h"

namespace headroom {
namespace {

// As SQLite's file format has it: 2 for a database that has a log, 1 for one that has none, as our backups are. Whoever
// gives it a log sets this in the file first.
bool can_have_none(const std::string& path) {
  constexpr off_t kWriteVersion = 18;
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<unsigned char, 2> versions{};
  const bool read = file.valid() && ::pread(file.get(), versions.data(), versions.size(), kWriteVersion) == 2;
  return read && (versions[0] == 1 || versions[1] == 1);
}

}  // namespace

bool has_foreign_log(const std::string& path) {
  struct stat log {};
  return ::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0 && can_have_none(path);
}

}  // namespace headroom
