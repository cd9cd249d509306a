#pragma once

#include <optional>
#include <string>

#include "headroom/chat_api.h"
#include "headroom/event.h"
#include "headroom/group.h"
#include "headroom/run.h"
#include "headroom/types.h"

// How a group's state moves. Pure: what happened and the time go in, the new group comes out; the callers store it.
namespace headroom {

struct Timing {
  DurationMs stale_after = 10 * kMinuteMs;
  DurationMs cooldown = kHourMs;
  DurationMs retry_base = 30 * kSecondMs;
  DurationMs retry_max = kHourMs;
  DurationMs cooldown_max = 0;  // to which it is doubled where a group is full again soon; 0 = never
  DurationMs second_look = 0;   // the policy's: so long a group may wait for it

  bool operator==(const Timing&) const = default;
};

inline constexpr DurationMs kLateEvent =
    60 * kSecondMs;  // a full event this much older than a look with room is looked at
inline constexpr DurationMs kExitLookEvery = 30 * kSecondMs;
// A group that became full is looked at so soon, where a plan needs two looks at its members; and so often again while
// its members can not be noted.
inline constexpr DurationMs kNewlyFullLookAfter = 30 * kSecondMs;
inline constexpr DurationMs kNoteAgainAfter = 5 * kMinuteMs;
// A group of which a look has just said that it is there is not looked at again sooner for a webhook's saying
// otherwise.
inline constexpr DurationMs kDestroyedLookEvery = 2 * kSecondMs;
inline constexpr DurationMs kUnsupportedLookEvery = kDayMs;
inline constexpr DurationMs kOutOfScopeLookEvery = kDayMs;
inline constexpr DurationMs kTooSmallLookEvery = kDayMs;

// What a webhook says of a group's end: a hint, which makes it due for a look, or the only word that there will be
// (mode observe).
enum class Hint { kIsChecked, kIsBelieved };
// After an event. nullopt: the group is unknown and the event gives no reason to know it.
std::optional<Group> advance(std::optional<Group> group, const Event& event, const Timing& timing,
                             Hint destroyed = Hint::kIsChecked);
// Full events, the earliest of which has that state time, change nothing of the group but full_events and last_full_at.
// (Stores ask the same in their own language.)
bool is_only_counted(const Group& group, TimeMs earliest);

// Of a group before a look: what is stored under another id, or with more events, was told while the look was on its
// way.
struct Known {
  std::int64_t id = 0;
  std::int64_t full_events = 0;
};

// One look at one group, as Chat answered it.
struct Look {
  TimeMs sent_at = 0;
  bool gone = false;                // 10010, 10015
  GroupInfo info;                   // when not gone
  std::optional<Known> known = {};  // of the group when it was sent, if it was stored then
};

// Notes what an answered look tells beside the state: Chat has confirmed the group.
void observe(Group& group, const Look& look);

enum class LookResult { kForget, kStored, kNeedsRun };
struct AfterLook {
  LookResult result = LookResult::kStored;
  Group group;
};
struct ExemptUntil {
  std::optional<TimeMs> until;  // absent: for ever
};
// After a look of the scheduler. `exemption`: how long the group is exempt, if it is. `policy`: which groups are left
// alone.
AfterLook after_look(Group group, const Look& look, const std::optional<ExemptUntil>& exemption, TimeMs now,
                     const Timing& timing, const Policy& policy = {});

// A full group that waits for its plan: there was no room for noting its members, which is tried again.
Group await_note(Group group, TimeMs now);
// Whether a full group that is looked at now is to get a run of the scheduler's: it is stale, its cool-down is over,
// and it is not left alone for what it is.
bool may_get_run(const Group& group, TimeMs now, const Timing& timing);
// Chat did not answer for a group that is to get none: it is looked at again then, and no later than its plan is due.
Group after_vain_look(Group group, TimeMs now, DurationMs wait, const Timing& timing);

bool is_supported_type(std::string_view type);
bool is_community(std::string_view type);

// A time of the group's that is further ahead than any rule can set it was stored by a clock that was ahead: it counts
// as `now`, which has to be of a clock that Chat agrees with.
Group pulled_back(Group group, TimeMs now, const Timing& timing);
// The same of a group that may be blocked as exempt, whose exemption (as it is now) alone says until when it may wait.
Group pulled_back(Group group, TimeMs now, const Timing& timing, const std::optional<ExemptUntil>& exemption);

// Full since `stale_after` or longer.
bool is_stale(const Group& group, TimeMs now, const Timing& timing);

// Whether the first listing above policy.first_share has been dealt with.
bool is_share_settled(const Group& group, TimeMs now);

// A run began: until it ends, nothing else moves the group.
Group begin_run(Group group, std::int64_t run_id);

// Its run waits for the calendar, which is asked again then.
Group park_run(Group group, TimeMs opening);
// The run goes on, or is about to end.
Group unpark_run(Group group);

// How a run left its group.
struct RunEnd {
  Run run;                           // finished, waiting or planned; its reason decides
  std::optional<Look> look;          // the closing look, if one was answered
  std::optional<TimeMs> wait_until;  // nobody_removable, daily_limit, a plan made while closed: when that could change
  double jitter = 0.5;               // 0..1, for the back-off
  bool another = false;              // what it found is for another run, at once: its limit can not be raised, say
};
Group after_run(Group group, const RunEnd& end, TimeMs now, const Timing& timing);

// A plan that waited for its approval was rejected, or waited too long: nothing happened to the group.
Group after_waiting(Group group, TimeMs now, const Timing& timing);

// Exempted: blocked at once unless a run is open (which sees it before its next batch). Lifted: due at once.
Group after_exempted(Group group, const std::optional<TimeMs>& until);
Group after_exemption_lifted(Group group, TimeMs now);
// An operator said something new of how its members are to be judged: what was found by then does not hold it back.
Group after_other_word(Group group, TimeMs now);

// base * 2^failures, at most `max`, times 0.5 + jitter/2.
DurationMs back_off(int failures, DurationMs base, DurationMs max, double jitter);

}  // namespace headroom
