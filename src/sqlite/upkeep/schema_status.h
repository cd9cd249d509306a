#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "stored/schema.h"

namespace headroom::sqlite {

// What an open database holds, against what this binary carries. Throws SQLite::Exception.
SchemaStatus read_schema_status(SQLite::Database& database, const std::vector<Migration>& migrations,
                                std::optional<std::int64_t> sdk_app_id);

}  // namespace headroom::sqlite
