#include "sqlite/upkeep/former_database.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <utility>

#include "sqlite/file_problem.h"
#include "sqlite/log_check.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_errors.h"
#include "sqlite/upkeep/snapshot_file.h"
#include "stored/database_problem.h"
#include "text/time_text.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyMs = 5000;
constexpr std::array kBeside = {"-wal", "-shm", "-journal"};
constexpr int kMaxNames = 1000;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// Rows of `table` that the attached `successor` does not have. An id alone does not name one: those that a restore had
// forgotten were given out again.
std::int64_t missing(SQLite::Database& database, const std::string& table, const std::string& same,
                     const std::string& which = "TRUE") {
  if (!database.tableExists(table)) return 0;
  SQLite::Statement here(database, "SELECT count(*) FROM successor.sqlite_schema WHERE name = ?");
  here.bind(1, table);
  const bool there = here.executeStep() && here.getColumn(0).getInt() > 0;
  SQLite::Statement statement(
      database, "SELECT count(*) FROM main." + table + " AS f WHERE " + which +
                    (there ? " AND NOT EXISTS (SELECT 1 FROM successor." + table + " AS s WHERE " + same + ")" : ""));
  return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

void rename_or_throw(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw file_problem(from, errno);
}

// 20261128T161500Z: nothing in it that a shell or another file system minds.
std::string stamp(TimeMs now) {
  std::string text = format_time(now).substr(0, 19);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

}  // namespace

FormerDatabase::FormerDatabase(fs::path path, TimeMs now, std::function<void(const char*)> before)
    : path_(std::move(path)), now_(now), before_(std::move(before)) {}

std::optional<Forgotten> FormerDatabase::beyond(const std::string& successor) const {
  if (!exists(path_.string())) return std::nullopt;
  try {
    Forgotten forgotten;
    sqlite::read_quietly(path_.string(), [&](SQLite::Database& database) {
      SQLite::Statement attach(database, "ATTACH ? AS successor");
      attach.bind(1, successor);
      attach.exec();
      forgotten.events =
          missing(database, "event", "s.id = f.id AND s.received_at = f.received_at AND s.group_id = f.group_id");
      forgotten.audit = missing(database, "audit", "s.id = f.id AND s.at = f.at AND s.target = f.target");
      forgotten.removals = missing(database, "run_member",
                                   "s.id = f.id AND s.account = f.account AND s.sent_at IS f.sent_at"
                                   " AND s.outcome = 'removed'",
                                   "f.outcome = 'removed'");
    });
    return forgotten;
  } catch (const DatabaseProblem&) {
    return std::nullopt;
  }
}

bool FormerDatabase::take_log_in() const {
  const auto has_log = [&] { return exists(path_.string() + "-wal") || exists(path_.string() + "-journal"); };
  if (!has_log()) return false;
  try {
    before_("take the log in");
    SQLite::Database database(path_.string(), SQLite::OPEN_READWRITE, kBusyMs);
    database.exec("PRAGMA synchronous = FULL");
    SQLite::Statement checkpoint(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0) {
      throw DatabaseProblem(DatabaseProblem::Kind::kLocked, path_.string() + ": another program reads it");
    }
  } catch (const SQLite::Exception& error) {
    const DatabaseProblem problem = sqlite::database_problem(error, path_.string());
    using Kind = DatabaseProblem::Kind;
    if (problem.kind() != Kind::kCorrupt && problem.kind() != Kind::kNotADatabase) throw problem;
    return false;
  }
  return true;
}

std::string FormerDatabase::free_name(TimeMs now) const {
  const std::string first = path_.string() + ".replaced-" + stamp(now);
  for (int i = 0; i < kMaxNames; ++i) {
    const std::string name = i == 0 ? first : first + "-" + std::to_string(i);
    const bool taken = exists(name) || std::any_of(kBeside.begin(), kBeside.end(),
                                                   [&](const char* suffix) { return exists(name + suffix); });
    if (!taken) return name;
  }
  throw file_problem(first, EEXIST);
}

void FormerDatabase::put_aside() {
  const std::string name = free_name(now_);
  if (exists(path_.string())) {
    before_("name the former database");
    if (::link(path_.c_str(), name.c_str()) != 0) throw file_problem(name, errno);
    aside_ = name;
    sync_folder(path_.parent_path());
  }
  for (const char* suffix : kBeside) {
    if (!exists(path_.string() + suffix)) continue;
    before_("move what is beside it");
    rename_or_throw(path_.string() + suffix, name + suffix);
    moved_.push_back(name + suffix);
  }
  sync_folder(path_.parent_path());
}

}  // namespace headroom
