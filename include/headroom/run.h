#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "headroom/evidence.h"
#include "headroom/member.h"
#include "headroom/policy.h"
#include "headroom/reason.h"
#include "headroom/types.h"

namespace headroom {

enum class RunTrigger { kScheduler, kOperator, kRestore };
enum class RunMode { kPlan, kApprove, kPrune, kRestore, kRaise };
enum class RunState {
  kRunning,
  kAwaitingApproval,
  kPlanned,
  kSucceeded,
  kPartial,
  kFailed,
  kNothingToDo,
  kRejected,
  kExpired
};

// The limit that cut members out of a plan who were removable and wanted.
enum class LimitedBy { kNone, kRun, kShare, kDay, kGroupDay };

// Why a plan waits for a person: they are asked in this mode, or by what the listing shows.
enum class WaitsFor { kNobody, kMode, kFirstShare, kJump };

// Open: the group may not get another run.
inline bool is_open(RunState state) { return state == RunState::kRunning || state == RunState::kAwaitingApproval; }

// A limit that is set: by a run of mode `raise`, or back again by a restore of one.
struct Raise {
  std::int64_t from = 0;
  std::int64_t to = 0;
  RunMode as = RunMode::kPlan;    // what a run that removes somebody would be now: a plan, approved, or begun by itself
  std::optional<TimeMs> sent_at;  // when the call was sent: intent, written before it
  bool operator==(const Raise&) const = default;
};

// One pruning run: a stored plan and what became of it.
struct Run {
  std::int64_t id = 0;  // immutable, ascending; 0 until stored
  std::string group_id;
  RunTrigger trigger = RunTrigger::kScheduler;
  RunMode mode = RunMode::kPlan;
  RunState state = RunState::kRunning;
  Reason reason;
  WaitsFor waits_for = WaitsFor::kNobody;  // while it is kAwaitingApproval
  TimeMs created_at = 0;
  std::optional<TimeMs> started_at;
  std::optional<TimeMs> finished_at;
  std::optional<TimeMs> confirmed_at;  // a later look came to the same result
  std::optional<std::int64_t> members_before;
  std::optional<std::int64_t> max_members;
  std::optional<std::int64_t> members_after;
  std::int64_t wanted = 0;      // free seats wanted
  std::int64_t considered = 0;  // members listed
  std::int64_t eligible = 0;    // removable by every rule
  std::int64_t selected = 0;
  LimitedBy limited_by = LimitedBy::kNone;
  std::int64_t removed = 0;
  std::int64_t restored = 0;
  std::map<Why, std::int64_t> kept;  // kept members per reason
  bool kept_stored = true;
  Policy policy;                            // in force when the plan was made
  std::optional<ListingEvidence> evidence;  // of a run that listed members; absent in those of earlier versions
  // Of a restore: the run whose removed members come back, or whose limit is set back.
  std::optional<std::int64_t> source_run_id;
  std::optional<Raise> raise;
  // Of a run whose fate has to be looked up (Transaction::add_doubt): vain looks, and the time that they took.
  std::optional<std::int64_t> doubt_looks;
  DurationMs doubt_for = 0;
  bool forced = false;  // an operator's word that it need not wait for the calendar
};

// By whose word it may change something.
inline RunMode acts_as(const Run& run) { return run.mode == RunMode::kRaise && run.raise ? run.raise->as : run.mode; }

enum class Decision { kRemove, kKeep };
enum class Outcome {
  kNone,  // nothing happened yet
  kRemoved,
  kStillMember,
  kLeft,
  kBecameProtected,
  kError,
  kUnknown,  // sent, and never found out
  kRestored,
  kAlreadyMember,
  kPending,
  kFailed,
  kNoRoom
};

struct RunMember {
  std::int64_t id = 0;
  std::string account;
  Decision decision = Decision::kRemove;
  Why why = Why::kInactive;
  std::optional<std::int64_t> joined_at_s;     // Unix seconds, as the plan saw it
  std::optional<std::int64_t> last_sent_at_s;  // Unix seconds
  MemberEvidence evidence;
  Outcome outcome = Outcome::kNone;
  int error_code = 0;
  std::optional<TimeMs> sent_at;  // when it was last sent to delete: intent, written before the call
};

}  // namespace headroom
