#include "sqlite/quiet_reader.h"

#include <SQLiteCpp/Exception.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <tuple>

#include "sqlite/database_path.h"
#include "sqlite/foreign_log.h"
#include "sqlite/sqlite_errors.h"

namespace headroom::sqlite {
namespace {

constexpr int kBusyMs = 2000;

// What changes when somebody writes to the file.
struct FileVersion {
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{};
  timespec changed{};

  auto tied() const {
    return std::tie(inode, size, modified.tv_sec, modified.tv_nsec, changed.tv_sec, changed.tv_nsec);
  }
  bool operator==(const FileVersion& other) const { return tied() == other.tied(); }
};

std::optional<FileVersion> version_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileVersion{status.st_ino, status.st_size, status.st_mtim, status.st_ctim};
}

bool has_content(const std::string& path) {
  const auto version = version_of(path);
  return version && version->size > 0;
}

bool has_log(const std::string& path) { return has_content(path + "-wal") || has_content(path + "-journal"); }

void require_file(const std::string& path, const std::string& shown) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const auto kind = errno == ENOENT || errno == ENOTDIR ? DatabaseProblem::Kind::kMissing
                      : errno == EACCES                   ? DatabaseProblem::Kind::kNoPermission
                                                          : DatabaseProblem::Kind::kIo;
    throw DatabaseProblem(kind, shown + ": " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw DatabaseProblem(DatabaseProblem::Kind::kNotADatabase, shown + ": is not a regular file");
  }
}

std::string immutable_uri(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

// False when what was read may be mixed with what another process wrote meanwhile.
bool read_immutable(const std::string& path, const std::function<void(SQLite::Database&)>& read) {
  const std::optional<FileVersion> before = version_of(path);
  if (has_log(path)) return false;
  const auto unchanged = [&] { return !has_log(path) && version_of(path) == before; };
  try {
    SQLite::Database database(immutable_uri(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    read(database);
  } catch (const std::exception&) {
    if (unchanged()) throw;
  }
  return unchanged();
}

}  // namespace

void read_quietly(const std::string& path, const std::function<void(SQLite::Database&)>& read) {
  const std::string real = real_database_path(path).string();
  require_file(real, path);
  if (has_foreign_log(real)) {
    throw DatabaseProblem(DatabaseProblem::Kind::kBadLog,
                          path + ": the log beside it, " + real +
                              "-wal, is another database's; put a backup in its place with `headroomd restore FILE`");
  }
  try {
    if (read_immutable(real, read)) return;
    SQLite::Database database(real, SQLite::OPEN_READONLY, kBusyMs);
    read(database);
  } catch (const SQLite::Exception& error) {
    throw database_problem(error, path);
  }
}

}  // namespace headroom::sqlite
