// How a plan reads the members of its group, and judges each of them.
#include <algorithm>
#include <functional>
#include <utility>

#include "engine/looks/membership.h"
#include "engine/runs/planner.h"
#include "headroom/evidence.h"

namespace headroom {
namespace {

// An ordinary group has at most 6000 members, a Community a million [33529]; a listing that goes on well beyond what
// the group says it holds is not one.
std::int64_t most_rows(std::int64_t member_num) { return 2 * std::clamp<std::int64_t>(member_num, 0, 5000000) + 10000; }

bool asks_for_smaller_page(int code) { return code == chat_code::kReplyTooLarge || code == chat_code::kPullByPage; }

}  // namespace

// Pages through the members until Chat has no more.
std::optional<Stop> Planner::list(const Plan& plan, Listing& listing) {
  MemberQuery query;
  query.group_id = plan.run.group_id;
  query.community = is_community(plan.look->info.type);
  int limit = static_cast<int>(settings_.member_page);
  const std::int64_t rows_allowed = most_rows(*plan.run.members_before);
  std::unordered_set<std::size_t> cursors;  // their hashes: a Community has thousands
  for (std::int64_t rows = 0; rows <= rows_allowed;) {
    if (auto stop = gate_.stop_for(plan.run)) return stop;
    MemberPage page;
    if (auto stop = next_page(query, page, limit)) return stop;
    if (auto stop = judge_page(page.members, listing)) return stop;
    const std::int64_t page_rows = std::max(page.rows, std::ssize(page.members));
    rows += std::max<std::int64_t>(1, page_rows);
    if (listing.plausibility.hopeless()) return Stop{Reason::kFieldMissing};
    query.offset += page_rows;
    const bool last =
        query.community ? page.next.empty() : page_rows == 0 || (page.member_num && query.offset >= *page.member_num);
    if (last) return decide_undecided(listing, 0);
    if (query.community && !cursors.insert(std::hash<std::string>()(page.next)).second) break;  // it leads in a circle
    query.next = page.next;
    between_pages_(*plan.run.members_before);
  }
  return Stop{Reason::kChatUnreachable};  // a listing without an end is no answer
}

std::optional<Stop> Planner::next_page(const MemberQuery& query, MemberPage& page, int& limit) {
  while (true) {
    MemberQuery sized = query;
    sized.limit = limit;
    auto answer = chat_.member_page(sized);
    if (answer.done()) {
      page = std::move(answer.value);
      return std::nullopt;
    }
    if (answer.outcome != ChatOutcome::kRefused || !asks_for_smaller_page(answer.code) || limit == 1) {
      return chat_.stop_for(answer.outcome, answer.code);
    }
    limit = std::max(1, limit / 2);
  }
}

// Nobody is judged, nor remembered, by a clock that was set wrong since the look at the group: whom it calls seen a day
// ago would have had a first look once it is right again.
std::optional<Stop> Planner::take_time(Listing& listing) const {
  if (auto stop = chat_.clock_stop()) return stop;
  listing.listed_at = clock_.now();
  return std::nullopt;
}

std::optional<Stop> Planner::judge_page(const std::vector<Member>& members, Listing& listing) {
  if (auto stop = take_time(listing)) return stop;
  std::vector<std::string> accounts;
  accounts.reserve(members.size());
  for (const Member& member : members) accounts.push_back(member.account);
  const Standings standings(view_, listing.group, accounts, settings_.admin_identifier, listing.listed_at);
  for (const Member& member : members) {
    // Offsets shift while members come and go, and a cursor may lead through rows again.
    const SeenRows::Seen seen = listing.seen.see(member);
    if (seen.row == SeenRows::Row::kContradicting) contradict(member, seen.judged, listing);
    if (seen.row != SeenRows::Row::kNew) continue;
    listing.plausibility.see(member);
    const JudgeContext context = standings.context_of(member.account, member.join_time_s);
    count_in(listing.histogram, member, context.now);
    const auto removal = standings.removals().find(member.account);
    // A listing may lag behind a removal: only a new JoinTime is news.
    if (removal != standings.removals().end() && joined_anew(member.join_time_s, removal->second.joined_at_s)) {
      listing.rejoined.push_back(member.account);
    }
    judge_one(member, context, listing);
  }
  return decide_undecided(listing, kMaxAccountsPerStatus - 1);
}

void Planner::judge_one(const Member& member, const JudgeContext& context, Listing& listing) {
  const Policy& policy = settings_.policy;
  const Why why = judge(member, context, policy);
  const bool undecided = why == Why::kInactive && !context.presence && needs_presence(member, context, policy);
  if (undecided) {
    listing.undecided.push_back({member, context});
    return;
  }
  const bool looks_twice = policy.second_look > 0 || is_speechless(member, context);
  const MemberEvidence evidence = evidence_of(member, context, policy);
  if (looks_twice && (why == Why::kInactive || why == Why::kSecondLook)) {
    listing.first_looks.see_candidate(member, context);
  } else if (looks_twice && has_moved(member, context)) {
    listing.first_looks.see_moved(member, context);
  }
  if (why == Why::kInactive) return listing.selection.offer(member, evidence);
  const auto from = removable_from(member, why, context, policy);
  listing.selection.keep(member, why, from, evidence);
  listing.seen.judged(member.account, why);
  if (why == Why::kSecondLook && from)
    listing.seen_twice_from = std::min(*from, listing.seen_twice_from.value_or(*from));
}

// One account, two rows: neither is believed. The first one's is what the run stores, with what it was judged by.
void Planner::contradict(const Member& member, Why judged, Listing& listing) const {
  // These two stay what they are, and that nothing is known has been said.
  if (judged == Why::kExempt || judged == Why::kService || judged == Why::kUnknownActivity) return;
  listing.plausibility.see_contradiction();
  listing.first_looks.forget(member.account);
  const auto first = std::find_if(listing.undecided.begin(), listing.undecided.end(),
                                  [&](const Undecided& other) { return other.member.account == member.account; });
  if (first == listing.undecided.end()) {
    listing.selection.contradict(member.account, judged);
  } else {
    const MemberEvidence evidence = evidence_of(first->member, first->context, settings_.policy);
    listing.selection.keep(first->member, Why::kUnknownActivity, std::nullopt, evidence);
    listing.undecided.erase(first);
  }
  listing.seen.judged(member.account, Why::kUnknownActivity);
}

// Asks for the online status of those that only it can still keep, until at most `leave` are left.
std::optional<Stop> Planner::decide_undecided(Listing& listing, std::size_t leave) {
  while (listing.undecided.size() > leave) {
    const std::size_t count = std::min(kMaxAccountsPerStatus, listing.undecided.size());
    std::vector<std::string> accounts;
    accounts.reserve(count);
    for (std::size_t i = 0; i < count; ++i) accounts.push_back(listing.undecided[i].member.account);
    auto asked = chat_.presence(accounts);
    if (auto* stop = std::get_if<Stop>(&asked)) return *stop;
    if (auto stop = take_time(listing)) return stop;
    const auto& presence = std::get<std::map<std::string, Presence>>(asked);
    for (std::size_t i = 0; i < count; ++i) {
      auto& [member, context] = listing.undecided[i];
      context.now = listing.listed_at;
      context.presence = presence.at(member.account);
      listing.plausibility.see_presence(context.presence != Presence::kUnknown);
      judge_one(member, context, listing);
    }
    listing.undecided.erase(listing.undecided.begin(), listing.undecided.begin() + static_cast<std::ptrdiff_t>(count));
    if (listing.plausibility.hopeless()) return Stop{Reason::kFieldMissing};
  }
  return std::nullopt;
}

}  // namespace headroom
