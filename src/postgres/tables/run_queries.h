#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

// Nobody else changes it before the transaction ends.
void lock_run(Connection& connection, std::int64_t id);
void lock_open_run(Connection& connection, const std::string& group_id);
std::optional<Run> find_run(Connection& connection, std::int64_t id);
Page<Run> list_runs(Connection& connection, const RunFilter& filter, const PageRequest& page);
std::optional<Run> open_run(Connection& connection, const std::string& group_id);
std::vector<Run> running_runs(Connection& connection);
std::vector<Run> waiting_runs(Connection& connection, int limit);
std::optional<Run> last_listing(Connection& connection, const std::string& group_id);

std::int64_t insert_run(Connection& connection, const Run& run);
void update_run(Connection& connection, const Run& run);
void add_doubt(Connection& connection, std::int64_t run_id, std::int64_t vain_looks, DurationMs over);

}  // namespace headroom::postgres
