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

// What a share of `whole` comes to; `up`: which way it is rounded.
std::int64_t part_of(const Share& share, std::int64_t whole, bool up) {
  if (share.kind == Share::Kind::kCount) return share.value;
  const long double exact = static_cast<long double>(whole) * static_cast<long double>(share.value) / 1000000.0L;
  return static_cast<std::int64_t>(up ? std::ceil(exact) : std::floor(exact));
}

}  // namespace

std::string protection_but_online(const Member& member, const Facts& facts, Policy policy) {
  policy.protect_online = false;
  return protection(member, facts, policy);
}

std::string protection(const Member& member, const Facts& facts, const Policy& policy) {
  if (facts.returned) return "returned";
  if (facts.exempt) return "exempt";
  if (member.account == "administrator" || member.account.starts_with("@RBT#")) return "service";
  if (member.role != Role::kMember) return "role";
  if (unknown_time(member.join_time_s, facts.now, true)) return "JoinTime unknown";
  if (unknown_time(member.last_sent_time_s, facts.now, false)) return "LastSendMsgTime unknown";
  if (policy.reader_backlog > 0 && (!member.msg_seq || !facts.next_msg_seq)) return "MsgSeq or NextMsgSeq unknown";
  if (policy.protect_online && (!facts.presence || *facts.presence == Presence::kUnknown)) return "status unknown";
  if (*member.join_time_s * 1000 > facts.now - policy.newcomer_grace) return "newcomer";
  const std::int64_t life_s = std::max(*member.join_time_s, *member.last_sent_time_s);
  if (life_s * 1000 >= facts.now - policy.inactive_for) return "active";
  if (policy.reader_backlog > 0 && is_reader(member, *facts.next_msg_seq, policy.reader_backlog)) return "reader";
  if (policy.protect_online && *facts.presence != Presence::kOffline) return "online";
  return "";
}

std::int64_t wanted_by(const Share& target, std::int64_t max_members) {
  return std::clamp<std::int64_t>(part_of(target, max_members, true), 1, std::max<std::int64_t>(1, max_members));
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

std::string implausible(const std::vector<Member>& rows, std::int64_t member_num, const Policy& policy) {
  const auto count = [&rows](auto lacks) { return std::count_if(rows.begin(), rows.end(), lacks); };
  const auto half = [&rows](std::int64_t lacking) { return 2 * lacking > static_cast<std::int64_t>(rows.size()); };
  if (half(count([](const Member& m) { return m.role == Role::kAbsent; })) ||
      half(count([](const Member& m) { return !m.join_time_s; })) ||
      half(count([](const Member& m) { return !m.last_sent_time_s; })) ||
      (policy.reader_backlog > 0 && half(count([](const Member& m) { return !m.msg_seq; })))) {
    return "field_missing";
  }
  const auto seen = static_cast<std::int64_t>(rows.size());
  if (seen * 100 < member_num * 95 && member_num - seen >= 3) return "members_missing";
  const bool spoke = std::any_of(rows.begin(), rows.end(), [](const Member& m) {
    return m.role == Role::kMember && m.join_time_s && m.last_sent_time_s && *m.last_sent_time_s > *m.join_time_s;
  });
  return spoke ? "" : "no_activity_data";
}

}  // namespace headroom::model
