#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headroom/types.h"
#include "sqlite/upkeep/forgotten.h"

namespace headroom {

struct RestoreOptions {
  std::optional<std::int64_t> sdk_app_id = std::nullopt;  // whose database the file has to be
  TimeMs now = 0;
  // Called before each step that changes something on disk: tests end the process there.
  std::function<void(const char* step)> before = [](const char*) {};
};

struct RestoreReport {
  std::string database;  // real path
  std::string source;
  int version = 0;  // of the schema
  bool behind = false;
  std::int64_t bytes = 0;
  std::int64_t events = 0;
  std::string put_aside;  // where the former database is; empty when there was none
  bool log_taken_in = false;
  std::vector<std::string> moved;      // what was beside it and could not be taken into it, where it is now
  std::optional<Forgotten> forgotten;  // absent: the former database is not there, or can not be read
};

// Puts a backup in the database's place, which is moved aside. Nothing is changed before the backup is found whole and
// of this app; a kill at any moment leaves the old database or the new one. Takes the DatabaseLock.
// Throws DatabaseProblem: kLocked, kMissing, kNotADatabase, kForeignApp, kNewer, kAltered, kBadBackup, kFull, kIo, …
RestoreReport restore_database(const std::string& path, const std::string& file, const RestoreOptions& options);

}  // namespace headroom
