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

bool reading_known(const Member& member, const JudgeContext& context) {
  return member.msg_seq && *member.msg_seq >= 0 && context.next_msg_seq && *context.next_msg_seq >= 1;
}

bool role_known(const Member& member) { return member.role != Role::kAbsent && member.role != Role::kNotMember; }

Verdict keeps_if(bool keeps) { return keeps ? Verdict::kKeeps : Verdict::kPasses; }

Verdict by_owner(const Member& member) {
  return role_known(member) ? keeps_if(member.role == Role::kOwner) : Verdict::kUnknown;
}

Verdict by_admin(const Member& member) {
  // A role that we do not know is one with rights.
  return role_known(member) ? keeps_if(member.role == Role::kAdmin || member.role == Role::kOther) : Verdict::kUnknown;
}

Verdict by_unknown_activity(const Member& member, const JudgeContext& context, const Policy& policy) {
  const bool known = role_known(member) && last_sign_of_life_s(member, context.now) &&
                     (!needs_reading(policy, is_speechless(member, context)) || reading_known(member, context)) &&
                     (!needs_presence(member, context, policy) || context.presence != Presence::kUnknown);
  return keeps_if(!known);
}

TimeMs returned_until(const JudgeContext& context, const Policy& policy) {
  return *context.returned_at + 2 * policy.inactive_for;
}

Verdict by_returned(const JudgeContext& context, const Policy& policy) {
  return keeps_if(context.returned_at && context.now < returned_until(context, policy));
}

Verdict by_newcomer(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (policy.newcomer_grace <= 0) return Verdict::kOff;
  // A restore is a joining, whatever JoinTime Chat shows for it.
  if (context.restored_at && context.now < *context.restored_at + policy.newcomer_grace) return Verdict::kKeeps;
  const auto join = member.join_time_s;
  if (!join || *join <= 0 || *join > context.now / 1000) return Verdict::kUnknown;
  return keeps_if(to_ms(*join) > context.now - policy.newcomer_grace);
}

Verdict by_active(const Member& member, const JudgeContext& context, const Policy& policy) {
  const auto life = last_sign_of_life_s(member, context.now);
  if (!life) return Verdict::kUnknown;
  return keeps_if(context.now - to_ms(*life) <= policy.inactive_for);
}

// Within the backlog of the newest message. In a group that has been dead for long everybody has read to its end, which
// is no sign of life.
Verdict by_backlog(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (!reading_known(member, context)) return Verdict::kUnknown;
  if (!is_reader(member, *context.next_msg_seq, policy)) return Verdict::kPasses;
  const auto newest = context.last_msg_time_s;
  if (is_speechless(member, context) || !newest || *newest < 0) return Verdict::kKeeps;
  return keeps_if(*newest > 0 && context.now / 1000 - *newest <= policy.inactive_for / 1000);
}

Verdict by_reader(const Member& member, const JudgeContext& context, const Policy& policy) {
  const bool speechless = is_speechless(member, context);
  if (!needs_reading(policy, speechless)) return Verdict::kOff;
  if (reader_until(member, context, policy)) return Verdict::kKeeps;
  if (policy.reader_backlog <= 0 && !speechless) return Verdict::kPasses;
  return by_backlog(member, context, policy);
}

Verdict by_online(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (!policy.protect_online && !is_speechless(member, context)) return Verdict::kOff;
  if (!context.presence || context.presence == Presence::kUnknown) return Verdict::kUnknown;
  return keeps_if(context.presence != Presence::kOffline);
}

Verdict by_second_look(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (policy.second_look <= 0 && !is_speechless(member, context)) return Verdict::kOff;
  const bool asks_presence = needs_presence(member, context, policy);
  if (!reading_known(member, context) || (asks_presence && !context.presence)) return Verdict::kUnknown;
  const auto& first = context.first_look;
  if (!first || has_moved(member, context)) return Verdict::kKeeps;
  if (context.now - first->seen_at < apart(policy)) return Verdict::kKeeps;
  return keeps_if(context.chat_room && !(first->offline && context.presence == Presence::kOffline));
}

}  // namespace

bool is_service_account(std::string_view account, AdminIdentifier own) {
  return account == own.text || account.starts_with("@RBT#");
}

bool judge_alike(const Policy& a, const Policy& b) {
  return a.inactive_for == b.inactive_for && a.newcomer_grace == b.newcomer_grace &&
         a.protect_online == b.protect_online && a.reader_backlog == b.reader_backlog &&
         a.second_look == b.second_look && a.protect_accounts == b.protect_accounts;
}

bool is_speechless(const Member& member, const JudgeContext& context) {
  return context.mute_all || context.silent || member.mute_until_s.value_or(0) > context.now / 1000;
}

bool needs_presence(const Member& member, const JudgeContext& context, const Policy& policy) {
  return policy.protect_online || is_speechless(member, context) || (context.chat_room && policy.second_look > 0);
}

bool needs_reading(const Policy& policy, bool speechless) {
  return policy.reader_backlog > 0 || policy.second_look > 0 || speechless;
}

DurationMs apart(const Policy& policy) { return policy.second_look > 0 ? policy.second_look : kSecondLookOfSpeechless; }

bool has_moved(const Member& member, const JudgeContext& context) {
  return context.first_look && reading_known(member, context) && *member.msg_seq != context.first_look->msg_seq;
}

std::optional<TimeMs> reader_until(const Member& member, const JudgeContext& context, const Policy& policy) {
  if (!context.first_look || (policy.second_look <= 0 && !is_speechless(member, context))) return std::nullopt;
  const auto moved_at = has_moved(member, context) ? context.now : context.first_look->moved_at;
  if (!moved_at || context.now - *moved_at > policy.inactive_for) return std::nullopt;
  return *moved_at + policy.inactive_for;
}

std::optional<std::int64_t> last_sign_of_life_s(const Member& member, TimeMs now) {
  if (!member.join_time_s || !member.last_sent_time_s) return std::nullopt;
  const std::int64_t join = *member.join_time_s;
  const std::int64_t sent = *member.last_sent_time_s;
  const std::int64_t now_s = now / 1000;
  if (join <= 0 || sent < 0 || join > now_s || sent > now_s) return std::nullopt;
  return std::max(join, sent);
}

Verdicts judge_by_all(const Member& member, const JudgeContext& context, const Policy& policy) {
  return {{{Why::kExempt, keeps_if(context.exempt || policy.protect_accounts.match(member.account))},
           {Why::kService, keeps_if(context.service)},
           {Why::kOwner, by_owner(member)},
           {Why::kAdmin, by_admin(member)},
           {Why::kUnknownActivity, by_unknown_activity(member, context, policy)},
           {Why::kReturned, by_returned(context, policy)},
           {Why::kNewcomer, by_newcomer(member, context, policy)},
           {Why::kActive, by_active(member, context, policy)},
           {Why::kReader, by_reader(member, context, policy)},
           {Why::kOnline, by_online(member, context, policy)},
           {Why::kSecondLook, by_second_look(member, context, policy)}}};
}

Why first_to_keep(const Verdicts& verdicts) {
  for (const auto& [rule, verdict] : verdicts) {
    if (verdict == Verdict::kKeeps) return rule;
  }
  return Why::kInactive;
}

Why judge(const Member& member, const JudgeContext& context, const Policy& policy) {
  return first_to_keep(judge_by_all(member, context, policy));
}

namespace {

// By the other rules, once this one lets go.
std::optional<TimeMs> removable_after(TimeMs at, const Member& member, const JudgeContext& later,
                                      const Policy& policy) {
  const Why then = judge(member, later, policy);
  if (then == Why::kInactive) return at;
  const auto from = removable_from(member, then, later, policy);
  return from ? std::optional(std::max(*from, at)) : std::nullopt;
}

}  // namespace

std::optional<TimeMs> removable_from(const Member& member, Why why, const JudgeContext& context, const Policy& policy) {
  JudgeContext later = context;
  if (why == Why::kExempt && context.exempt_until) {
    later.exempt = false;
    later.exempt_until.reset();
    return removable_after(*context.exempt_until, member, later, policy);
  }
  if (why == Why::kReturned) {
    later.returned_at.reset();
    return removable_after(returned_until(context, policy), member, later, policy);
  }
  if (why == Why::kSecondLook) {
    if (context.chat_room && context.presence != Presence::kOffline) return std::nullopt;
    const bool same = context.first_look && !has_moved(member, context) &&
                      (!context.chat_room || context.first_look->offline) && context.first_look->seen_at <= context.now;
    return (same ? context.first_look->seen_at : context.now) + apart(policy);
  }
  if (why == Why::kReader) {
    const auto until = reader_until(member, context, policy);
    if (!until) return std::nullopt;
    if (has_moved(member, context)) {
      later.first_look = FirstLook{context.now, *member.msg_seq, context.presence == Presence::kOffline, std::nullopt};
    }
    later.first_look->moved_at.reset();
    return removable_after(*until + 1, member, later, policy);
  }
  if (why != Why::kNewcomer && why != Why::kActive) return std::nullopt;
  const auto life = last_sign_of_life_s(member, context.now);
  if (!life) return std::nullopt;
  const TimeMs joined = std::max(to_ms(*member.join_time_s), context.restored_at.value_or(0));
  return std::max(joined + policy.newcomer_grace, to_ms(*life) + policy.inactive_for + 1);
}

}  // namespace headroom
