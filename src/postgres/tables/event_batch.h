#pragma once

#include <span>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::vector<Store::Arrived> insert_events(Connection& connection, std::span<const Store::Arrival> events);

}  // namespace headroom::postgres
