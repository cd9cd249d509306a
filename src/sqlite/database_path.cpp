#include "sqlite/database_path.h"

#include "stored/database_problem.h"

namespace headroom {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's

[[noreturn]] void fail(const std::string& path, const std::error_code& error) {
  auto kind = DatabaseProblem::Kind::kIo;
  if (error == std::errc::permission_denied) kind = DatabaseProblem::Kind::kNoPermission;
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) {
    kind = DatabaseProblem::Kind::kMissing;
  }
  throw DatabaseProblem(kind, path + ": its folder can not be used: " + error.message());
}

}  // namespace

std::filesystem::path real_database_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path file = fs::absolute(path, error);
  // By hand, because canonical() refuses a link to a file that is yet to be created.
  for (int links = 0; !error && fs::is_symlink(fs::symlink_status(file, error)); ++links) {
    if (links == kMaxLinks) fail(path, std::make_error_code(std::errc::too_many_symbolic_link_levels));
    const fs::path target = fs::read_symlink(file, error);
    file = file.parent_path() / target;  // an absolute target replaces it
  }
  if (error && error != std::errc::no_such_file_or_directory) fail(path, error);
  error.clear();
  const fs::path folder = fs::canonical(file.parent_path(), error);
  if (error) fail(path, error);
  return folder / file.filename();
}

}  // namespace headroom
