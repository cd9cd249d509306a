#pragma once

#include <cstdint>
#include <optional>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page);
std::optional<std::int64_t> insert_event(Connection& connection, const Event& event);
int delete_events_before(Connection& connection, TimeMs received_before, int limit);

}  // namespace headroom::sqlite
