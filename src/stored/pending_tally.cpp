#include "stored/pending_tally.h"

#include "stored/paging.h"

namespace headroom::stored {

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

void PendingTally::clear() {
  numbers_.clear();
  spans_.clear();
  groups_ = 0;
}

}  // namespace headroom::stored
