#include "headroom/sweep.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr std::array<std::string_view, 4> kTypes = {"Private", "Public", "ChatRoom", "Community"};
// A sweep that did not come to its end is tried again sooner than one that did.
constexpr DurationMs kAgainAfter = kHourMs;

bool known_as_full(const Group& group) {
  switch (group.state) {
    case GroupState::kFull:
    case GroupState::kPruning:
    case GroupState::kBlocked:
      return true;
    case GroupState::kHasRoom:
    case GroupState::kGone:
      return false;
  }
  return true;
}

}  // namespace

SweepPosition first_position() { return {std::string(kTypes.front()), 0}; }

SweepPosition after_page(const SweepPosition& position, std::uint64_t next) {
  if (next != 0) return {position.type, next};
  const auto* const type = std::find(kTypes.begin(), kTypes.end(), position.type);
  if (type == kTypes.end() || type + 1 == kTypes.end()) return {};
  return {std::string(*(type + 1)), 0};
}

TimeMs next_sweep_at(const std::optional<Sweep>& last, DurationMs interval) {
  if (!last) return 0;
  const TimeMs ended = last->finished_at.value_or(last->started_at);
  switch (last->state) {
    case SweepState::kRunning:
    case SweepState::kFinished:
      return ended + interval;
    case SweepState::kFailed:
      return ended + std::min(interval, kAgainAfter);
    case SweepState::kInterrupted:  // what forbade it is over when this is asked
      return ended;
  }
  return ended + interval;
}

bool shows_full(const Look& look) {
  const GroupInfo& info = look.info;
  return !look.gone && info.error_code == 0 && is_supported_type(info.type) && info.member_num && info.max_member_num &&
         *info.max_member_num > 0 && *info.member_num >= *info.max_member_num;
}

std::optional<SweepFind> find_full(std::optional<Group> known, const Look& look, TimeMs now, const Timing& timing) {
  if (!shows_full(look)) return std::nullopt;
  if (known) known = pulled_back(*std::move(known), std::min(now, look.sent_at), timing);
  if (known && (known_as_full(*known) || known->seen_room_at.value_or(0) > look.sent_at)) return std::nullopt;
  SweepFind find;
  find.event.command = Command::kGroupFull;
  find.event.source = EventSource::kSweep;
  find.event.group_id = look.info.group_id;
  find.event.event_time = look.sent_at;
  find.event.received_at = now;
  find.group = *advance(std::move(known), find.event, timing);
  observe(find.group, look);
  return find;
}

}  // namespace headroom
