#pragma once

#include <algorithm>
#include <string>

#include "headroom/event.h"
#include "headroom/names.h"

namespace headroom::stored {

// The columns of read_event().
inline const std::string kEventColumns =
    "id, group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint";

template <typename Row>
Event read_event(Row& row) {
  Event event;
  event.id = row.integer();
  event.group_id = row.text();
  event.source = row.template word<EventSource>();
  event.event_time = row.optional_integer();
  event.received_at = row.integer();
  event.client_ip = row.text();
  event.platform = row.text();
  event.topic_id = row.optional_text();
  event.body = row.text();
  if (const auto bytes = row.optional_bytes(); bytes && bytes->size() == Fingerprint{}.size()) {
    event.fingerprint.emplace();
    std::copy(bytes->begin(), bytes->end(), event.fingerprint->begin());
  }
  return event;
}

}  // namespace headroom::stored
