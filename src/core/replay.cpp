#include "headroom/replay.h"

#include <algorithm>
#include <cstddef>

#include "headroom/left_alone.h"
#include "headroom/loosening.h"
#include "headroom/past_facts.h"

namespace headroom {
namespace {

bool same_limits(const Policy& a, const Policy& b) {
  return a.max_removals_per_run == b.max_removals_per_run && a.max_removals_per_day == b.max_removals_per_day &&
         a.max_removals_per_group_day == b.max_removals_per_group_day && a.max_removed_share == b.max_removed_share;
}

std::int64_t needed_by(const Policy& policy, const Run& run) {
  const std::int64_t seats = run.max_members.value_or(0);
  return needed_removals(wanted_seats(policy.target_headroom, seats), run.members_before.value_or(0), seats);
}

std::int64_t limit_by(const Policy& policy, const Run& run) {
  return std::min(needed_by(policy, run), run_limit(policy, run.members_before.value_or(0)));
}

// Two rows of the listing contradicted each other; one of them is stored, and proves nothing. By the run's own policy
// it says something else than the run did, or leaves open what the run would have asked for.
bool was_contradicted(const PastFacts& facts, const Run& run, const RunMember& row) {
  if (row.why != Why::kUnknownActivity) return false;
  const JudgedAgain by_its_own = judge_again(facts, run.policy);
  return by_its_own.why != row.why || (row.evidence.judged_at && by_its_own.unproven);
}

// Whether `other` selects as the run's own policy does. The limits may be those of a later day all the same: a look that
// came to the same has brought them, and no rows of its own.
bool selects_alike(const Run& run, const Policy& other) {
  return same_limits(run.policy, other) && judge_alike(run.policy, other) &&
         run.policy.target_headroom == other.target_headroom;
}

// What `other` would have let the run select.
std::int64_t limit_of(const Run& run, const Policy& other) {
  const std::int64_t limit = limit_by(other, run);
  if (!same_limits(run.policy, other)) return limit;
  const bool cut_elsewhere = run.limited_by != LimitedBy::kNone && run.selected < limit_by(run.policy, run);
  return cut_elsewhere || selects_alike(run, other) ? std::min(limit, run.selected) : limit;
}

GroupInfo group_of(const Run& run, const std::string& type) {
  GroupInfo info;
  info.group_id = run.group_id;
  info.type = run.evidence && !run.evidence->type.empty() ? run.evidence->type : type;
  info.member_num = run.members_before;
  info.max_member_num = run.max_members;
  return info;
}

// Ordinary members that may have been silent for longer than `inactive_for`, by the run's histogram.
std::int64_t silent_by(const Histogram& histogram, DurationMs inactive_for) {
  const auto members = histogram.find(Role::kMember);
  if (members == histogram.end()) return 0;
  std::int64_t silent = 0;
  for (const auto& [least, count] : members->second) {
    if (least == kHistogramUnknown) continue;
    const auto* const next = std::upper_bound(kHistogramDays.begin(), kHistogramDays.end(), least);
    if (next == kHistogramDays.end() || *next * kDayMs > inactive_for) silent += count;
  }
  return silent;
}

}  // namespace

bool is_listing(const Run& run) {
  if (run.mode == RunMode::kRestore || !run.members_before || !run.max_members) return false;
  return run.evidence || run.eligible > 0 || !run.kept.empty();
}

Replay::Replay(const Run& run, const Policy& other, const std::string& type, std::string_view admin_identifier)
    : run_(run),
      other_(other),
      admin_identifier_(admin_identifier),
      as_then_(selects_alike(run, other)),
      limit_(limit_of(run, other)),
      left_alone_(headroom::left_alone(other, group_of(run, type), false)),
      selection_(limit_, needed_by(other, run), true) {}

void Replay::see(const RunMember& row) {
  const bool selected = row.decision == Decision::kRemove;
  if (selected) ++selected_then_;
  if (selected || row.why == Why::kOverLimit || row.why == Why::kNotNeeded) ++removable_then_;
  if (!left_alone_.empty()) {
    if (selected) spared_.push_back({row.account, row.why, row.why, left_alone_});
    return;
  }
  PastFacts facts = past_facts(run_, row, admin_identifier_);
  if (was_contradicted(facts, run_, row)) facts.member.role = Role::kAbsent;
  const JudgedAgain judged = judge_again(facts, other_);
  if (judged.unproven) ++unproven_;
  if (judged.why == Why::kInactive) {
    ++offered_;
    // A plan that was cut when it had begun has lost those who were left of it, whoever of it had gone by himself.
    if (as_then_ && !selected) return;
    selection_.offer(facts.member);
    then_.emplace(row.account, std::pair(row.decision, row.why));
  } else if (selected) {
    spared_.push_back({row.account, row.why, judged.why, {}});
  }
}

// How many of those whose rows are not kept might have gone: nobody whom a rule kept that is as strict now, and no more
// than had been silent for long enough.
std::int64_t Replay::unnamed() const {
  if (run_.kept_stored || !left_alone_.empty()) return 0;
  std::int64_t most = std::max<std::int64_t>(0, run_.eligible - removable_then_);
  for (const auto& [why, count] : run_.kept) {
    if (eases(why, run_.policy, other_)) most += count;
  }
  if (!run_.evidence) return most;
  const std::int64_t silent = silent_by(run_.evidence->histogram, other_.inactive_for);
  return std::min(most, std::max<std::int64_t>(0, silent - offered_));
}

Replay::Result Replay::take() {
  Result result;
  Selection::Result chosen = selection_.take();
  result.selected_then = selected_then_;
  result.spared = std::move(spared_);
  for (RunMember& row : chosen.selected) {
    const auto& [decision, why] = then_.at(row.account);
    if (decision == Decision::kKeep) result.added.push_back({row.account, why, Why::kInactive, {}});
    result.selected.push_back(std::move(row.account));
  }
  for (RunMember& row : chosen.kept) {
    const auto& [decision, why] = then_.at(row.account);
    if (decision == Decision::kRemove) result.spared.push_back({std::move(row.account), why, row.why, {}});
  }
  const auto named = std::ssize(result.selected);
  result.counted_only = std::clamp<std::int64_t>(limit_ - named, 0, offered_ - named + unproven_ + unnamed());
  return result;
}

}  // namespace headroom
