// The last looks before a batch is deleted: at the group, at its members, at who is online.
#include <algorithm>
#include <utility>

#include "engine/looks/membership.h"
#include "engine/runs/execution.h"
#include "headroom/capacity.h"
#include "headroom/left_alone.h"
#include "headroom/selection.h"

namespace headroom {

// By the plan's policy or by the one in force: either may protect.
bool Execution::asks_presence(const Member& member, const JudgeContext& context) const {
  return needs_presence(member, context, run_.policy) || needs_presence(member, context, settings_->policy);
}

OrStop<std::int64_t> Execution::seats_needed() {
  auto looked = chat_.look(run_.group_id);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  look_ = std::get<Look>(std::move(looked));
  if (look_->gone) return Stop{Reason::kGone};
  if (auto stop = chat_.clock_stop()) return *stop;
  const GroupInfo& info = look_->info;
  for (const Policy* policy : std::initializer_list<const Policy*>{&run_.policy, &settings_->policy}) {
    if (const Reason alone = left_alone(*policy, info, false); !alone.empty()) return Stop{alone};
    if (needs_reading(*policy, false) && !info.next_msg_seq) return Stop{Reason::kFieldMissing};
  }
  if (!capacity_known(info)) return Stop{Reason::kCapacityUnknown};
  return needed_removals(run_.wanted, *info.member_num, *info.max_member_num);
}

bool Execution::is_removable(const Member& member, const JudgeContext& context) const {
  return judge(member, context, run_.policy) == Why::kInactive &&
         judge(member, context, settings_->policy) == Why::kInactive;
}

// Takes the next `count` members out of the plan, records those that are gone or protected by now, and returns the
// rest.
OrStop<std::vector<RunMember>> Execution::judge_again(std::size_t count) {
  std::vector<RunMember> batch(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  const std::vector<std::string> accounts = accounts_of(batch);
  const SteadyMs asked_at = clock_.steady_now();
  auto looked = chat_.members(run_.group_id, accounts);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const auto& members = std::get<0>(looked);
  std::optional<Standings> standings(std::in_place, view_, look_->info, accounts, settings_->admin_identifier,
                                     clock_.now());
  const bool asks = std::any_of(members.begin(), members.end(), [&](const auto& member) {
    return asks_presence(member.second, standings->context_of(member.first, member.second.join_time_s));
  });
  std::map<std::string, Presence> presence;
  if (asks) {
    auto asked = chat_.presence(accounts);
    if (auto* stop = std::get_if<Stop>(&asked)) return *stop;
    presence = std::get<0>(std::move(asked));
    standings.emplace(view_, look_->info, accounts, settings_->admin_identifier, clock_.now());
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));

  std::vector<RunMember> go;
  std::vector<RunMember> vanished;  // sent before: whether that was our delete, Chat has to say
  std::map<std::string, Outcome> settled;
  std::vector<std::string> back;
  for (RunMember& planned : batch) {
    const auto member = members.find(planned.account);
    const auto tried = tried_.find(planned.account);
    const bool may_be_done = tried != tried_.end() && tried->second.may_be_done;
    if (member == members.end()) {
      if (may_be_done) {
        vanished.push_back(std::move(planned));
      } else {
        settled[planned.account] = Outcome::kLeft;
      }
      continue;
    }
    late_.not_done(planned.account, asked_at);
    JudgeContext context = standings->context_of(planned.account, member->second.join_time_s);
    if (asks) context.presence = presence.at(planned.account);
    const auto& join = member->second.join_time_s;
    if (may_be_done && joined_anew(join, planned.joined_at_s)) {
      settled[planned.account] = Outcome::kRemoved;  // our delete, and back again
      back.push_back(planned.account);
    } else if (join == planned.joined_at_s && is_removable(member->second, context)) {
      go.push_back(std::move(planned));
    } else {
      settle(planned.account, Outcome::kBecameProtected, settled);
    }
  }
  if (auto stop = settle_vanished(vanished, settled, back)) return *std::move(stop);
  record(settled, 0, back);
  return go;
}

// They may have gone by a call of ours whose answer was lost.
std::optional<Stop> Execution::settle_vanished(const std::vector<RunMember>& vanished,
                                               std::map<std::string, Outcome>& settled,
                                               std::vector<std::string>& back) {
  if (vanished.empty()) return std::nullopt;
  const auto found = find_removed(chat_, run_.group_id, is_community(look_->info.type), vanished);
  if (const auto* stop = std::get_if<Stop>(&found)) {
    in_doubt_ = true;
    return *stop;
  }
  const auto& [out, returned] = std::get<Found>(found);
  for (const auto& [account, is_out] : out) {
    if (is_out) {
      settled[account] = Outcome::kRemoved;
    } else {
      settle(account, Outcome::kLeft, settled);
    }
  }
  back.insert(back.end(), returned.begin(), returned.end());
  return std::nullopt;
}

bool Execution::looks_are_fresh() const {
  const auto oldest = chat_.oldest_look();
  return oldest && clock_.steady_now() - *oldest <= kLooksStayFresh;
}

// All of them are made anew.
std::optional<Stop> Execution::looks_too_old(const std::vector<RunMember>& batch) {
  put_back(batch);
  if (++vain_tries_ < kMaxVainTries) return std::nullopt;
  return Stop{Reason::kChatTooSlow};
}

}  // namespace headroom
