#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "headroom/member.h"
#include "headroom/types.h"

// What people were judged by, stored with the run that did: it can not be asked for later.
namespace headroom {

// What a member was judged by beside JoinTime and LastSendMsgTime.
struct MemberEvidence {
  Role role = Role::kAbsent;
  std::optional<std::int64_t> unread;   // messages of the group that the member has not read
  std::optional<Presence> presence;     // absent: not asked
  bool muted = false;                   // MuteUntil was ahead
  std::optional<TimeMs> first_seen_at;  // the first of the looks that saw the same MsgSeq
  std::optional<TimeMs> seen_again_at;  // the one that was far enough from it
  // What it takes to judge once more. Without judged_at, as in rows of earlier versions, none of it is known.
  std::optional<TimeMs> judged_at;
  bool exempt = false;                // by an exemption, not by a pattern of the policy
  std::optional<TimeMs> returned_at;  // as in JudgeContext, like the next one
  std::optional<TimeMs> restored_at;
  std::optional<TimeMs> moved_at;  // when a look last saw MsgSeq move; judged_at: this one
  bool first_offline = false;      // by Chat's word, when first seen
  bool operator==(const MemberEvidence&) const = default;
};

// How long ago the members of a listing last gave a sign of life, by role, in days: what is left of those whose rows
// are not kept. kHistogramUnknown: nobody knows.
inline constexpr std::array<std::int64_t, 10> kHistogramDays{0, 1, 3, 7, 14, 30, 60, 90, 180, 365};
inline constexpr std::int64_t kHistogramUnknown = -1;
using Histogram = std::map<Role, std::map<std::int64_t, std::int64_t>>;  // role -> least days -> members

// What a listing's members were judged by, beside their own rows.
struct ListingEvidence {
  std::optional<std::int64_t> next_msg_seq;
  std::optional<std::int64_t> last_msg_at_s;  // Unix seconds; 0 = no message ever
  bool mute_all = false;
  bool silent = false;
  std::string type;  // of the group; empty in rows of earlier versions
  Histogram histogram;
  bool operator==(const ListingEvidence&) const = default;
};

// Counts one member of a listing.
void count_in(Histogram& histogram, const Member& member, TimeMs now);

}  // namespace headroom
