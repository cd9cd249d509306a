#include "tests/model/rules.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace headroom::model {
namespace {

// Absent, in the future, or a JoinTime of 0.
bool unknown_time(const std::optional<std::int64_t>& seconds, TimeMs now, bool zero_is_unknown) {
  return !seconds || *seconds < 0 || *seconds * 1000 > now || (zero_is_unknown && *seconds == 0);
}

bool is_reader(const Member& member, std::int64_t next_msg_seq, std::int64_t backlog) {
  return *member.msg_seq > 0 && next_msg_seq - 1 - *member.msg_seq <= backlog;
}

// Nothing was written for so long: who has read it all did so then.
bool is_dead(const Facts& facts, const Policy& policy) {
  const auto last = facts.last_msg_time_s;
  return last && *last >= 0 && (*last == 0 || facts.now / 1000 - *last > policy.inactive_for / 1000);
}

// What a share of `whole` comes to; `up`: which way it is rounded.
std::int64_t part_of(const Share& share, std::int64_t whole, bool up) {
  if (share.kind == Share::Kind::kCount) return share.value;
  const long double exact = static_cast<long double>(whole) * static_cast<long double>(share.value) / 1000000.0L;
  return static_cast<std::int64_t>(up ? std::ceil(exact) : std::floor(exact));
}

}  // namespace

void add_group(Facts& facts, const GroupInfo& group) {
  facts.next_msg_seq = group.next_msg_seq;
  facts.last_msg_time_s = group.last_msg_time_s;
  facts.mute_all = group.mute_all.value_or(false);
  facts.chat_room = group.type == "ChatRoom" || group.type == "Meeting";
}

bool may_not_speak(const Member& member, const Facts& facts) {
  return facts.mute_all || member.mute_until_s.value_or(0) > facts.now / 1000;
}

std::optional<DurationMs> second_look_of(const Member& member, const Facts& facts, const Policy& policy) {
  if (policy.second_look > 0) return policy.second_look;
  return may_not_speak(member, facts) ? std::optional<DurationMs>(kDayMs) : std::nullopt;
}

bool is_in_scope(const std::string& group_id, const std::string& type, const Policy& policy) {
  const auto known = group_type(type);
  if (!known || !policy.scope.types.contains(*known)) return false;
  if (policy.scope.except_groups.match(group_id)) return false;
  return policy.scope.only_groups.empty() || policy.scope.only_groups.match(group_id);
}

std::string protection(const Member& member, const Facts& facts, const Policy& policy) {
  if (facts.returned) return "returned";
  if (facts.exempt || policy.protect_accounts.match(member.account)) return "exempt";
  if (member.account == "administrator" || member.account.starts_with("@RBT#")) return "service";
  if (member.role != Role::kMember) return "role";
  if (unknown_time(member.join_time_s, facts.now, true)) return "JoinTime unknown";
  if (unknown_time(member.last_sent_time_s, facts.now, false)) return "LastSendMsgTime unknown";
  const bool mute = may_not_speak(member, facts);
  const bool reading = policy.reader_backlog > 0 || second_look_of(member, facts, policy);
  if (reading && (!member.msg_seq || !facts.next_msg_seq)) return "MsgSeq or NextMsgSeq unknown";
  const bool online = policy.protect_online || mute;
  if (online && (!facts.presence || *facts.presence == Presence::kUnknown)) return "status unknown";
  if (*member.join_time_s * 1000 > facts.now - policy.newcomer_grace) return "newcomer";
  const std::int64_t life_s = std::max(*member.join_time_s, *member.last_sent_time_s);
  if (life_s * 1000 >= facts.now - policy.inactive_for) return "active";
  const bool backlog = policy.reader_backlog > 0 || mute;
  if (backlog && is_reader(member, *facts.next_msg_seq, policy.reader_backlog) && (mute || !is_dead(facts, policy))) {
    return "reader";
  }
  if (online && *facts.presence != Presence::kOffline) return "online";
  return "";
}

std::int64_t wanted_by(const Share& target, std::int64_t max_members) {
  return std::clamp<std::int64_t>(part_of(target, max_members, true), 1, std::max<std::int64_t>(1, max_members));
}

std::optional<std::int64_t> raised_limit_by(const CapacityRules& rules, const std::string& type, std::int64_t members,
                                            std::int64_t limit, const Share& target,
                                            const std::optional<std::int64_t>& learned) {
  const auto ceiling = rules.ceilings.of(type);
  if (!ceiling) return std::nullopt;
  const std::int64_t wanted = wanted_by(target, limit) + members - limit;
  const std::int64_t step = std::max<std::int64_t>(1, part_of(rules.step, limit, true));
  std::int64_t to = limit + std::max(step, wanted);
  while (to % 10 != 0) ++to;
  to = std::min({to, *ceiling, learned.value_or(to)});
  return to - limit < wanted ? std::nullopt : std::optional(to);
}

std::int64_t run_limit_by(const Policy& policy, std::int64_t members) {
  return std::min(policy.max_removals_per_run,
                  std::max<std::int64_t>(1, part_of(policy.max_removed_share, members, false)));
}

bool goes_earlier(const Member& a, const Member& b) {
  const auto life = [](const Member& m) { return std::max(*m.join_time_s, *m.last_sent_time_s); };
  if (life(a) != life(b)) return life(a) < life(b);
  if (a.join_time_s != b.join_time_s) return *a.join_time_s < *b.join_time_s;
  return a.account < b.account;
}

bool capacity_is_absurd(std::int64_t member_num, std::int64_t max_members) {
  const std::int64_t over = member_num - max_members;
  return over > 3 && over * 100 > max_members * 5;
}

bool type_is_supported(const std::string& type) {
  static const std::set<std::string> types{"Private", "Work", "Public", "ChatRoom", "Meeting", "Community"};
  return types.contains(type);
}

std::string implausible(const std::vector<Member>& rows, std::int64_t member_num, bool mute_all, const Policy& policy) {
  const auto count = [&rows](auto lacks) { return std::count_if(rows.begin(), rows.end(), lacks); };
  const auto half = [&rows](std::int64_t lacking) { return 2 * lacking > static_cast<std::int64_t>(rows.size()); };
  if (half(count([](const Member& m) { return m.role == Role::kAbsent; })) ||
      half(count([](const Member& m) { return !m.join_time_s; })) ||
      half(count([](const Member& m) { return !m.last_sent_time_s; })) ||
      ((policy.reader_backlog > 0 || policy.second_look > 0 || mute_all) &&
       half(count([](const Member& m) { return !m.msg_seq; })))) {
    return "field_missing";
  }
  const auto seen = static_cast<std::int64_t>(rows.size());
  if (seen * 100 < member_num * 95 && member_num - seen >= 3) return "members_missing";
  const bool spoke = std::any_of(rows.begin(), rows.end(), [](const Member& m) {
    return m.role == Role::kMember && m.join_time_s && m.last_sent_time_s && *m.last_sent_time_s > *m.join_time_s;
  });
  return spoke ? "" : "no_activity_data";
}

bool waits_for_calendar(const Run& run) { return run.state == RunState::kRunning && run.reason == Reason::kClosed; }

bool is_open_by(const Calendar& calendar, TimeMs at) {
  const std::int64_t minutes = (at + calendar.zone.first_offset) / kMinuteMs;
  const std::int64_t day = minutes / 1440;
  for (const Freeze& freeze : calendar.freezes) {
    if (day >= freeze.first && day <= freeze.last) return false;
  }
  const std::int64_t of_week = (day + 3) % 7 * 1440 + minutes % 1440;  // 1970 began on a Thursday
  for (const WeekSpan& span : calendar.hours) {
    if (of_week >= span.from && of_week < span.to) return true;
  }
  return calendar.hours.empty();
}

}  // namespace headroom::model
