#include "sqlite/tables/pending_tally.h"

#include "sqlite/connection.h"
#include "sqlite/tables/paging.h"

namespace headroom::sqlite {

void PendingTally::count(const char* what, TimeMs span, TimeMs at) {
  ++numbers_[{what, span, span == 0 ? 0 : at / span}];
}

// Ids ascend.
void PendingTally::add_event(std::int64_t id, TimeMs received_at) {
  count("event", kMinuteMs, received_at);
  count("event", kHourMs, received_at);
  Ids& ids = spans_.try_emplace(received_at / kSpanMs, Ids{id, id}).first->second;
  ids.last = id;
}

void PendingTally::add_new_group(const Group& group) {
  ++groups_;
  if (group.full_since) count("filled", kHourMs, *group.full_since);
  for (const TimeMs span : {TimeMs{0}, kMinuteMs, kHourMs}) {
    if (group.state == GroupState::kFull && group.full_since) count("full", span, *group.full_since);
    if (group.next_check_at) count("due", span, *group.next_check_at);
  }
}

void PendingTally::write(Connection& connection) {
  for (const auto& [key, value] : numbers_) {
    const auto& [what, span, slot] = key;
    connection
        .query(
            "INSERT INTO tally (what, span, slot, value) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET value = value + excluded.value")
        .bind(what, span, slot, value)
        .run();
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

void PendingTally::clear() {
  numbers_.clear();
  spans_.clear();
  groups_ = 0;
}

}  // namespace headroom::sqlite
