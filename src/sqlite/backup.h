#pragma once

#include <string>

namespace headroom {

// Writes one consistent snapshot of the database to `target`, beside a writer if there is one: under a temporary name
// in the target's folder (mode 0600), synced, then renamed. Nothing is left behind when it fails.
// Throws DatabaseProblem: kExists when there is a `target`, kMissing, kNoPermission, kNotADatabase, kFull, kIo, …
void backup_database(const std::string& source, const std::string& target);

}  // namespace headroom
