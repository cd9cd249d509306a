#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "postgres/connection.h"
#include "stored/schema.h"

namespace headroom::postgres {

// What a database holds, against what this binary carries. Throws StorageError.
SchemaStatus read_schema_status(Connection& connection, const std::vector<Migration>& migrations,
                                std::optional<std::int64_t> sdk_app_id);
// The version that was applied last; 0: none.
int applied_version(Connection& connection);

}  // namespace headroom::postgres
