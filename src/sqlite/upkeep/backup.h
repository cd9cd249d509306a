#pragma once

#include <cstdint>
#include <string>

namespace headroom {

struct BackupReport {
  std::string path;  // absolute
  std::int64_t bytes = 0;
  std::int64_t events = 0;
};

// Writes one consistent snapshot of the database to `target`, beside a writer if there is one: under a temporary name
// in the target's folder (mode 0600), synced, then renamed. Nothing is left behind when it fails; what a
// killed one has left is removed by the next to the same `target`.
// Throws DatabaseProblem: kExists when there is a `target`, kMissing, kNoPermission, kNotADatabase, kFull, kIo, …
BackupReport backup_database(const std::string& source, const std::string& target);

// What `migrate up` has written beside `database`: removes all but the three newest. Those that can not be removed
// stay.
void thin_out_backups(const std::string& database);

}  // namespace headroom
