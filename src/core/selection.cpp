#include "headroom/selection.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace headroom {
namespace {

// Candidates beyond the limit that are held for those that a later row contradicts.
constexpr std::int64_t kSpare = 100;

constexpr std::int64_t kMillion = 1000000;

// part * whole / 1,000,000 rounded down, for whole up to 10^12.
std::int64_t share_of(std::int64_t parts, std::int64_t whole) { return whole * parts / kMillion; }

std::int64_t bounded(std::int64_t n) { return std::clamp<std::int64_t>(n, 0, 1000000000000); }

std::int64_t share_limit(const Policy& policy, std::int64_t members) {
  std::int64_t share = policy.max_removed_share.value;
  if (policy.max_removed_share.kind == Share::Kind::kPartsPerMillion) share = share_of(share, bounded(members));
  return std::max<std::int64_t>(1, share);
}

RunMember row_of(const Member& member, Decision decision, Why why, const MemberEvidence& evidence) {
  RunMember row;
  row.account = member.account;
  row.decision = decision;
  row.why = why;
  row.joined_at_s = member.join_time_s;
  row.last_sent_at_s = member.last_sent_time_s;
  row.evidence = evidence;
  return row;
}

}  // namespace

std::int64_t wanted_seats(const Share& target, std::int64_t max_members) {
  max_members = bounded(max_members);
  std::int64_t seats = target.value;
  if (target.kind == Share::Kind::kPartsPerMillion) {
    seats = share_of(target.value, max_members);
    if (max_members * target.value % kMillion != 0) ++seats;
  }
  return std::clamp<std::int64_t>(seats, 1, std::max<std::int64_t>(1, max_members));
}

std::int64_t needed_removals(std::int64_t wanted, std::int64_t members, std::int64_t max_members) {
  return std::max<std::int64_t>(0, bounded(wanted) + bounded(members) - bounded(max_members));
}

std::int64_t run_limit(const Policy& policy, std::int64_t members) {
  return std::min(policy.max_removals_per_run, share_limit(policy, members));
}

std::optional<std::int64_t> day_limit(const Policy& policy, const DayUsage& usage) {
  std::optional<std::int64_t> left;
  const auto take = [&left](std::int64_t limit, std::int64_t used) {
    if (limit <= 0) return;
    const std::int64_t rest = std::max<std::int64_t>(0, limit - used);
    left = left ? std::min(*left, rest) : rest;
  };
  take(policy.max_removals_per_day, usage.all);
  take(policy.max_removals_per_group_day, usage.group);
  return left;
}

SmallestLimit smallest_limit(const Policy& policy, std::int64_t members, const DayUsage& usage) {
  SmallestLimit smallest{policy.max_removals_per_run, LimitedBy::kRun};
  const auto take = [&smallest](std::int64_t most, LimitedBy by) {
    if (most < smallest.most) smallest = {std::max<std::int64_t>(0, most), by};
  };
  take(share_limit(policy, members), LimitedBy::kShare);
  if (policy.max_removals_per_day > 0) take(policy.max_removals_per_day - usage.all, LimitedBy::kDay);
  if (policy.max_removals_per_group_day > 0) {
    take(policy.max_removals_per_group_day - usage.group, LimitedBy::kGroupDay);
  }
  return smallest;
}

RemovableShare removable_share(const Run& run) {
  const auto waiting = run.kept.find(Why::kSecondLook);
  return {run.eligible + (waiting == run.kept.end() ? 0 : waiting->second), run.considered};
}

bool exceeds(const RemovableShare& share, const Share& first_share) {
  if (share.considered <= 0) return false;
  return bounded(share.eligible) * kMillion > bounded(share.considered) * first_share.value;
}

bool jumps(const RemovableShare& now, const RemovableShare& before) {
  constexpr std::int64_t kMost = 1000000000;  // so that nothing below overflows
  const auto eligible = std::min(now.eligible, kMost);
  const auto considered = std::min(now.considered, kMost);
  if (considered <= 0 || before.considered <= 0 || 2 * eligible <= considered) return false;
  return eligible * std::min(before.considered, kMost) > 3 * std::min(before.eligible, kMost) * considered;
}

bool Selection::Candidate::operator<(const Candidate& other) const {
  return std::tuple(life_s, *member.join_time_s, std::string_view(member.account)) <
         std::tuple(other.life_s, *other.member.join_time_s, std::string_view(other.member.account));
}

void Selection::keep(const Member& member, Why why, std::optional<TimeMs> removable_from,
                     const MemberEvidence& evidence) {
  ++considered_;
  ++kept_counts_[why];
  if (store_kept_) kept_.push_back(row_of(member, Decision::kKeep, why, evidence));
  if (removable_from && (!first_removable_from_ || *removable_from < *first_removable_from_)) {
    first_removable_from_ = removable_from;
  }
}

void Selection::offer(const Member& member, const MemberEvidence& evidence) {
  const std::int64_t life = std::max(*member.join_time_s, *member.last_sent_time_s);
  if (!best_.insert({life, member, evidence}).second) return;  // the listing repeated a row
  ++considered_;
  ++eligible_;
  if (!store_kept_ && static_cast<std::int64_t>(best_.size()) > limit_ + kSpare) best_.erase(std::prev(best_.end()));
}

void Selection::contradict(const std::string& account, Why judged) {
  contradicted_.insert(account);
  ++kept_counts_[Why::kUnknownActivity];
  if (judged == Why::kInactive) {
    --eligible_;
  } else if (--kept_counts_[judged] <= 0) {
    kept_counts_.erase(judged);
  }
}

Selection::Result Selection::take() {
  Result result;
  std::vector<RunMember> rest;
  for (const Candidate& candidate : best_) {
    if (contradicted_.contains(candidate.member.account)) {
      if (store_kept_)
        kept_.push_back(row_of(candidate.member, Decision::kKeep, Why::kUnknownActivity, candidate.evidence));
    } else if (static_cast<std::int64_t>(result.selected.size()) < limit_) {
      result.selected.push_back(row_of(candidate.member, Decision::kRemove, Why::kInactive, candidate.evidence));
    } else if (store_kept_) {
      rest.push_back(row_of(candidate.member, Decision::kKeep, Why::kNotNeeded, candidate.evidence));
    }
  }
  best_.clear();
  keep_rest(rest, result);
  result.first_removable_from = first_removable_from_;
  contradicted_.clear();
  kept_.clear();
  kept_counts_.clear();
  return result;
}

// Those who could go and do not: the next ones were wanted, if the limit left any out; nobody needs the others' seats.
void Selection::keep_rest(std::vector<RunMember>& rest, Result& result) {
  const auto selected = static_cast<std::int64_t>(result.selected.size());
  const std::int64_t wanted = std::max(selected, std::min(eligible_, needed_));
  result.cut = selected >= limit_ && wanted > selected;
  const std::int64_t cut = result.cut ? wanted - selected : 0;
  if (cut > 0) kept_counts_[Why::kOverLimit] = cut;
  if (eligible_ > selected + cut) kept_counts_[Why::kNotNeeded] = eligible_ - selected - cut;
  for (std::size_t i = 0; i < rest.size() && static_cast<std::int64_t>(i) < cut; ++i) rest[i].why = Why::kOverLimit;
  for (RunMember& row : kept_) {
    if (contradicted_.contains(row.account)) row.why = Why::kUnknownActivity;
  }
  rest.insert(rest.end(), std::make_move_iterator(kept_.begin()), std::make_move_iterator(kept_.end()));
  result.kept = std::move(rest);
  result.kept_counts = std::move(kept_counts_);
}

void Plausibility::see(const Member& member) {
  ++rows_;
  if (member.role == Role::kAbsent) ++no_role_;
  if (!member.join_time_s) ++no_join_;
  if (!member.last_sent_time_s) ++no_sent_;
  if (needs_reading(policy_, speechless_) && !member.msg_seq) ++no_seq_;
  if (member.role == Role::kMember && member.join_time_s && member.last_sent_time_s &&
      *member.last_sent_time_s > *member.join_time_s) {
    activity_seen_ = true;
  }
}

void Plausibility::see_contradiction() { ++no_role_; }

void Plausibility::see_presence(bool known) {
  ++asked_;
  if (!known) ++no_presence_;
}

std::int64_t Plausibility::most_missing() const { return std::max({no_role_, no_join_, no_sent_, no_seq_}); }

bool Plausibility::hopeless() const {
  constexpr std::int64_t kEnough = 1000;
  return (most_missing() >= kEnough && most_missing() * 2 > rows_) ||
         (no_presence_ >= kEnough && no_presence_ * 2 > asked_);
}

Reason Plausibility::verdict() const {
  if (most_missing() * 2 > rows_ || no_presence_ * 2 > asked_) return Reason::kFieldMissing;
  if (rows_ * 100 < member_num_ * 95 && member_num_ - rows_ >= 3) return Reason::kMembersMissing;
  if (!activity_seen_ && !silence_is_nature_) return Reason::kNoActivityData;
  return {};
}

}  // namespace headroom
