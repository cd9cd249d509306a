#pragma once

#include <memory>
#include <string>

#include "sqlite/connection.h"

namespace headroom::spool {

// The one connection to a spool, which writes with each commit synced. Whose file it is is looked at before anything is
// changed in it. `create`: where there is none; only its owner may read it. The caller holds the DatabaseLock. Throws
// DatabaseProblem.
std::unique_ptr<sqlite::Connection> open_file(const std::string& path, const std::string& vfs, bool create);

// Throws DatabaseProblem when it is another program's, or damaged; nothing when there is no file.
void refuse_others(const std::string& path);

}  // namespace headroom::spool
