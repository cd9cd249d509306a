#include "engine/looks/inquirer.h"

#include <utility>

#include "engine/looks/asking.h"
#include "engine/looks/deadline_clock.h"
#include "engine/looks/membership.h"
#include "headroom/capacity.h"
#include "headroom/left_alone.h"
#include "headroom/selection.h"

namespace headroom {
Result<Inquiry> Inquirer::ask(const MemberQuestion& question, SteadyMs deadline) {
  const auto& [group_id, account] = question;
  const auto settings = settings_.get();
  if (auto denied = refuse_to_ask(*settings, pause_)) return *std::move(denied);
  DeadlineClock clock(clock_, deadline);
  ChatSession session(chat_, clock, random_);
  Inquiry inquiry;
  inquiry.policy = settings->policy;
  auto looked = session.look(group_id);
  if (const auto* stop = std::get_if<Stop>(&looked)) return unanswered(*stop);
  Look& look = std::get<Look>(looked);
  if (look.gone) return Denied{Denied::kNotFound, "Chat knows no such group"};
  inquiry.observed_at = look.sent_at;
  inquiry.group = std::move(look.info);
  if (account.empty()) return inquiry;

  auto found = session.members(group_id, {account});
  if (const auto* stop = std::get_if<Stop>(&found)) {
    // Chat shows the members of no other type, and headroom removes none.
    if (!is_supported_type(inquiry.group.type))
      return Denied{Denied::kConflict, "headroom touches no group of this type"};
    return unanswered(*stop);
  }
  auto& members = std::get<0>(found);
  const auto member = members.find(account);
  if (member == members.end()) return Denied{Denied::kNotFound, "Chat says that this is no member of the group"};
  inquiry.member = std::move(member->second);

  const Standings standings = standings_of(inquiry);
  if (needs_presence(inquiry.member, standings.context_of(account, inquiry.member.join_time_s), inquiry.policy)) {
    auto presence = session.presence({account});
    if (const auto* stop = std::get_if<Stop>(&presence)) return unanswered(*stop);
    inquiry.presence = std::get<0>(presence).at(account);
  }
  inquiry.exemption = view_.find_exemption(ExemptionKind::kMember, account, clock_.now());
  judge(inquiry);
  inquiry.obstacles = obstacles(inquiry.group, !session.clock_stop());
  return inquiry;
}

Standings Inquirer::standings_of(const Inquiry& inquiry) const {
  return {view_, inquiry.group, {inquiry.member.account}, settings_.get()->admin_identifier, clock_.now()};
}

void Inquirer::judge(Inquiry& inquiry) const {
  JudgeContext context = standings_of(inquiry).context_of(inquiry.member.account, inquiry.member.join_time_s);
  inquiry.restored_at = context.restored_at;
  context.presence = inquiry.presence;
  inquiry.verdicts = judge_by_all(inquiry.member, context, inquiry.policy);
  inquiry.returned_at = context.returned_at;
  inquiry.speechless = is_speechless(inquiry.member, context);
  inquiry.evidence = evidence_of(inquiry.member, context, inquiry.policy);
  inquiry.reader_until = reader_until(inquiry.member, context, inquiry.policy);
  inquiry.removable_from = removable_from(inquiry.member, inquiry.why(), context, inquiry.policy);
}

// In the order in which a run would meet them.
std::vector<Reason> Inquirer::obstacles(const GroupInfo& group, bool clocks_agree) const {
  const TimeMs now = clock_.now();
  const Policy& policy = settings_.get()->policy;
  std::vector<Reason> found;
  if (pause_.state().paused()) found.emplace_back(Reason::kPaused);
  if (!is_open(settings_.get()->calendar, now)) found.emplace_back(Reason::kClosed);
  if (!clocks_agree) found.emplace_back(Reason::kClockSkew);
  if (view_.find_exemption(ExemptionKind::kGroup, group.group_id, now)) found.emplace_back(Reason::kExempt);
  if (const Reason alone = left_alone(policy, group, false); !alone.empty()) found.push_back(alone);
  if (!capacity_known(group)) {
    found.emplace_back(Reason::kCapacityUnknown);
  } else if (*group.member_num < *group.max_member_num) {
    found.emplace_back(Reason::kHasRoom);
  }
  if (needs_reading(policy, false) && !group.next_msg_seq) found.emplace_back(Reason::kFieldMissing);
  const RemovalUsage all = view_.removal_usage(now - kLimitDayMs, std::nullopt);
  const RemovalUsage own = view_.removal_usage(now - kLimitDayMs, group.group_id);
  if (day_limit(policy, {all.sent + all.reserved, own.sent + own.reserved}) == 0)
    found.emplace_back(Reason::kDailyLimit);
  return found;
}

}  // namespace headroom
