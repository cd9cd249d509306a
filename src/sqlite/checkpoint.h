#pragma once

#include "sqlite/connection.h"

namespace headroom::sqlite {

// Moves the log into the database file as far as readers allow, and returns when it is on disk there. Outside a
// transaction, by the one connection that writes. Throws SQLite::Exception.
void checkpoint(Connection& connection);

// What is in the log of another process may never have been synced: a killed one, or one whose sync failed, leaves
// frames that everybody sees and no disk holds. Whoever repeats such an event must not get an answer on the strength of
// them, and nothing new may stand behind them. So they go into the database file, with syncs of their own, and the log
// begins anew. Where a reader or a full disk is in the way, the log is synced, and stays. Throws SQLite::Exception.
void settle_log(Connection& connection);

}  // namespace headroom::sqlite
