#pragma once

#include <cstdint>
#include <optional>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page);
// The new id; nullopt when it repeats a stored one.
std::optional<std::int64_t> insert_event(Connection& connection, const Event& event);
Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs newest, const TimePosition& after,
                                     int limit);

}  // namespace headroom::postgres
