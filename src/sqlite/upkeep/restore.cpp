#include "sqlite/upkeep/restore.h"

#include <SQLiteCpp/Database.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <limits>
#include <system_error>

#include "sqlite/database_lock.h"
#include "sqlite/database_path.h"
#include "sqlite/file_problem.h"
#include "sqlite/log_check.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/upkeep/former_database.h"
#include "sqlite/upkeep/migrator.h"
#include "sqlite/upkeep/snapshot_file.h"
#include "sqlite/upkeep/unfinished_file.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using Kind = DatabaseProblem::Kind;

constexpr char kInfix[] = ".restore-";

// Throws unless the file could become the database.
SchemaStatus require_restorable(const std::string& file, const fs::path& database, const RestoreOptions& options) {
  std::error_code error;
  if (fs::equivalent(file, database, error)) {
    throw DatabaseProblem(Kind::kBadBackup, file + ": is the database itself");
  }
  if (!fs::exists(file, error)) throw file_problem(file, error ? error.value() : ENOENT);
  SchemaStatus status;
  try {
    status = Migrator(file).status(options.sdk_app_id);
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() != Kind::kCorrupt) throw;
    throw DatabaseProblem(Kind::kBadBackup, problem.what());
  }
  if (status.state == SchemaState::kEmpty) {
    throw DatabaseProblem(Kind::kNotADatabase, file + ": holds no schema of headroom");
  }
  if (status.state != SchemaState::kBehind) require_current(status, file);
  return status;
}

// The copy, not the file: what was checked is what is put in place.
void require_sound(const SnapshotFile& copy, const std::string& file) {
  const std::vector<std::string> problems = Migrator(copy.path()).verify();
  if (!problems.empty()) throw DatabaseProblem(Kind::kBadBackup, file + ": is damaged: " + problems.front());
}

// Root puts back what the service's user has to open.
void give_to_owner(const SnapshotFile& copy, const fs::path& database) {
  if (::geteuid() != 0) return;
  struct stat owner {};
  if (::stat(database.c_str(), &owner) != 0 && ::stat(database.parent_path().c_str(), &owner) != 0) return;
  if (::chown(copy.path().c_str(), owner.st_uid, owner.st_gid) != 0) throw file_problem(copy.path(), errno);
}

std::int64_t count_events(const std::string& path) {
  std::int64_t events = 0;
  sqlite::read_quietly(
      path, [&](SQLite::Database& database) { events = database.execAndGet("SELECT count(*) FROM event").getInt64(); });
  return events;
}

bool reads_with_its_log(const fs::path& database) {
  try {
    check_log(database.string(), std::numeric_limits<std::int64_t>::max());
    return true;
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() != Kind::kBadLog) throw;
    return false;
  }
}

}  // namespace

RestoreReport restore_database(const std::string& path, const std::string& file, const RestoreOptions& options) {
  const fs::path database = real_database_path(path);
  // Where there is no lock yet there is no daemon either, and a file that is refused leaves none.
  std::optional<DatabaseLock> lock;
  std::error_code ignored;
  if (fs::exists(DatabaseLock::file_of(path), ignored)) lock.emplace(path);
  const SchemaStatus status = require_restorable(file, database, options);

  options.before("copy");
  SnapshotFile copy(database, kInfix);
  copy.take(file);
  require_sound(copy, file);
  give_to_owner(copy, database);
  copy.sync();
  if (!lock) lock.emplace(path);
  remove_abandoned_files(database.string() + kInfix);  // of a restore that was killed

  RestoreReport report;
  report.database = database.string();
  report.source = file;
  report.version = status.version;
  report.behind = status.state == SchemaState::kBehind;
  report.bytes = copy.bytes();
  report.events = count_events(copy.path());

  FormerDatabase former(database, options.now, options.before);
  if (reads_with_its_log(database)) {
    report.forgotten = former.beyond(copy.path());
    report.log_taken_in = former.take_log_in();
  }
  former.put_aside();
  options.before("put the backup in its place");
  copy.replace();
  options.before("end");
  report.put_aside = former.aside();
  report.moved = former.moved();
  return report;
}

}  // namespace headroom
