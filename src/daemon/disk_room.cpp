#include "daemon/disk_room.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <limits>

namespace headroom {
namespace {

std::int64_t bytes_of(fsblkcnt_t blocks, unsigned long size) {
  const std::uint64_t bytes = static_cast<std::uint64_t>(blocks) * size;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

DiskRoom disk_room(const std::string& path) {
  struct statvfs room {};
  if (::statvfs(path.c_str(), &room) != 0) return {};
  return {bytes_of(room.f_bavail, room.f_frsize), bytes_of(room.f_blocks, room.f_frsize)};
}

}  // namespace headroom
