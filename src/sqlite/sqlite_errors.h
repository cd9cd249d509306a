#pragma once

#include <string>

#include "headroom/storage.h"
#include "stored/database_problem.h"

namespace SQLite {
class Exception;
}

// Where SQLite's errors end: its result codes decide, never its texts.
namespace headroom::sqlite {

// Of a call on an open database.
StorageError storage_error(const SQLite::Exception& error);

// The disk failed, or the file is damaged; as opposed to what the process itself has run out of.
bool is_broken(const SQLite::Exception& error);

// Of opening, migrating, checking or backing up `path`. `subject`: what the text begins with, the path when empty.
DatabaseProblem database_problem(const SQLite::Exception& error, const std::string& path,
                                 const std::string& subject = {});

}  // namespace headroom::sqlite
