#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headroom/chat_api.h"
#include "headroom/member.h"
#include "headroom/policy.h"
#include "headroom/reason.h"
#include "headroom/storage.h"
#include "headroom/types.h"

namespace headroom {

struct MemberQuestion {
  std::string group_id;
  std::string account;  // empty: the group alone
};

// Whether one member could be removed now, from a fresh look at Chat, and every rule's word.
struct Inquiry {
  TimeMs observed_at = 0;  // when the look was sent
  GroupInfo group;
  Member member;
  std::optional<Presence> presence;    // absent: not asked, since the policy does not protect who is online
  std::optional<Exemption> exemption;  // of the account
  std::optional<TimeMs> restored_at;   // headroom removed the member from this group once, and a restore sent it back
  std::optional<TimeMs> returned_at;   // and it was seen then to have come back by itself
  bool speechless = false;             // see is_speechless
  MemberEvidence evidence;
  std::optional<TimeMs> reader_until;  // since MsgSeq was seen to move at evidence.moved_at
  Policy policy;
  Verdicts verdicts{};
  std::optional<TimeMs> removable_from;  // when time alone could make the member removable
  // What keeps every run from this group now, whoever its members are.
  std::vector<Reason> obstacles;

  Why why() const { return first_to_keep(verdicts); }
  bool removable() const { return why() == Why::kInactive && obstacles.empty(); }
};

}  // namespace headroom
