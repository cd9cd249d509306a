#include "headroom/raise.h"

#include <algorithm>

#include "core/group_moves.h"
#include "headroom/capacity.h"
#include "headroom/chat_errors.h"
#include "headroom/selection.h"
#include "text/units.h"

namespace headroom {
namespace {

constexpr std::int64_t kTen = 10;

std::int64_t rounded_up(std::int64_t limit) { return (limit + kTen - 1) / kTen * kTen; }

// Calls `each` for the parts between commas; false as soon as it does not take one.
template <typename Each>
bool each_part(std::string_view text, Each each) {
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    if (!each(trim(text.substr(start, end - start)))) return false;
    start = end + 1;
  }
  return true;
}

std::optional<std::int64_t> read_limit(std::string_view text) {
  const auto limit = parse_count(trim(text));
  return limit && *limit >= 1 && *limit <= kMostMembers ? limit : std::nullopt;
}

// A count is one, also of a limit that is smaller than it.
std::int64_t step_from(const Share& step, std::int64_t limit) {
  return step.kind == Share::Kind::kCount ? step.value : wanted_seats(step, limit);
}

bool may_be_raised_from(const CapacityRules& rules, const RaiseFacts& facts) {
  return rules.only_from.empty() || facts.set_by_headroom || rules.only_from.contain(facts.limit);
}

std::optional<std::int64_t> lowest_ceiling(const CapacityRules& rules, const RaiseFacts& facts) {
  const auto ceiling = rules.ceilings.of(facts.type);
  return ceiling ? std::optional(std::min(*ceiling, facts.learned.value_or(*ceiling))) : std::nullopt;
}

}  // namespace

std::optional<Ceilings> Ceilings::parse(std::string_view text) {
  Ceilings ceilings;
  if (trim(text).empty()) return ceilings;
  const bool read = each_part(text, [&](std::string_view part) {
    const auto colon = part.find(':');
    if (colon == std::string_view::npos) return false;
    const auto type = group_type(trim(part.substr(0, colon)));
    const auto limit = read_limit(part.substr(colon + 1));
    return type && limit && ceilings.most_.emplace(*type, *limit).second;
  });
  return read ? std::optional(ceilings) : std::nullopt;
}

std::optional<std::int64_t> Ceilings::of(std::string_view type) const {
  const auto known = group_type(type);
  const auto found = known ? most_.find(*known) : most_.end();
  return found == most_.end() ? std::nullopt : std::optional(found->second);
}

std::string Ceilings::text() const {
  std::string all;
  for (const auto& [type, most] : most_) {
    all.append(all.empty() ? "" : ", ").append(name_of(type)).append(":").append(std::to_string(most));
  }
  return all;
}

std::optional<DefaultLimits> DefaultLimits::parse(std::string_view text) {
  DefaultLimits limits;
  if (trim(text).empty()) return limits;
  const bool read = each_part(text, [&](std::string_view part) {
    const auto limit = read_limit(part);
    if (limit) limits.limits_.push_back(*limit);
    return limit.has_value();
  });
  return read ? std::optional(limits) : std::nullopt;
}

bool DefaultLimits::contain(std::int64_t limit) const {
  return std::find(limits_.begin(), limits_.end(), limit) != limits_.end();
}

std::string DefaultLimits::text() const {
  std::string all;
  for (const std::int64_t limit : limits_) all.append(all.empty() ? "" : ", ").append(std::to_string(limit));
  return all;
}

RaiseChoice choose_raise(const CapacityRules& rules, const RaiseFacts& facts) {
  const auto ceiling = lowest_ceiling(rules, facts);
  if (!ceiling) return {NoRaise::kNoCeiling};
  if (!may_be_raised_from(rules, facts)) return {NoRaise::kSetOnPurpose};
  if (facts.limit >= *ceiling) return {NoRaise::kAtCeiling};  // from here on the numbers are small
  const std::int64_t needed = needed_removals(facts.wanted, facts.members, facts.limit);
  const std::int64_t more = std::max(step_from(rules.step, facts.limit), std::min(needed, kMostMembers));
  const std::int64_t to = std::min(*ceiling, rounded_up(facts.limit + more));
  if (to - facts.limit < needed) return {NoRaise::kAtCeiling};
  return {NoRaise::kNone, to};
}

bool allows_raise(const CapacityRules& rules, const RaiseFacts& facts, std::int64_t to) {
  const auto ceiling = lowest_ceiling(rules, facts);
  return ceiling && to <= *ceiling && may_be_raised_from(rules, facts);
}

std::optional<std::int64_t> suggested_limit(const CapacityRules& rules, const Share& target_headroom,
                                            const Group& group, const std::optional<std::int64_t>& learned) {
  const bool waits = group.state == GroupState::kFull || group.state == GroupState::kBlocked;
  if (rules.mode != CapacityMode::kSuggest || !waits || group_moves::is_left_alone(group.reason)) return std::nullopt;
  GroupInfo seen;
  seen.member_num = group.member_count;
  seen.max_member_num = group.max_member_count;
  if (!capacity_known(seen) || *group.member_count < *group.max_member_count) return std::nullopt;
  RaiseFacts facts;
  facts.type = group.type;
  facts.members = *group.member_count;
  facts.limit = *group.max_member_count;
  facts.wanted = wanted_seats(target_headroom, facts.limit);
  facts.learned = learned;
  facts.set_by_headroom = group.raised_to == facts.limit;
  const RaiseChoice choice = choose_raise(rules, facts);
  return choice.why_not == NoRaise::kNone ? std::optional(choice.to) : std::nullopt;
}

std::optional<LearnedCeiling> lesson_of(const std::string& group_id, std::optional<GroupType> type, std::int64_t from,
                                        std::int64_t to, const RaiseAnswer& answer) {
  if (answer.refused && answer.code == chat_code::kPlanLimitOfMembers && type) {
    return LearnedCeiling{true, std::string(name_of(*type)), from};
  }
  const bool of_group = answer.code == chat_code::kInvalidParameter || answer.code == chat_code::kNoPermission ||
                        answer.code == chat_code::kPlanLimitOfMembers;
  if (answer.refused) return of_group ? std::optional(LearnedCeiling{false, group_id, from}) : std::nullopt;
  const bool cut = answer.verified && *answer.verified < to && (answer.answered || *answer.verified > from);
  return cut ? std::optional(LearnedCeiling{false, group_id, *answer.verified}) : std::nullopt;
}

}  // namespace headroom
