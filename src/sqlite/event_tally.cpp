#include "sqlite/event_tally.h"

#include "sqlite/connection.h"
#include "sqlite/paging.h"

namespace headroom::sqlite {
namespace {

void count(Connection& connection, TimeMs span, std::int64_t slot, std::int64_t events) {
  connection
      .query(
          "INSERT INTO tally (what, span, slot, value) VALUES ('event', ?, ?, ?)"
          " ON CONFLICT DO UPDATE SET value = value + excluded.value")
      .bind(span, slot, events)
      .run();
}

}  // namespace

// Ids ascend.
void EventTally::add(std::int64_t id, TimeMs received_at) {
  ++minutes_[received_at / kMinuteMs];
  Ids& ids = spans_.try_emplace(received_at / kSpanMs, Ids{id, id}).first->second;
  ids.last = id;
}

void EventTally::write(Connection& connection) {
  for (const auto& [minute, events] : minutes_) {
    count(connection, kMinuteMs, minute, events);
    count(connection, kHourMs, minute * kMinuteMs / kHourMs, events);
  }
  for (const auto& [slot, ids] : spans_) {
    connection
        .query(
            "INSERT INTO event_span (slot, first_id, last_id) VALUES (?, ?, ?) ON CONFLICT (slot) DO UPDATE"
            " SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)")
        .bind(slot, ids.first, ids.last)
        .run();
  }
  clear();
}

void EventTally::clear() {
  minutes_.clear();
  spans_.clear();
}

}  // namespace headroom::sqlite
