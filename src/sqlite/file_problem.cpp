#include "sqlite/file_problem.h"

#include <cerrno>
#include <system_error>

namespace headroom {
namespace {

DatabaseProblem::Kind kind_of(int code) {
  using Kind = DatabaseProblem::Kind;
  switch (code) {
    case EEXIST:
      return Kind::kExists;
    case ENOENT:
    case ENOTDIR:
      return Kind::kMissing;
    case EACCES:
    case EPERM:
    case EROFS:
      return Kind::kNoPermission;
    case ENOSPC:
    case EDQUOT:
      return Kind::kFull;
    default:
      return Kind::kIo;
  }
}

}  // namespace

DatabaseProblem file_problem(const std::string& path, int code) {
  return {kind_of(code), path + ": " + std::generic_category().message(code)};
}

}  // namespace headroom
