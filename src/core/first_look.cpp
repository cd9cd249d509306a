#include "headroom/first_look.h"

#include <iterator>

#include "headroom/policy.h"

namespace headroom {
namespace {

FirstLook look_now(const Member& member, const JudgeContext& context) {
  FirstLook look;
  look.seen_at = context.now;
  look.msg_seq = member.msg_seq.value_or(0);
  look.offline = context.presence == Presence::kOffline;
  if (context.first_look) look.moved_at = context.first_look->moved_at;
  return look;
}

// What the first look was, if this one may count as the second.
bool still_holds(const Member& member, const JudgeContext& context) {
  const auto& first = context.first_look;
  if (!first || first->msg_seq != member.msg_seq || first->seen_at > context.now) return false;
  return !context.chat_room || first->offline;
}

}  // namespace

void FirstLooks::see_candidate(const Member& member, const JudgeContext& context) {
  if (!member.msg_seq || !member.join_time_s || !member.last_sent_time_s) return;
  // Where it takes two looks that saw the member offline, one that does not is none: it would keep a place from others.
  if (context.chat_room && context.presence != Presence::kOffline) return;
  const std::int64_t life = std::max(*member.join_time_s, *member.last_sent_time_s);
  const FirstLook look = still_holds(member, context) ? *context.first_look : look_now(member, context);
  candidates_.emplace(Order(life, *member.join_time_s, member.account), look);
  if (candidates_.size() > most_) candidates_.erase(std::prev(candidates_.end()));
}

void FirstLooks::see_moved(const Member& member, const JudgeContext& context) {
  if (moved_.size() >= static_cast<std::size_t>(kMost) && !moved_.contains(member.account)) return;
  FirstLook look = look_now(member, context);
  look.moved_at = context.now;
  moved_.insert_or_assign(member.account, look);
}

void FirstLooks::forget(const std::string& account) {
  moved_.erase(account);
  std::erase_if(candidates_, [&](const auto& candidate) { return std::get<2>(candidate.first) == account; });
}

std::vector<NotedLook> FirstLooks::take() {
  std::vector<NotedLook> looks;
  for (auto& [order, look] : candidates_) looks.push_back({std::get<2>(order), look});
  for (auto& [account, look] : moved_) looks.push_back({account, look});
  candidates_.clear();
  moved_.clear();
  return looks;
}

}  // namespace headroom
