#include "headroom/selection.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace headroom {
namespace {

constexpr std::int64_t kMillion = 1000000;

// part * whole / 1,000,000 rounded down, for whole up to 10^12.
std::int64_t share_of(std::int64_t parts, std::int64_t whole) { return whole * parts / kMillion; }

std::int64_t bounded(std::int64_t n) { return std::clamp<std::int64_t>(n, 0, 1000000000000); }

RunMember row_of(const Member& member, Decision decision, Why why) {
  RunMember row;
  row.account = member.account;
  row.decision = decision;
  row.why = why;
  row.joined_at_s = member.join_time_s;
  row.last_sent_at_s = member.last_sent_time_s;
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
  std::int64_t share = policy.max_removed_share.value;
  if (policy.max_removed_share.kind == Share::Kind::kPartsPerMillion) share = share_of(share, bounded(members));
  return std::min(policy.max_removals_per_run, std::max<std::int64_t>(1, share));
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

void Selection::keep(const Member& member, Why why, std::optional<TimeMs> removable_from) {
  ++considered_;
  ++kept_counts_[why];
  if (store_kept_) kept_.push_back(row_of(member, Decision::kKeep, why));
  if (removable_from && (!first_removable_from_ || *removable_from < *first_removable_from_)) {
    first_removable_from_ = removable_from;
  }
}

void Selection::offer(const Member& member) {
  const std::int64_t life = std::max(*member.join_time_s, *member.last_sent_time_s);
  if (!best_.insert({life, member}).second) return;  // the listing repeated a row
  ++considered_;
  ++eligible_;
  if (best_.size() <= limit_) return;
  const auto last = std::prev(best_.end());
  ++kept_counts_[Why::kOverLimit];
  if (store_kept_) kept_.push_back(row_of(last->member, Decision::kKeep, Why::kOverLimit));
  best_.erase(last);
}

Selection::Result Selection::take() {
  Result result;
  result.selected.reserve(best_.size());
  for (const Candidate& candidate : best_) {
    result.selected.push_back(row_of(candidate.member, Decision::kRemove, Why::kInactive));
  }
  best_.clear();
  result.kept = std::move(kept_);
  result.kept_counts = std::move(kept_counts_);
  result.first_removable_from = first_removable_from_;
  kept_.clear();
  kept_counts_.clear();
  return result;
}

void Plausibility::see(const Member& member) {
  ++rows_;
  if (member.role == Role::kAbsent) ++no_role_;
  if (!member.join_time_s) ++no_join_;
  if (!member.last_sent_time_s) ++no_sent_;
  if (policy_.reader_backlog > 0 && !member.msg_seq) ++no_seq_;
  if (member.role == Role::kMember && member.join_time_s && member.last_sent_time_s &&
      *member.last_sent_time_s > *member.join_time_s) {
    activity_seen_ = true;
  }
}

std::int64_t Plausibility::most_missing() const { return std::max({no_role_, no_join_, no_sent_, no_seq_}); }

bool Plausibility::hopeless() const {
  constexpr std::int64_t kEnough = 1000;
  return most_missing() >= kEnough && most_missing() * 2 > rows_;
}

std::string_view Plausibility::verdict() const {
  if (most_missing() * 2 > rows_) return "field_missing";
  if (rows_ * 100 < member_num_ * 95 && member_num_ - rows_ >= 3) return "members_missing";
  if (!activity_seen_) return "no_activity_data";
  return {};
}

}  // namespace headroom
