#include "engine/runs/raise_plan.h"

#include "engine/runs/allowance.h"
#include "headroom/selection.h"

namespace headroom {
namespace {

bool is_ordered(const Run& run) { return run.trigger == RunTrigger::kOperator; }

}  // namespace

RaiseFacts raise_facts(ReadView& view, const Run& run, const GroupInfo& info, TimeMs now) {
  RaiseFacts facts;
  facts.type = info.type;
  facts.members = *info.member_num;
  facts.limit = *info.max_member_num;
  facts.wanted = run.wanted;
  if (!is_ordered(run)) facts.learned = view.learned_ceiling(run.group_id, group_type(info.type), now - kCeilingHolds);
  const auto group = view.find_group(run.group_id);
  facts.set_by_headroom = group && group->raised_to == facts.limit;
  return facts;
}

RaisePlan plan_raise(ReadView& view, const Run& run, const GroupInfo& info, const CapacityRules& rules, TimeMs now) {
  const bool ordered = run.mode == RunMode::kRaise;
  RaisePlan plan;
  if (!ordered && (is_ordered(run) || rules.mode == CapacityMode::kOff)) return plan;
  const RaiseChoice choice = choose_raise(rules, raise_facts(view, run, info, now));
  plan.at_ceiling = choice.why_not == NoRaise::kAtCeiling;
  if (choice.why_not != NoRaise::kNone) {
    if (ordered) plan.stop = Stop{Reason::kNotRaised};
  } else if (ordered || rules.mode == CapacityMode::kRaise) {
    plan.raise = Raise{*info.max_member_num, choice.to, ordered ? RunMode::kPrune : run.mode, std::nullopt};
  }
  return plan;
}

std::optional<TimeMs> no_raise_until(ReadView& view, const CapacityRules& rules, TimeMs now) {
  const std::int64_t limit = rules.max_raises_per_day;
  const RemovalUsage usage = view.raise_usage(now - kLimitDayMs);
  if (limit == 0 || usage.sent + usage.reserved < limit) return std::nullopt;
  return free_at(limit, usage, now);
}

bool leaves_begun_raise(ReadView& view, const CapacityRules& rules, TimeMs now) {
  const std::int64_t limit = rules.max_raises_per_day;
  if (limit == 0) return true;
  const RemovalUsage usage = view.raise_usage(now - kLimitDayMs);
  return usage.sent + usage.reserved <= limit;
}

}  // namespace headroom
