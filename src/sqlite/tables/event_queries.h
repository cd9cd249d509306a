#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

Page<Event> list_events(Connection& connection, const EventFilter& filter, const PageRequest& page);
// The greatest id that any event has had.
std::int64_t last_event_id(Connection& connection);
// Under that id. False when it repeats a stored one.
bool insert_event(Connection& connection, const Event& event, std::int64_t id);
// `before_group` is called before an event of that group goes.
Store::ForgottenEvents forget_events(Connection& connection, TimeMs before, TimeMs newest, const TimePosition& after,
                                     int limit, const std::function<void(const std::string&)>& before_group);

}  // namespace headroom::sqlite
