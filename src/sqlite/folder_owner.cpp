#include "sqlite/folder_owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace headroom {

int give_to_owner_of_folder(int file, const std::string& path) {
  if (::geteuid() != 0) return 0;
  struct stat status {};
  struct stat folder {};
  if (::fstat(file, &status) != 0 || status.st_uid != 0) return 0;
  if (::stat(std::filesystem::path(path).parent_path().c_str(), &folder) != 0 || folder.st_uid == 0) return 0;
  return ::fchown(file, folder.st_uid, folder.st_gid) == 0 ? 0 : errno;
}

}  // namespace headroom
