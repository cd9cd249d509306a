#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/calendar.h"
#include "headroom/chat_api.h"
#include "headroom/policy.h"
#include "headroom/raise.h"
#include "headroom/run.h"
#include "headroom/scope.h"

// The contract's rules, written a second time from its text and not from src/core: what the checks go by.
namespace headroom::model {

// So long, at least, a run has to reckon with a call whose answer nobody heard: the answer's own time.
inline constexpr DurationMs kCallLasts = 5 * kSecondMs;

struct Facts {
  TimeMs now = 0;
  bool exempt = false;
  bool returned = false;  // removed from this group once, and there again
  std::optional<std::int64_t> next_msg_seq;
  std::optional<Presence> presence;  // absent: not in the answer
  std::optional<std::int64_t> last_msg_time_s = {};
  bool mute_all = false;
  bool chat_room = false;
};

// What a look at the group adds to them.
void add_group(Facts& facts, const GroupInfo& group);
// Silence says nothing of who may not speak.
bool may_not_speak(const Member& member, const Facts& facts);
// How far apart two looks have to be that saw the same MsgSeq; nullopt: one is enough.
std::optional<DurationMs> second_look_of(const Member& member, const Facts& facts, const Policy& policy);
bool is_in_scope(const std::string& group_id, const std::string& type, const Policy& policy);

// Empty when the member may be removed, but for a second look; else the rule that protects it.
std::string protection(const Member& member, const Facts& facts, const Policy& policy);

std::int64_t wanted_by(const Share& target, std::int64_t max_members);
// The limit that a full group is raised to; nullopt: none would do.
std::optional<std::int64_t> raised_limit_by(const CapacityRules& rules, const std::string& type, std::int64_t members,
                                            std::int64_t limit, const Share& target,
                                            const std::optional<std::int64_t>& learned);
std::int64_t run_limit_by(const Policy& policy, std::int64_t members);
bool goes_earlier(const Member& a, const Member& b);
// More members than seats, by more than what a late count explains.
bool capacity_is_absurd(std::int64_t member_num, std::int64_t max_members);
bool type_is_supported(const std::string& type);

bool waits_for_calendar(const Run& run);
// Of a zone whose clock is never set.
bool is_open_by(const Calendar& calendar, TimeMs at);

// The check that a listing fails, in the contract's order; empty: none. `rows`: each account once.
std::string implausible(const std::vector<Member>& rows, std::int64_t member_num, bool mute_all, const Policy& policy);

}  // namespace headroom::model
