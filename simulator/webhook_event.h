#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chatsim {

enum class EventTimeMode { kInteger, kString, kAbsent };

// `{"Member_Account":…}` objects on the wire.
using AccountList = std::vector<std::string>;

// One webhook before it is rendered. Its fields stand between CallbackCommand and EventTime, in this order.
struct WebhookEvent {
  std::string command;
  std::string group_id;  // for logs; the body has it as a field
  std::string platform = "RESTAPI";
  std::string client_ip = "127.0.0.1";        // empty: not in the query
  std::optional<std::int64_t> event_time_ms;  // nullopt: this command has none
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t, AccountList>>> fields;
};

// The JSON body.
std::string render(const WebhookEvent& event, EventTimeMode mode);

}  // namespace chatsim
