#pragma once

#include "sqlite/connection.h"

namespace headroom::sqlite {

// Moves the log into the database file as far as readers allow, and returns when it is on disk there. Outside a
// transaction, by the one connection that writes. Throws SQLite::Exception.
void checkpoint(Connection& connection);

}  // namespace headroom::sqlite
