#include "headroom/evidence.h"

#include <algorithm>
#include <iterator>

#include "headroom/policy.h"

namespace headroom {
namespace {

// How many messages of the group the member has not read; nullopt when one of the numbers can not be meant.
std::optional<std::int64_t> unread_of(const Member& member, const JudgeContext& context) {
  if (!member.msg_seq || *member.msg_seq < 0 || !context.next_msg_seq || *context.next_msg_seq < 1) return std::nullopt;
  return std::max<std::int64_t>(0, *context.next_msg_seq - 1 - *member.msg_seq);
}

}  // namespace

MemberEvidence evidence_of(const Member& member, const JudgeContext& context, const Policy& policy) {
  MemberEvidence evidence;
  evidence.role = member.role;
  evidence.unread = unread_of(member, context);
  evidence.presence = context.presence;
  evidence.muted = member.mute_until_s.value_or(0) > context.now / 1000;
  evidence.judged_at = context.now;
  evidence.exempt = context.exempt;
  evidence.returned_at = context.returned_at;
  evidence.restored_at = context.restored_at;
  const auto& first = context.first_look;
  if (first) evidence.moved_at = has_moved(member, context) ? context.now : first->moved_at;
  if (!first || !member.msg_seq || has_moved(member, context) || first->seen_at > context.now) return evidence;
  evidence.first_seen_at = first->seen_at;
  evidence.first_offline = first->offline;
  if (context.now - first->seen_at >= apart(policy)) evidence.seen_again_at = context.now;
  return evidence;
}

void count_in(Histogram& histogram, const Member& member, TimeMs now) {
  std::int64_t least = kHistogramUnknown;
  if (const auto life = last_sign_of_life_s(member, now)) {
    const std::int64_t days = (now / 1000 - *life) / 86400;
    least = *std::prev(std::upper_bound(kHistogramDays.begin(), kHistogramDays.end(), days));
  }
  ++histogram[member.role][least];
}

}  // namespace headroom
