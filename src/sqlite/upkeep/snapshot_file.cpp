#include "sqlite/upkeep/snapshot_file.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "sqlite/file_problem.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_errors.h"
#include "sqlite/upkeep/unfinished_file.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

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

void leave_log_mode(const std::string& temporary) {
  try {
    SQLite::Database copy(temporary, SQLite::OPEN_READWRITE);
    copy.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE");
  } catch (const SQLite::Exception& error) {
    throw sqlite::database_problem(error, temporary);
  }
}

}  // namespace

SnapshotFile::SnapshotFile(const std::filesystem::path& target, const std::string& infix)
    : target_(target), file_(make_unfinished_file(target.string() + infix, path_)) {
  if (!file_.valid()) throw file_problem(target.string(), errno);
}

SnapshotFile::~SnapshotFile() {
  if (!named_) ::unlink(path_.c_str());
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::unlink((path_ + suffix).c_str());
}

void SnapshotFile::take(const std::string& source) {
  sqlite::read_quietly(source, [&](SQLite::Database& database) { copy_pages(database, path_); });
  leave_log_mode(path_);
}

void SnapshotFile::sync() {
  if (::fsync(file_.get()) != 0) throw file_problem(path_, errno);
}

void SnapshotFile::publish() {
  sync();
  rename_without_replacing();
  named_ = true;
  sync_folder(target_.parent_path());
}

void SnapshotFile::replace() {
  if (::rename(path_.c_str(), target_.c_str()) != 0) throw file_problem(target_.string(), errno);
  named_ = true;
  sync_folder(target_.parent_path());
}

void SnapshotFile::rename_without_replacing() {
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) throw file_problem(target_.string(), errno);
  // A file system that can not do it in one step.
  if (::link(path_.c_str(), target_.c_str()) != 0) throw file_problem(target_.string(), errno);
  ::unlink(path_.c_str());
}

std::int64_t SnapshotFile::bytes() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) throw file_problem(path_, errno);
  return status.st_size;
}

void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) throw file_problem(folder.string(), errno);
}

}  // namespace headroom
