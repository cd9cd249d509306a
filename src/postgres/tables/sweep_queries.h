#pragma once

#include <cstdint>
#include <optional>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::optional<Sweep> find_sweep(Connection& connection, std::int64_t id);
Page<Sweep> list_sweeps(Connection& connection, const PageRequest& page);
std::optional<Sweep> running_sweep(Connection& connection);
std::optional<Sweep> last_sweep(Connection& connection);

std::int64_t insert_sweep(Connection& connection, const Sweep& sweep);
void update_sweep(Connection& connection, const Sweep& sweep);

}  // namespace headroom::postgres
