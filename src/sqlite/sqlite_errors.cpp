#include "sqlite/sqlite_errors.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <filesystem>

namespace headroom::sqlite {
namespace {

// The log's index in shared memory is a file, too, and had no room to grow.
bool has_no_room(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_FULL || error.getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE;
}

StorageError::Kind storage_kind(const SQLite::Exception& error) {
  if (has_no_room(error)) return StorageError::Kind::kFull;
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
      return StorageError::Kind::kFatal;
    case SQLITE_INTERRUPT:
      return StorageError::Kind::kTimeout;
    default:
      return StorageError::Kind::kOther;
  }
}

DatabaseProblem::Kind problem_kind(int code, const std::string& path) {
  using Kind = DatabaseProblem::Kind;
  switch (code & 0xff) {
    case SQLITE_CANTOPEN: {
      std::error_code ignored;
      return std::filesystem::exists(path, ignored) ? Kind::kNoPermission : Kind::kMissing;
    }
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return Kind::kNoPermission;
    case SQLITE_NOTADB:
      return Kind::kNotADatabase;
    case SQLITE_CORRUPT:
      return Kind::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::kLocked;
    case SQLITE_FULL:
      return Kind::kFull;
    case SQLITE_IOERR:
      return Kind::kIo;
    default:
      return Kind::kFailed;
  }
}

// A call without a connection has no extended code (-1), and what the library itself refuses has no code at all.
std::string described(const SQLite::Exception& error) {
  const int code = error.getExtendedErrorCode() > 0 ? error.getExtendedErrorCode() : error.getErrorCode();
  const std::string words = error.what();
  return code > 0 ? words + " (SQLite " + std::to_string(code) + ")" : words;
}

}  // namespace

bool is_broken(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  if (has_no_room(error)) return false;
  return code == SQLITE_IOERR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

StorageError storage_error(const SQLite::Exception& error) { return {storage_kind(error), described(error)}; }

DatabaseProblem database_problem(const SQLite::Exception& error, const std::string& path, const std::string& subject) {
  return {problem_kind(error.getErrorCode(), path), (subject.empty() ? path : subject) + ": " + described(error)};
}

}  // namespace headroom::sqlite
