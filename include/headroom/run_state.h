#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "headroom/control.h"
#include "headroom/group_state.h"
#include "headroom/reason.h"
#include "headroom/run.h"
#include "headroom/types.h"

// How a run's state moves: planned or stopped, waiting, begun, ended. The twin of group_state, and as pure: what
// happened and the time go in, the callers store what comes out.
//
//   plan_made ─▶ planned ─┬─ kIsAll ───────────────────────────────▶ planned (it may be approved later)
//                         ├─ kWaits ─ await_approval ─▶ awaiting ─┬─ begin ─▶ running
//                         │                                       ├─ end_unapproved ─▶ rejected, expired
//                         │                                       └─ end_with_group ─▶ nothing_to_do
//                         └─ kBegins ─ begin ─▶ running ─ close_run ─▶ succeeded, partial, failed, nothing_to_do
//                                                │  ▲
//                                           park ▼  │ unpark
//                                               parked (running, reason closed)
//   stop_run ─▶ failed, nothing_to_do
namespace headroom {

// Who or what makes a run begin.
enum class Start { kScheduled, kOrdered, kApproved, kRestored };

// What is stored, and in force, when a run is about to begin.
struct StartFacts {
  SchedulerMode mode = SchedulerMode::kPlan;
  bool operator_pause = false;
  bool own_pause = false;
  bool group_known = true;
  bool group_exempt = false;
  bool cools_down = false;
  bool closed = false;  // the calendar, for an order that would remove somebody
  std::optional<TimeMs> opens_at;
  bool overtaken = false;  // another run of the group began or ended while this one's members were listed
  std::optional<std::int64_t> other_open;  // another run of the group that is not over
};

// Why it may not. The first that holds, in the order in which people are told.
enum class Hindrance {
  kNone,
  kGroupUnknown,
  kObserves,
  kPaused,
  kPausedItself,
  kGroupExempt,
  kClosed,
  kCoolsDown,
  kOvertaken,
  kOtherRun
};
Hindrance may_begin(Start start, const StartFacts& facts);

// A plan names its members; nothing has been decided about it yet.
void plan_made(Run& run);
// Nobody is to go: it is over, in an error or with nothing to do.
void stop_run(Run& run, const Reason& reason);
// Chat could not be asked: an error, whatever the reason says.
void fail_run(Run& run, const Reason& reason);

// What a plan does once it is stored.
enum class AfterPlan { kIsAll, kWaits, kBegins };
// `asks`: so many members are removable all at once that a person has to look first, even when one ordered the run:
// nobody has seen these members yet.
AfterPlan after_plan(const Run& run, WaitsFor asks);

void await_approval(Run& run, WaitsFor asks);
void begin(Run& run, TimeMs started_at);
// Ordered, on whichever node, and taken up by none: whoever leads begins it, also when the one that led has ended. (One
// that a leader has met and could not store is in doubt as any other.)
bool is_unbegun(const Run& run);
// Approved: what was a plan may have been over.
void begin_approved(Run& run, TimeMs now);

// It waited for an approval that did not come. `state`: kRejected or kExpired.
void end_unapproved(Run& run, RunState state, TimeMs now);
// It waited, and its group is gone.
void end_with_group(Run& run, TimeMs now);

// The calendar is closed: it sends nothing, reserves nothing, and stays as it is until that opens.
void park(Run& run);
bool is_parked(const Run& run);
// It goes on, or is to be ended.
void unpark(Run& run);

// Counts outcomes and decides how a run ended. `room`: the wanted seats are free.
void close_run(Run& run, const std::vector<RunMember>& plan, const Reason& reason, bool room, TimeMs now);
// The same for one that brings members back.
void close_restore(Run& run, const std::vector<RunMember>& plan, const Reason& reason, TimeMs now);

// One that sets a limit. `limit`: the group's, by a look behind the call; absent: nobody could look, or it is gone.
void close_raise(Run& run, const Reason& reason, const std::optional<std::int64_t>& limit, TimeMs now);

// The wanted seats are free, by this look.
bool has_wanted_room(const Run& run, const std::optional<Look>& look);

// Whether `run` says what the group's `last` one said, apart from whom it names. By another policy it is another
// answer, also when it names the same members: who approves it approves that policy.
bool says_the_same(const Run& last, const Run& run);
// It does, and no new run is made. The policies judge alike; the limits, and the words, are those of today. A run that
// listed nobody (a limit was used up before) gets what the listing says; else rows, counts and evidence stay as they are:
// they belong together.
void confirm(Run& last, const Run& run, TimeMs now);

}  // namespace headroom
