#include "sqlite/log_check.h"

#include <SQLiteCpp/Exception.h>
#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "sqlite/database_path.h"
#include "sqlite/foreign_log.h"
#include "sqlite/integrity.h"
#include "sqlite/log_tail.h"
#include "sqlite/quiet_reader.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool has_content(const std::string& path) {
  const auto status = status_of(path);
  return status && status->st_size > 0;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw DatabaseProblem(DatabaseProblem::Kind::kBadLog,
                        path + ": " + why + "; put a backup in its place with `headroomd restore FILE`");
}

// A restore that was cut off between moving the log aside and putting the backup in the database's place: what lies
// there now has a second name, with the log beside that one.
bool restore_was_cut_off(const fs::path& path) {
  const auto present = status_of(path.string());
  if (!present || present->st_nlink < 2) return false;
  const std::string prefix = path.filename().string() + ".replaced-";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const auto other = status_of(entry.path().string());
    if (other && other->st_ino == present->st_ino && has_content(entry.path().string() + "-wal")) return true;
  }
  return false;
}

std::vector<std::string> damage_of(const std::string& path) {
  using Kind = DatabaseProblem::Kind;
  std::vector<std::string> found;
  try {
    sqlite::read_quietly(path, [&](SQLite::Database& database) { found = sqlite::find_damage(database); });
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() != Kind::kCorrupt && problem.kind() != Kind::kNotADatabase) throw;
    found.emplace_back(problem.what());
  }
  return found;
}

}  // namespace

LogCheck check_log(const std::string& path, std::int64_t most_bytes) {
  const fs::path real = real_database_path(path);
  const std::string log = real.string() + "-wal";
  if (restore_was_cut_off(real)) refuse(path, "a restore was cut off before it had put the backup here");
  if (!has_content(log)) return LogCheck::kNoLog;
  if (!has_content(real.string())) refuse(path, "is missing, its log " + log + " is there");
  if (has_foreign_log(real.string())) {
    refuse(path, "the log beside it, " + log + ", is another database's: this file has none");
  }
  if (hides_commits(log)) {
    refuse(path, "the log beside it, " + log + ", is damaged: what was committed behind that place can not be read");
  }
  const auto status = status_of(real.string());
  if (status && status->st_size > most_bytes) return LogCheck::kUnchecked;
  const std::vector<std::string> damage = damage_of(real.string());
  if (!damage.empty()) refuse(path, "is damaged, or the log beside it is another database's (" + damage.front() + ")");
  return LogCheck::kSound;
}

std::string unchecked_log(const std::string& path) {
  return path +
         ": the log of a killed process lies beside it, and the database is too large to be checked by each "
         "start; `headroomd migrate verify` checks it";
}

}  // namespace headroom
