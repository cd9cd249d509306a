#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headroom/types.h"

namespace headroom {

struct DatabaseHealth {
  std::string library;  // SQLite's version
  std::int64_t bytes = 0;
  std::vector<std::string> damage;
  bool whole = true;  // false: the time was over before all was looked at, and nothing was found until then
};

// SQLite's integrity and foreign-key checks, `most` long at most. Read-only, beside a running daemon too. Throws
// DatabaseProblem when the file can not be read.
DatabaseHealth examine_database(const std::string& path, DurationMs most);

}  // namespace headroom
