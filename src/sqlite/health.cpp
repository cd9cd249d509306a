#include "sqlite/health.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>

#include "sqlite/integrity.h"
#include "sqlite/quiet_reader.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

constexpr int kStepsBetweenLooks = 20000;

using Moment = std::chrono::steady_clock::time_point;

int is_over(void* until) { return std::chrono::steady_clock::now() >= *static_cast<const Moment*>(until) ? 1 : 0; }

}  // namespace

DatabaseHealth examine_database(const std::string& path, DurationMs most) {
  DatabaseHealth health;
  health.library = sqlite3_libversion();
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored) health.bytes = static_cast<std::int64_t>(size);
  Moment until = std::chrono::steady_clock::now() + std::chrono::milliseconds(most);
  const auto look = [&](SQLite::Database& database) {
    health.whole = true;  // it may be called twice
    sqlite3_progress_handler(database.getHandle(), kStepsBetweenLooks, is_over, &until);
    try {
      health.damage = sqlite::find_damage(database);
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() != SQLITE_INTERRUPT) throw;
      health.whole = false;
    }
  };
  try {
    sqlite::read_quietly(path, look);
  } catch (const DatabaseProblem& problem) {
    if (problem.kind() != DatabaseProblem::Kind::kCorrupt) throw;
    health.damage = {problem.what()};
  }
  return health;
}

}  // namespace headroom
