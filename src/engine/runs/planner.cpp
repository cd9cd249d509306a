#include "engine/runs/planner.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "engine/looks/membership.h"
#include "engine/runs/raise_plan.h"
#include "headroom/capacity.h"
#include "headroom/evidence.h"
#include "headroom/left_alone.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

// A few more than are wanted: a later plan need not wait for its candidates.
constexpr std::int64_t kNotedPerSeat = 3;

// An ordinary group has at most 6000 members, a Community a million [33529]; a listing that goes on well beyond what
// the group says it holds is not one.
std::int64_t most_rows(std::int64_t member_num) { return 2 * std::clamp<std::int64_t>(member_num, 0, 5000000) + 10000; }

bool asks_for_smaller_page(int code) { return code == chat_code::kReplyTooLarge || code == chat_code::kPullByPage; }

}  // namespace

Plan Planner::make(Run run) {
  Plan plan;
  plan.run = std::move(run);
  plan.run.policy = settings_.policy;
  plan.last = last_run_of(view_, plan.run.group_id);
  plan_made(plan.run);
  std::optional<Stop> stop = read_group(plan);
  if (!stop) stop = decide(plan);
  // Chat may say so in the middle of the listing, by one call alone: then its look is asked again.
  if (stop && stop->reason == Reason::kGone && plan.look && !plan.look->gone) stop = look_whether_gone(plan, *stop);
  stop = true_stop(gate_, plan.run, stop);
  if (stop) {
    stop_run(plan.run, stop->reason);
    if (stop->reason == Reason::kNotRaised) plan.run.state = RunState::kNothingToDo;  // nothing was tried
    plan.pauses = stop->pauses;
  }
  return plan;
}

std::optional<Stop> Planner::read_group(Plan& plan) {
  if (auto stop = gate_.stop_for(plan.run)) return stop;
  const auto known = view_.find_group(plan.run.group_id);
  auto looked = chat_.look(plan.run.group_id);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  plan.look = std::get<Look>(std::move(looked));
  if (known) plan.look->known = Known{known->id, known->full_events};
  if (plan.look->gone) return Stop{Reason::kGone};
  if (auto stop = chat_.clock_stop()) return stop;
  const GroupInfo& info = plan.look->info;
  const bool exempt = view_.find_exemption(ExemptionKind::kGroup, plan.run.group_id, clock_.now()).has_value();
  if (const Reason alone = left_alone(settings_.policy, info, exempt); !alone.empty()) return Stop{alone};
  if (!capacity_known(info)) return Stop{Reason::kCapacityUnknown};
  plan.run.members_before = info.member_num;
  plan.run.max_members = info.max_member_num;
  plan.run.wanted = wanted_seats(settings_.policy.target_headroom, *info.max_member_num);
  plan.run.kept_stored = *info.member_num <= settings_.kept_members_up_to;
  if (*info.member_num < *info.max_member_num) return Stop{Reason::kHasRoom};
  return std::nullopt;
}

// Of a group that is full and not left alone: a higher limit, or fewer members.
std::optional<Stop> Planner::decide(Plan& plan) {
  const GroupInfo& info = plan.look->info;
  const RaisePlan raise = plan_raise(view_, plan.run, info, settings_.capacity, clock_.now());
  plan.at_ceiling = raise.at_ceiling;
  if (raise.stop) return raise.stop;
  if (raise.raise) {
    plan.run.raise = raise.raise;
    plan.run.mode = RunMode::kRaise;
    return check_raises(plan);
  }
  if (needs_reading(settings_.policy, false) && !info.next_msg_seq) return Stop{Reason::kFieldMissing};
  if (auto stop = check_limits(plan)) return stop;
  return select(plan);
}

// Nobody is removed because the day's raises are used up.
std::optional<Stop> Planner::check_raises(Plan& plan) {
  plan.wait_until = no_raise_until(view_, settings_.capacity, clock_.now());
  if (!plan.wait_until) return std::nullopt;
  plan.run.limited_by = LimitedBy::kDay;
  return Stop{Reason::kDailyLimit};
}

std::optional<Stop> Planner::look_whether_gone(Plan& plan, const Stop& seen) {
  auto looked = chat_.look(plan.run.group_id);
  if (const auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const std::optional<Known> known = plan.look->known;
  plan.look = std::get<Look>(std::move(looked));
  plan.look->known = known;
  return reason_with(seen, plan.look);
}

std::optional<Stop> Planner::check_limits(Plan& plan) {
  const Allowance allowed = allowance(view_, plan.run, settings_.policy, clock_.now());
  if (!allowed.day_limit_until) return std::nullopt;
  plan.wait_until = allowed.day_limit_until;
  plan.run.limited_by = allowed.by;
  return Stop{Reason::kDailyLimit};
}

std::optional<Stop> Planner::select(Plan& plan) {
  const Allowance allowed = allowance(view_, plan.run, settings_.policy, clock_.now());
  const auto known = view_.find_group(plan.run.group_id);
  const bool silent = known && known->silent;
  Listing listing = begin_listing(plan, allowed, plan.run.kept_stored, silent);
  if (auto stop = list_all(plan, listing)) return stop;
  plan.run.eligible = listing.selection.eligible();
  const auto before = view_.last_listing(plan.run.group_id);
  take_listing(plan, listing, allowed.by, silent);
  const RemovableShare share = removable_share(plan.run);
  const bool settled = known && is_share_settled(*known, clock_.now());
  if (exceeds(share, settings_.policy.first_share) && !settled) {
    plan.asks = WaitsFor::kFirstShare;
  } else if (before && jumps(share, removable_share(*before))) {
    plan.asks = WaitsFor::kJump;
  }
  if (plan.run.selected > 0) return std::nullopt;
  if (!plan.run.kept.contains(Why::kSecondLook)) return Stop{Reason::kNobodyRemovable};
  plan.wait_until = listing.seen_twice_from;
  return Stop{Reason::kSecondLook};
}

Planner::Listing Planner::begin_listing(const Plan& plan, const Allowance& allowed, bool keeps_rows,
                                        bool silent) const {
  Listing listing{Selection(allowed.limit, allowed.needed, keeps_rows),
                  Plausibility(settings_.policy, *plan.run.members_before), plan.look->info,
                  FirstLooks(kNotedPerSeat * plan.run.wanted)};
  listing.plausibility.expect_silence(silent, plan.look->info.mute_all.value_or(false));
  return listing;
}

// To its end; a stop where it is not to be believed.
std::optional<Stop> Planner::list_all(Plan& plan, Listing& listing) {
  auto stop = list(plan, listing);
  plan.rejoined = std::move(listing.rejoined);
  if (stop) return stop;
  plan.run.considered = listing.selection.considered();
  if (const auto verdict = listing.plausibility.verdict(); !verdict.empty()) return Stop{verdict};
  return std::nullopt;
}

// The listing has come to its end, and is believed.
// `by`: the limit that cuts.
void Planner::take_listing(Plan& plan, Listing& listing, LimitedBy by, bool silent) {
  Selection::Result result = listing.selection.take();
  plan.run.kept = std::move(result.kept_counts);
  plan.run.limited_by = result.cut ? by : LimitedBy::kNone;
  plan.run.selected = static_cast<std::int64_t>(result.selected.size());
  plan.members = std::move(result.selected);
  plan.members.insert(plan.members.end(), std::make_move_iterator(result.kept.begin()),
                      std::make_move_iterator(result.kept.end()));
  plan.wait_until = result.first_removable_from;
  const GroupInfo& info = plan.look->info;
  plan.run.evidence =
      ListingEvidence{info.next_msg_seq, info.last_msg_time_s,        info.mute_all.value_or(false), silent,
                      info.type,         std::move(listing.histogram)};
  plan.first_looks = listing.first_looks.take();
}

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

std::optional<Stop> Planner::judge_page(const std::vector<Member>& members, Listing& listing) {
  std::vector<std::string> accounts;
  accounts.reserve(members.size());
  for (const Member& member : members) accounts.push_back(member.account);
  const Standings standings(view_, listing.group, accounts, settings_.admin_identifier, clock_.now());
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
    const auto& presence = std::get<std::map<std::string, Presence>>(asked);
    for (std::size_t i = 0; i < count; ++i) {
      auto& [member, context] = listing.undecided[i];
      context.now = clock_.now();
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
