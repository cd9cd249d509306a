#include "headroom/policy.h"

#include <algorithm>

namespace headroom {
namespace {

// Without overflow for any second that a hostile answer may name: those in the future never get here.
TimeMs to_ms(std::int64_t seconds) { return seconds * 1000; }

bool is_reader(const Member& member, std::int64_t next_msg_seq, const Policy& policy) {
  // Unsigned: both numbers are Chat's, and their difference must not overflow.
  const auto newest = static_cast<std::uint64_t>(next_msg_seq) - 1;
  const auto read = static_cast<std::uint64_t>(*member.msg_seq);
  if (*member.msg_seq <= 0) return false;
  return read >= newest || newest - read <= static_cast<std::uint64_t>(policy.reader_backlog);
}

bool activity_known(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (!last_sign_of_life_s(member, context.now)) return false;
  if (policy.reader_backlog > 0) {
    if (!member.msg_seq || *member.msg_seq < 0) return false;
    if (!context.next_msg_seq || *context.next_msg_seq < 1) return false;
  }
  return !policy.protect_online || context.presence != Presence::kUnknown;
}

}  // namespace

std::optional<std::int64_t> last_sign_of_life_s(const Member& member, TimeMs now) {
  if (!member.join_time_s || !member.last_sent_time_s) return std::nullopt;
  const std::int64_t join = *member.join_time_s;
  const std::int64_t sent = *member.last_sent_time_s;
  const std::int64_t now_s = now / 1000;
  if (join <= 0 || sent < 0 || join > now_s || sent > now_s) return std::nullopt;
  return std::max(join, sent);
}

Why judge(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (context.exempt) return Why::kExempt;
  switch (member.role) {
    case Role::kOwner:
      return Why::kOwner;
    case Role::kAdmin:
    case Role::kOther:  // a role that we do not know is one with rights
      return Why::kAdmin;
    case Role::kAbsent:
    case Role::kNotMember:
      return Why::kUnknownActivity;
    case Role::kMember:
      break;
  }
  if (!activity_known(member, context, policy)) return Why::kUnknownActivity;
  if (to_ms(*member.join_time_s) > context.now - policy.newcomer_grace) return Why::kNewcomer;
  if (context.now - to_ms(*last_sign_of_life_s(member, context.now)) <= policy.inactive_for) return Why::kActive;
  if (policy.reader_backlog > 0 && is_reader(member, *context.next_msg_seq, policy)) return Why::kReader;
  if (policy.protect_online && (context.presence == Presence::kOnline || context.presence == Presence::kPushOnline)) {
    return Why::kOnline;
  }
  return Why::kInactive;
}

std::optional<TimeMs> removable_from(const Member& member, Why why, const Policy& policy, TimeMs now) {
  if (why != Why::kNewcomer && why != Why::kActive) return std::nullopt;
  const auto life = last_sign_of_life_s(member, now);
  if (!life) return std::nullopt;
  return std::max(to_ms(*member.join_time_s) + policy.newcomer_grace, to_ms(*life) + policy.inactive_for + 1);
}

}  // namespace headroom
