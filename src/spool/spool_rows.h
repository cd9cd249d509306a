#pragma once

#include <cstdint>
#include <string>

#include "headroom/event.h"
#include "spool/spool_batch.h"
#include "sqlite/connection.h"

namespace headroom::spool {

// An event as a row: exactly as it is, whatever bytes its texts have, but for its id.
const std::string& columns();
std::string column_definitions();

// Throws SQLite::Exception, also for an event without an intake id.
void insert_event(sqlite::Connection& connection, std::int64_t id, const Event& event);
// The columns in their order. Throws StorageError when a row holds what none of ours does.
Event read_event(sqlite::Query& row);

// So many of them, or fewer when their bodies are long; `with_why`: each with the reason for which it was refused.
SpoolBatch read_batch(sqlite::Query& rows, std::size_t most, bool with_why);

// What it takes on disk, about.
std::int64_t bytes_of(const Event& event);

}  // namespace headroom::spool
