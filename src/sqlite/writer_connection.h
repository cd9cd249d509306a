#pragma once

#include <memory>
#include <string>

#include "sqlite/connection.h"

namespace headroom::sqlite {

// The connection that writes: a write-ahead log, each commit synced, no checkpoint by itself, and what a killed process
// left in the log settled on disk. `vfs` may be empty: the default one. Throws DatabaseProblem; never creates the file.
std::unique_ptr<Connection> open_writer(const std::string& path, const std::string& vfs);

// The disk has failed: closing must not write to it any more.
void leave_as_it_is(Connection& connection) noexcept;

// One beside it that only reads. Throws DatabaseProblem.
std::unique_ptr<Connection> open_reader(const std::string& path, const std::string& vfs);

}  // namespace headroom::sqlite
