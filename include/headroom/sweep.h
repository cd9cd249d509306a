#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/event.h"
#include "headroom/group.h"
#include "headroom/group_state.h"
#include "headroom/reason.h"
#include "headroom/types.h"

// A sweep: a look at every group of the app, for full ones whose webhook was lost. What it is and where it goes on;
// pure.
namespace headroom {

enum class SweepState { kRunning, kFinished, kFailed, kInterrupted };

// A page of Chat's list of groups [34960]; the types are listed one after the other.
struct SweepPosition {
  std::string type;        // empty: behind the last page of the last type
  std::uint64_t next = 0;  // Chat's cursor

  bool at_end() const { return type.empty(); }
  bool operator==(const SweepPosition&) const = default;
};
SweepPosition first_position();
// Behind a page that was answered with this cursor (0: no further page of its type).
SweepPosition after_page(const SweepPosition& position, std::uint64_t next);

struct Sweep {
  std::int64_t id = 0;  // immutable, ascending; 0 until stored
  SweepState state = SweepState::kRunning;
  Reason reason;  // of kFailed and kInterrupted
  bool dry_run = false;
  SweepPosition position;  // the first page that is not read yet: a restart goes on there
  // Of the pages before it.
  std::int64_t groups_listed = 0;
  std::int64_t groups_read = 0;
  std::int64_t groups_full = 0;
  // Full groups that nobody knew to be full: the events that are stored, or in a dry run would have been.
  std::int64_t groups_new = 0;
  TimeMs started_at = 0;
  std::optional<TimeMs> finished_at;
};

// When the next sweep begins by itself, after `last` (the newest that was no dry run) has ended.
TimeMs next_sweep_at(const std::optional<Sweep>& last, DurationMs interval);

// What a look of a sweep finds: the event that stands for the lost webhook, and what becomes of the group. nullopt when
// there is no news: it has room, is none that headroom touches, is known as full already, or has been seen with room
// since the look was sent.
struct SweepFind {
  Event event;
  Group group;
};
std::optional<SweepFind> find_full(std::optional<Group> known, const Look& look, TimeMs now, const Timing& timing);

// Whether the look shows a group of a supported type without a free seat.
bool shows_full(const Look& look);

}  // namespace headroom
