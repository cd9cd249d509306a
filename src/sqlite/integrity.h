#pragma once

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

namespace headroom::sqlite {

// What SQLite's integrity and foreign-key checks find, at most a hundred lines of each. Throws SQLite::Exception.
std::vector<std::string> find_damage(SQLite::Database& database);

}  // namespace headroom::sqlite
