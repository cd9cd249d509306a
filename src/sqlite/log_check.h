#pragma once

#include <cstdint>
#include <string>

namespace headroom {

enum class LogCheck {
  kNoLog,      // nothing was left to be read
  kSound,      // the database and its log belong together, and are whole
  kUnchecked,  // the database is larger than what a start has time for
};

inline constexpr std::int64_t kCheckedAtStartBytes = 64 * 1024 * 1024;

// Looks at the log that a killed process left beside a database, before anything is made of the two: SQLite itself
// takes any log for the database's own, also when another file was copied into its place. The caller holds the
// DatabaseLock. Throws DatabaseProblem: kBadLog, which names `headroomd restore`.
LogCheck check_log(const std::string& path, std::int64_t most_bytes = kCheckedAtStartBytes);

// What to say of kUnchecked: with the command that checks it.
std::string unchecked_log(const std::string& path);

}  // namespace headroom
