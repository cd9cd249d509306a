#pragma once

#include <string>
#include <string_view>

#include "headroom/event.h"

namespace headroom::webhook {

// [34354] `sign` is the hex SHA-256, in either case, of the token followed by RequestTime as it stands in the URL. The
// comparison takes the same time wherever the two differ.
bool is_signed(std::string_view token, std::string_view request_time, std::string_view sign);

// What makes two deliveries of one event the same. `event` has an event time; `body` is what was received.
Fingerprint fingerprint_of(const Event& event, std::string_view body);

}  // namespace headroom::webhook
