#include "app/unblocking.h"

#include <limits>
#include <sstream>

#include "app/hold_budget.h"
#include "headroom/loosening.h"

namespace headroom {
namespace {

constexpr int kGroupsAtOnce = 500;
constexpr const char* kPolicySetting = "unblocking.policy";
constexpr SteadyMs kNever{std::numeric_limits<std::int64_t>::max()};

// What groups are blocked by.
std::string text_of(const Policy& policy) {
  std::ostringstream text;
  text << policy.max_removals_per_day << ' ' << policy.max_removals_per_group_day << ' ' << policy.inactive_for << ' '
       << policy.newcomer_grace << ' ' << policy.protect_online << ' ' << policy.reader_backlog << ' '
       << policy.min_capacity;
  return text.str();
}

std::optional<Policy> policy_of(const std::string& text) {
  std::istringstream in(text);
  Policy policy;
  in >> policy.max_removals_per_day >> policy.max_removals_per_group_day >> policy.inactive_for >>
      policy.newcomer_grace >> policy.protect_online >> policy.reader_backlog >> policy.min_capacity;
  return in.fail() ? std::nullopt : std::optional(policy);
}

}  // namespace

SteadyMs Unblocking::step(TimeMs now, SteadyMs at, const Settings& settings) {
  if (policy_ != settings.policy) begin(settings.policy);
  if (reasons_.empty()) return kNever;
  if (at < next_) return next_;
  GroupFilter filter;
  filter.state = GroupState::kBlocked;
  const Page<Group> page = view_.groups(filter, {kGroupsAtOnce, before_id_});
  committer_.commit_housekeeping([&](Storage& storage) { unblock(storage, page, now); });
  if (!before_id_) reasons_.clear();
  next_ = at + HoldBudget::kPauseMs;
  return reasons_.empty() ? kNever : next_;
}

// What is stored is the policy under which the last walk came to its end: one that is cut off begins anew.
void Unblocking::begin(const Policy& policy) {
  policy_ = policy;
  before_id_.reset();
  reasons_.clear();
  const auto stored = view_.setting(kPolicySetting);
  if (stored == text_of(policy)) return;
  if (const auto last = policy_of(stored.value_or(""))) reasons_ = loosened(*last, policy);
  if (reasons_.empty()) committer_.commit([this](Storage& storage) { put_policy(storage); });
}

// As many of the page as the time allows, and where to go on.
void Unblocking::unblock(Storage& storage, const Page<Group>& page, TimeMs now) {
  HoldBudget budget;
  for (const Group& seen : page.items) {
    if (budget.over()) return;
    before_id_ = seen.id;
    if (!reasons_.contains(seen.reason)) continue;
    const auto group = storage.find_group(seen.group_id);
    if (!group || group->state != GroupState::kBlocked || !reasons_.contains(group->reason)) continue;
    storage.save_group(after_loosening(*group, now));
    budget.spend(1);
  }
  before_id_ = page.next_before_id;
  if (!page.next_before_id) put_policy(storage);
}

void Unblocking::put_policy(Storage& storage) const { storage.put_setting(kPolicySetting, text_of(*policy_)); }

}  // namespace headroom
