#pragma once

#include <SQLiteCpp/Database.h>

#include <functional>
#include <string>

namespace headroom::sqlite {

// Calls `read` with a read-only connection to `path` that leaves nothing behind.
//
// Opening a database in WAL mode creates its -wal and -shm, read-only or not. So when there is no log to be read
// (nobody has it open, or nobody wrote yet) the file is read as immutable, which touches nothing else; should somebody
// begin to write meanwhile, what was read is thrown away and `read` is called again on an ordinary connection, as it is
// in the first place when there is a log. `read` may therefore run twice, and must not rely on effects of its own.
//
// Throws DatabaseProblem (kMissing when there is no such file, kBadLog when its log is another's); what `read` throws
// goes on.
void read_quietly(const std::string& path, const std::function<void(SQLite::Database&)>& read);

}  // namespace headroom::sqlite
