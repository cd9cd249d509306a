// The calendar: outside of its hours nobody goes, and that is no failure (contract, section 9).
#include <algorithm>

#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

bool has_calendar(const Orders& orders) { return !orders.calendar.hours.empty() || !orders.calendar.freezes.empty(); }

}  // namespace

// A delete call, or one that raises a limit, is about to leave the daemon. By the daemon's own clock, and by the
// world's as far as that can differ without being noticed.
void Oracle::check_hours(const Run& run, TimeMs now) {
  if (too_old_.contains(run.id)) fail("9", of_run(run) + " sends by a plan that was too old at the opening");
  if (forced_.contains(run.id)) {
    if (!is_open_by(orders.calendar, clock.wall(now))) coverage.add("delete calls that an operator has forced");
    return;
  }
  const auto was_open = [&](TimeMs at) {
    return book_.was_ever(now - OrderBook::kGrace, [&](const Orders& then) { return is_open_by(then.calendar, at); });
  };
  if (!was_open(clock.wall(now))) fail("9", of_run(run) + " sends outside of the calendar's hours");
  bool open = false;
  for (TimeMs at = now - clock.slack(); at <= now + clock.slack() && !open; at += kMinuteMs) open = was_open(at);
  if (!open && !was_open(now + clock.slack())) fail("9", of_run(run) + " sends when it has long been closed");
  if (has_calendar(orders)) coverage.add("delete calls within the hours of a calendar");
}

// A run goes on when its plan is younger than approval_ttl; with what the limits leave then.
void Oracle::note_hours(const Run& run, TimeMs now) {
  if (waits_for_calendar(run)) {
    if (waiting_.insert(run.id).second) {
      coverage.add(fates_.contains(run.id) ? "runs that the calendar closed between two batches"
                                           : "runs that wait for the calendar");
    }
    return;
  }
  if (waiting_.erase(run.id) == 0 || run.state != RunState::kRunning) return;
  if (run.doubt_looks) {  // it says that it is only looked at
    closed_to_sending_.insert(run.id);
    coverage.add("runs that ended at the opening");
    return;
  }
  const DurationMs age = clock.wall(now) - std::max(run.created_at, run.confirmed_at.value_or(0));
  const bool too_old = book_.has_held(now, [&](const Orders& then) { return age >= then.approval_ttl + kSecondMs; });
  if (too_old) too_old_.insert(run.id);
  coverage.add("runs that went on at the opening");
  if (run.mode != RunMode::kRaise) check_reservation(run, now);
}

}  // namespace headroom::model
