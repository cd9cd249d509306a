#include "sqlite/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "sqlite/database_problem.h"
#include "sqlite/file_descriptor.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_errors.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, int code) {
  auto kind = DatabaseProblem::Kind::kIo;
  switch (code) {
    case EEXIST:
      kind = DatabaseProblem::Kind::kExists;
      break;
    case ENOENT:
    case ENOTDIR:
      kind = DatabaseProblem::Kind::kMissing;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      kind = DatabaseProblem::Kind::kNoPermission;
      break;
    case ENOSPC:
    case EDQUOT:
      kind = DatabaseProblem::Kind::kFull;
      break;
    default:
      break;
  }
  throw DatabaseProblem(kind, path + ": " + std::generic_category().message(code));
}

// The backup's file until it has its name; removed unless publish() was reached.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : target_(target), path_(target.string() + ".XXXXXX"), file_(::mkostemp(path_.data(), O_CLOEXEC)) {
    if (!file_.valid()) fail(target.string(), errno);
  }
  ~TemporaryFile() {
    if (!published_) ::unlink(path_.c_str());
    ::unlink((path_ + "-journal").c_str());
    ::unlink((path_ + "-wal").c_str());
    ::unlink((path_ + "-shm").c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

  // Syncs it and gives it its name, unless something else has that name by now.
  void publish() {
    if (::fsync(file_.get()) != 0) fail(path_, errno);
    rename_without_replacing();
    published_ = true;
    const FileDescriptor folder(::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid() || ::fsync(folder.get()) != 0) fail(target_.parent_path().string(), errno);
  }

 private:
  void rename_without_replacing() {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno != EINVAL && errno != ENOSYS) fail(target_.string(), errno);
    // A file system that can not do it in one step.
    if (::link(path_.c_str(), target_.c_str()) != 0) fail(target_.string(), errno);
    ::unlink(path_.c_str());
  }

  const fs::path target_;
  std::string path_;
  const FileDescriptor file_;
  bool published_ = false;
};

// All pages in one step: in several, every commit of a writer would start it anew.
void copy_pages(SQLite::Database& source, const std::string& temporary) {
  try {
    SQLite::Database copy(temporary, SQLite::OPEN_READWRITE);
    copy.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");  // a failed copy is removed, a whole one synced
    SQLite::Backup backup(copy, source);
    const int result = backup.executeStep(-1);
    if (result != SQLITE_DONE) throw SQLite::Exception("the snapshot could not be taken", result);
  } catch (const SQLite::Exception& error) {
    throw sqlite::database_problem(error, temporary);
  }
}

}  // namespace

void backup_database(const std::string& source, const std::string& target) {
  const fs::path absolute = fs::absolute(target);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(absolute, ignored))) fail(target, EEXIST);
  if (!fs::exists(source, ignored)) fail(source, ENOENT);
  TemporaryFile temporary(absolute);
  sqlite::read_quietly(source, [&](SQLite::Database& database) { copy_pages(database, temporary.path()); });
  temporary.publish();
}

}  // namespace headroom
