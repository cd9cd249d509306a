#include "sqlite/integrity.h"

#include <SQLiteCpp/Statement.h>

namespace headroom::sqlite {
namespace {

constexpr int kMaxProblems = 100;

}  // namespace

std::vector<std::string> find_damage(SQLite::Database& database) {
  std::vector<std::string> problems;
  SQLite::Statement integrity(database, "PRAGMA integrity_check(" + std::to_string(kMaxProblems) + ")");
  while (integrity.executeStep()) {
    const std::string line = integrity.getColumn(0).getString();
    if (line != "ok") problems.push_back("integrity: " + line);
  }
  SQLite::Statement keys(database, "PRAGMA foreign_key_check");
  for (int i = 0; i < kMaxProblems && keys.executeStep(); ++i) {
    problems.push_back("foreign key: row " + keys.getColumn(1).getString() + " of " + keys.getColumn(0).getString() +
                       " refers to a missing row of " + keys.getColumn(2).getString());
  }
  return problems;
}

}  // namespace headroom::sqlite
