#include "engine/runs/planner.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/runs/raise_plan.h"
#include "headroom/capacity.h"
#include "headroom/left_alone.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

// A few more than are wanted: a later plan need not wait for its candidates.
constexpr std::int64_t kNotedPerSeat = 3;

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
  plan.listed_at = listing.listed_at;
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

}  // namespace headroom
