#include "sqlite/database_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "sqlite/database_path.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

[[noreturn]] void fail(const std::string& path, int code) {
  auto kind = DatabaseProblem::Kind::kIo;
  switch (code) {
    case EWOULDBLOCK:
      throw DatabaseProblem(DatabaseProblem::Kind::kLocked, path + ": held by another headroomd");
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:  // a link stands in its place
    case EISDIR:
      kind = DatabaseProblem::Kind::kNoPermission;
      break;
    case ENOENT:
      kind = DatabaseProblem::Kind::kMissing;
      break;
    case ENOSPC:
    case EDQUOT:
      kind = DatabaseProblem::Kind::kFull;
      break;
    default:
      break;
  }
  throw DatabaseProblem(kind, path + ": can not be locked: " + std::generic_category().message(code));
}

// Root's hand (a migration, a restore) must not keep the service's user out: the file is the folder's owner's.
void give_to_owner_of_folder(int file, const std::string& path) {
  if (::geteuid() != 0) return;
  struct stat status {};
  struct stat folder {};
  if (::fstat(file, &status) != 0 || status.st_uid != 0) return;
  if (::stat(std::filesystem::path(path).parent_path().c_str(), &folder) != 0 || folder.st_uid == 0) return;
  if (::fchown(file, folder.st_uid, folder.st_gid) != 0) fail(path, errno);
}

}  // namespace

std::string DatabaseLock::file_of(const std::string& database_path) {
  return real_database_path(database_path).string() + ".lock";
}

DatabaseLock::DatabaseLock(const std::string& database_path)
    : path_(file_of(database_path)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (!file_.valid()) fail(path_, errno);
  give_to_owner_of_folder(file_.get(), path_);
  int result = 0;
  do {
    result = ::flock(file_.get(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result != 0) fail(path_, errno);
}

}  // namespace headroom
