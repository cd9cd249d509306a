#include "spool/spool_file.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "spool/spool_rows.h"
#include "sqlite/database_path.h"
#include "sqlite/file_descriptor.h"
#include "sqlite/file_problem.h"
#include "sqlite/folder_owner.h"
#include "sqlite/foreign_log.h"
#include "sqlite/log_tail.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/writer_connection.h"
#include "stored/database_problem.h"

namespace headroom::spool {
namespace {

using Kind = DatabaseProblem::Kind;
namespace fs = std::filesystem;

constexpr std::int64_t kApplication = 0x48525350;  // "HRSP"
constexpr std::int64_t kVersion = 1;

bool has_content(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return !error && bytes > 0;
}

[[noreturn]] void refuse_log(const std::string& path, const std::string& why) {
  throw DatabaseProblem(Kind::kBadLog, path + ": " + why);
}

// SQLite itself would read what it can of such a log, and leave out what was acknowledged.
void check_log(const std::string& path, const std::string& real) {
  const std::string log = real + "-wal";
  if (!has_content(log)) return;
  // Nothing reads a log without its file, and nothing makes the two fit that do not: neither a start nor an export.
  if (!has_content(real)) {
    const bool there = fs::exists(real);
    refuse_log(path, (there ? "is empty, and the log " + log + " is of the file that was there before"
                            : "is missing, and its log " + log + " is there") +
                         ": put that file back. Where it is lost, so are the events in the log: move the log away and "
                         "start again; a sweep finds their groups");
  }
  if (has_foreign_log(real)) {
    refuse_log(path, "the log beside it, " + log +
                         ", is another file's: put back the file that it belongs to, or move "
                         "the log away; `headroomd spool export` and a start then read what is in this file");
  }
  if (hides_commits(log)) {
    refuse_log(path, "the log beside it, " + log +
                         ", is damaged in front of what was committed: put back both as they "
                         "were, or move the log away, which loses what is in it alone (a sweep finds those groups)");
  }
}

struct Marks {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;

  bool is_new() const { return application == 0 && version == 0 && tables == 0; }
};

void require_ours(const Marks& marks, const std::string& path) {
  if (marks.is_new()) return;
  if (marks.application != kApplication) throw DatabaseProblem(Kind::kNotADatabase, path + ": is no spool of headroom");
  if (marks.version > kVersion) {
    throw DatabaseProblem(Kind::kNewer, path + ": is of version " + std::to_string(marks.version) +
                                            ", this program knows " + std::to_string(kVersion));
  }
}

std::int64_t number(sqlite::Connection& connection, const std::string& sql) {
  sqlite::Query query = connection.query(sql);
  return query.step() ? query.integer() : 0;
}

// One transaction: a file is new until it is whole.
void make_tables(sqlite::Connection& connection) {
  connection.execute("BEGIN IMMEDIATE");
  connection.execute("CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), identity TEXT NOT NULL) STRICT");
  connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, " + column_definitions() + ") STRICT");
  connection.execute("CREATE TABLE refused (id INTEGER PRIMARY KEY, " + column_definitions() +
                     ", why TEXT NOT NULL) STRICT");
  connection.execute("INSERT INTO meta (one, identity) VALUES (1, '')");
  connection.execute("PRAGMA application_id = " + std::to_string(kApplication));
  connection.execute("PRAGMA user_version = " + std::to_string(kVersion));
  connection.execute("COMMIT");
}

void create_private(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid() && errno == EEXIST) return;
  if (!file.valid()) throw file_problem(path, errno);
  if (const int code = give_to_owner_of_folder(file.get(), path); code != 0) throw file_problem(path, code);
}

}  // namespace

void refuse_others(const std::string& path) {
  const std::string real = real_database_path(path).string();
  check_log(path, real);
  if (!has_content(real)) return;
  Marks marks;
  sqlite::read_quietly(real, [&](SQLite::Database& database) {
    marks.application = database.execAndGet("PRAGMA application_id").getInt64();
    marks.version = database.execAndGet("PRAGMA user_version").getInt64();
    marks.tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64();
  });
  require_ours(marks, path);
}

std::unique_ptr<sqlite::Connection> open_file(const std::string& path, const std::string& vfs, bool create) {
  refuse_others(path);
  const std::string real = real_database_path(path).string();
  if (create) create_private(real);
  auto connection = sqlite::open_writer(real, vfs);
  try {
    // The empty one is vacuumed once it was large; no other file is to be made for that.
    connection->execute("PRAGMA temp_store = MEMORY");
    if (number(*connection, "PRAGMA user_version") == 0) make_tables(*connection);
  } catch (const SQLite::Exception& error) {
    throw sqlite::database_problem(error, path);
  }
  return connection;
}

}  // namespace headroom::spool
