#pragma once

#include <cstdint>
#include <string>

#include "postgres/connection.h"
#include "stored/pending_tally.h"

// The numbers that are kept in `tally`, so that none has to be counted: see the migration that makes it.
namespace headroom::postgres {

// As counted by that node.
void write_tally(Connection& connection, const stored::PendingTally& tally, const std::string& node);
// Those of times that were over by then become nobody's; at most `limit` of each kind. Returns how many went.
int fold_counters(Connection& connection, TimeMs over_by, int limit);

// `what` at any time.
std::int64_t tallied(Connection& connection, const std::string& what);

// `what` in the minutes after the one that holds `at`; what remains of that one is in (at, end_of_minute(at)).
std::int64_t tallied_after(Connection& connection, const std::string& what, TimeMs at);
// `what` in the minutes before the one that holds `at`.
std::int64_t tallied_before(Connection& connection, const std::string& what, TimeMs at);
constexpr TimeMs end_of_minute(TimeMs at) { return (at / kMinuteMs + 1) * kMinuteMs; }

// Groups in `full` with full_since <= at.
std::int64_t full_until(Connection& connection, TimeMs at);
// Groups with next_check_at <= at.
std::int64_t due_until(Connection& connection, TimeMs at);
// Events with received_at > at; at most a day back.
std::int64_t events_after(Connection& connection, TimeMs at);
// Members sent to delete (restores left out) with sent_at > at; at most a day back.
std::int64_t removals_after(Connection& connection, TimeMs at);

}  // namespace headroom::postgres
