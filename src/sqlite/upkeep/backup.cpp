#include "sqlite/upkeep/backup.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "sqlite/file_problem.h"
#include "sqlite/quiet_reader.h"
#include "sqlite/upkeep/snapshot_file.h"
#include "sqlite/upkeep/unfinished_file.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBackupsKept = 3;
// No name that anybody else gives: what is called so and abandoned is removed.
constexpr char kInfix[] = ".unfinished-";

std::int64_t count_events(const std::string& path) {
  std::int64_t events = 0;
  sqlite::read_quietly(path, [&](SQLite::Database& database) {
    if (database.tableExists("event")) events = database.execAndGet("SELECT count(*) FROM event").getInt64();
  });
  return events;
}

bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// FILE.before-N.bak, FILE.before-N.bak.K
bool is_backup_of(const std::string& name, const std::string& database) {
  const std::string prefix = database + ".before-";
  if (!name.starts_with(prefix)) return false;
  const std::string rest = name.substr(prefix.size());
  const auto bak = rest.find(".bak");
  if (bak == std::string::npos || !all_digits(rest.substr(0, bak))) return false;
  const std::string end = rest.substr(bak + 4);
  return end.empty() || (end.front() == '.' && all_digits(end.substr(1)));
}

}  // namespace

BackupReport backup_database(const std::string& source, const std::string& target) {
  const fs::path absolute = fs::absolute(target);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(absolute, ignored))) throw file_problem(target, EEXIST);
  if (!fs::exists(source, ignored)) throw file_problem(source, ENOENT);
  remove_abandoned_files(absolute.string() + kInfix);  // at full size, and nobody else would ever
  SnapshotFile snapshot(absolute, kInfix);
  snapshot.take(source);
  const BackupReport report{absolute.string(), snapshot.bytes(), count_events(snapshot.path())};
  snapshot.publish();
  return report;
}

void thin_out_backups(const std::string& database) {
  const fs::path path = fs::absolute(database);
  std::vector<std::pair<fs::file_time_type, fs::path>> backups;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), ignored)) {
    if (!is_backup_of(entry.path().filename().string(), path.filename().string())) continue;
    if (entry.symlink_status(ignored).type() == fs::file_type::regular) {
      backups.emplace_back(entry.last_write_time(ignored), entry.path());
    }
  }
  std::sort(backups.begin(), backups.end(), std::greater<>());
  for (std::size_t i = kBackupsKept; i < backups.size(); ++i) fs::remove(backups[i].second, ignored);
}

}  // namespace headroom
