#include "engine/schedule/unblocking.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "engine/hold_budget.h"
#include "headroom/loosening.h"
#include "headroom/names.h"
#include "headroom/reason.h"

namespace headroom {
namespace {

constexpr int kGroupsAtOnce = 500;
constexpr const char* kPolicySetting = "unblocking.policy";     // of the last walk that came to its end
constexpr const char* kInForceSetting = "unblocking.in_force";  // since when, and which
constexpr SteadyMs kNever{std::numeric_limits<std::int64_t>::max()};

std::string text_of(const CapacityRules& rules) {
  std::ostringstream text;
  text << name_of(rules.mode) << ' ' << rules.max_raises_per_day << ' ' << static_cast<int>(rules.step.kind) << ' '
       << rules.step.value << '\n'
       << rules.ceilings.text() << '\n'
       << rules.only_from.text();
  return text.str();
}

// Those of no earlier version: nothing was raised then.
CapacityRules capacity_of(std::istringstream& in) {
  CapacityRules rules;
  std::string mode;
  int kind = 0;
  if (!(in >> mode >> rules.max_raises_per_day >> kind >> rules.step.value)) return {};
  rules.mode = named<CapacityMode>(mode).value_or(CapacityMode::kOff);
  rules.step.kind = static_cast<Share::Kind>(kind);
  std::string line;
  std::getline(in, line);
  if (std::getline(in, line)) rules.ceilings = Ceilings::parse(line).value_or(Ceilings());
  if (std::getline(in, line)) rules.only_from = DefaultLimits::parse(line).value_or(DefaultLimits());
  return rules;
}

// What groups are blocked by.
std::string text_of(const BlockRules& rules) {
  const Policy& policy = rules.policy;
  std::ostringstream text;
  text << policy.max_removals_per_day << ' ' << policy.max_removals_per_group_day << ' ' << policy.inactive_for << ' '
       << policy.newcomer_grace << ' ' << policy.protect_online << ' ' << policy.reader_backlog << ' '
       << policy.min_capacity << ' ' << policy.second_look << ' ' << policy.scope.types.text() << '\n'
       << policy.scope.only_groups.text() << '\n'
       << policy.scope.except_groups.text() << '\n'
       << policy.protect_accounts.text() << '\n'
       << text_of(rules.capacity);
  return text.str();
}

std::optional<BlockRules> rules_of(const std::string& text) {
  std::istringstream in(text);
  Policy policy;
  in >> policy.max_removals_per_day >> policy.max_removals_per_group_day >> policy.inactive_for >>
      policy.newcomer_grace >> policy.protect_online >> policy.reader_backlog >> policy.min_capacity;
  if (in.fail()) return std::nullopt;
  // What is missing, in the text of an earlier version, was not there to be asked for.
  std::string line;
  if (in >> policy.second_look && std::getline(in, line)) {
    if (const auto types = GroupTypes::parse(line)) policy.scope.types = *types;
  }
  for (Globs* globs : {&policy.scope.only_groups, &policy.scope.except_groups, &policy.protect_accounts}) {
    if (std::getline(in, line)) *globs = Globs::parse(line).value_or(Globs());
  }
  return BlockRules{policy, capacity_of(in)};
}

std::string in_force_text(TimeMs since, const BlockRules& rules) {
  return std::to_string(since) + '\n' + text_of(rules);
}

// Since when the rules are in force by what is stored; nullopt: others were stored last.
std::optional<TimeMs> in_force_since(const std::string& stored, const BlockRules& rules) {
  TimeMs since = 0;
  std::istringstream in(stored);
  if (!(in >> since) || stored != in_force_text(since, rules)) return std::nullopt;
  return since;
}

}  // namespace

void Unblocking::take_over() {
  rules_.reset();
  walking_ = false;
}

SteadyMs Unblocking::step(TimeMs now, SteadyMs at, const Settings& settings) {
  if (rules_ != settings.block_rules() || reloads_ != settings.reloads) begin(settings);
  if (!walking_) return kNever;
  if (at < next_) return next_;
  next_ = at + HoldBudget::kPauseMs;
  Page<Group> page;
  if (!reasons_.empty()) {
    GroupFilter filter;
    filter.states = {GroupState::kBlocked};
    page = view_.groups(filter, {kGroupsAtOnce, before_id_});
  }
  std::optional<std::int64_t> before_id;
  writer_.commit_housekeeping([&](Transaction& storage) {
    storage.put_setting(kInForceSetting, in_force_text(since_, *rules_));
    before_id = unblock(storage, page, settings, now);
    if (!before_id) storage.put_setting(kPolicySetting, text_of(*rules_));
  });
  before_id_ = before_id;
  walking_ = before_id.has_value();
  if (walking_) return next_;
  return reasons_.empty() ? kNever : at;  // what is due now is not to wait for the next tick
}

// What is stored are the rules under which the last walk came to its end: one that is cut off begins anew, and goes by
// all that were in force since then: a group may have been blocked by rules that were in force between two steps.
void Unblocking::begin(const Settings& settings) {
  const BlockRules rules = settings.block_rules();
  const auto stored = view_.setting(kPolicySetting);
  before_id_.reset();
  next_ = {};
  if (!walking_) reasons_.clear();
  bool others = false;  // were in force since the last step
  const auto go_by = [&](const BlockRules& former) {
    reasons_.merge(loosened(former, rules));
    others = others || former != rules;
  };
  if (const auto last = rules_of(stored.value_or(""))) reasons_.merge(loosened(*last, rules));
  if (rules_) go_by(*rules_);
  const auto missed = rules_ ? std::min<std::uint64_t>(settings.reloads - reloads_, settings.replaced.size()) : 0;
  for (auto past = settings.replaced.end() - static_cast<std::ptrdiff_t>(missed); past != settings.replaced.end();
       ++past) {
    go_by(**past);
  }
  const auto known = others ? std::nullopt : in_force_since(view_.setting(kInForceSetting).value_or(""), rules);
  since_ = std::min(settings.in_force_since, known.value_or(settings.in_force_since));
  rules_ = rules;
  reloads_ = settings.reloads;
  walking_ = !reasons_.empty() || stored != text_of(rules) || !known;
}

// A run of since has met the reason under what is in force, before the walk came by: another would meet it again, and
// within the cool-down.
bool Unblocking::is_judged_anew(ReadView& view, const Group& group, const Settings& settings, TimeMs now) const {
  const auto run = group.last_run_id ? view.find_run(*group.last_run_id) : std::nullopt;
  if (!run || blocks_as(run->reason) != group.reason) return false;
  const TimeMs ended = std::max(run->finished_at.value_or(0), run->confirmed_at.value_or(0));
  return ended >= since_ && ended <= now && !loosened(run->policy, settings.policy).contains(group.reason);
}

// As many of the page as the time allows, one at least. Returns where to go on; nullopt at the end.
std::optional<std::int64_t> Unblocking::unblock(Transaction& storage, const Page<Group>& page, const Settings& settings,
                                                TimeMs now) const {
  HoldBudget budget(clock_);
  for (const Group& seen : page.items) {
    const auto group = reasons_.contains(seen.reason) ? storage.find_group(seen.group_id) : std::nullopt;
    if (group && group->state == GroupState::kBlocked && reasons_.contains(group->reason) &&
        !is_judged_anew(storage, *group, settings, now)) {
      storage.save_group(after_loosening(*group, now, settings.timing));
      budget.spend(1);
    }
    if (budget.over()) return seen.id;
  }
  return page.next_before_id;
}

}  // namespace headroom
