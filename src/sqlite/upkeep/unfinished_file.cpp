#include "sqlite/upkeep/unfinished_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "sqlite/file_descriptor.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRandom = 6;
constexpr int kAttempts = 10;
// Far from the bytes that SQLite locks. An open file description's lock: SQLite's closing of the file does not end it.
constexpr off_t kHeldByte = off_t{1} << 62;

bool hold(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = kHeldByte;
  lock.l_len = 1;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool is_held_by_another() { return errno == EAGAIN || errno == EACCES; }

bool is_name_of(const std::string& path, int fd) {
  struct stat named {};
  struct stat opened {};
  return ::lstat(path.c_str(), &named) == 0 && ::fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

void remove_if_abandoned(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid() || !hold(file.get()) || !is_name_of(path, file.get())) return;
  for (const char* suffix : {"-journal", "-wal", "-shm", ""}) ::unlink((path + suffix).c_str());
}

}  // namespace

int make_unfinished_file(const std::string& prefix, std::string& path) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string name = prefix + std::string(kRandom, 'X');
    const int fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return -1;
    // Who looks for abandoned files may have come between. A file system without locks keeps them from that, too.
    const bool lost = (!hold(fd) && is_held_by_another()) || !is_name_of(name, fd);
    if (!lost) {
      path = name;
      return fd;
    }
    ::close(fd);
  }
  errno = EBUSY;
  return -1;
}

void remove_abandoned_files(const fs::path& prefix) {
  const std::string start = prefix.filename().string();
  std::vector<std::string> found;
  std::error_code ignored;
  for (fs::directory_iterator entry(prefix.parent_path(), ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(start) && name.size() == start.size() + kRandom) found.push_back(entry->path().string());
  }
  for (const std::string& path : found) remove_if_abandoned(path);
}

}  // namespace headroom
