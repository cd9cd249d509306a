#pragma once

#include <cstdint>
#include <optional>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page);
std::optional<std::int64_t> insert_event(Connection& connection, const Event& event);
Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs now, const TimePosition& after,
                                     int limit);

}  // namespace headroom::sqlite
