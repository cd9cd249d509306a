#include "sqlite/integrity.h"

#include <SQLiteCpp/Statement.h>

namespace headroom::sqlite {
namespace {

constexpr int kMaxProblems = 100;

// A file and a log that do not belong together may still fit page by page. What each commit writes about the newest
// event then speaks of one that was never there.
bool misses_events(SQLite::Database& database) {
  if (!database.tableExists("event") || !database.tableExists("event_span")) return false;
  SQLite::Statement newest(
      database,
      "SELECT coalesce(max(last_id), 0) > max(coalesce((SELECT max(id) FROM event), 0),"
      " coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'event'), 0)) FROM event_span");
  return newest.executeStep() && newest.getColumn(0).getInt() != 0;
}

}  // namespace

std::vector<std::string> find_damage(SQLite::Database& database) {
  std::vector<std::string> problems;
  SQLite::Statement integrity(database, "PRAGMA integrity_check(" + std::to_string(kMaxProblems) + ")");
  while (integrity.executeStep()) {
    const std::string line = integrity.getColumn(0).getString();
    if (line != "ok") problems.push_back("integrity: " + line);
  }
  if (problems.empty() && misses_events(database)) problems.emplace_back("events: the newest are missing");
  SQLite::Statement keys(database, "PRAGMA foreign_key_check");
  for (int i = 0; i < kMaxProblems && keys.executeStep(); ++i) {
    problems.push_back("foreign key: row " + keys.getColumn(1).getString() + " of " + keys.getColumn(0).getString() +
                       " refers to a missing row of " + keys.getColumn(2).getString());
  }
  return problems;
}

}  // namespace headroom::sqlite
