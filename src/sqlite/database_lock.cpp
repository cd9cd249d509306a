#include "sqlite/database_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

#include "sqlite/database_path.h"
#include "sqlite/folder_owner.h"
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

}  // namespace

std::string DatabaseLock::file_of(const std::string& database_path) {
  return real_database_path(database_path).string() + ".lock";
}

DatabaseLock::DatabaseLock(const std::string& database_path)
    : path_(file_of(database_path)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (!file_.valid()) fail(path_, errno);
  if (const int code = give_to_owner_of_folder(file_.get(), path_); code != 0) fail(path_, code);
  int result = 0;
  do {
    result = ::flock(file_.get(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result != 0) fail(path_, errno);
}

}  // namespace headroom
