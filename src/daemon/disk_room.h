#pragma once

#include <cstdint>
#include <string>

namespace headroom {

// Of the file system that a file is on, in bytes; both 0 when it does not say.
struct DiskRoom {
  std::int64_t free = 0;  // for a process without privileges
  std::int64_t size = 0;
};
DiskRoom disk_room(const std::string& path);

}  // namespace headroom
