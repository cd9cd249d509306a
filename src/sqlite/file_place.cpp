#include "sqlite/file_place.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace headroom {

FilePlace::FilePlace(std::string path) : path_(std::move(path)) {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return;
  device_ = status.st_dev;
  file_ = status.st_ino;
}

std::string FilePlace::problem() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? path_ + ": the file was removed while it was in use" : "";
  }
  const bool same = status.st_dev == device_ && status.st_ino == file_;
  return same ? "" : path_ + ": another file was put in its place while it was in use";
}

}  // namespace headroom
