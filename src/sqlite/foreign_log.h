#pragma once

#include <string>

namespace headroom {

// Whether there is something in the log beside a database file that can have none: another file's, which SQLite would
// read as if it were its own. `path` is the real one.
bool has_foreign_log(const std::string& path);

}  // namespace headroom
