#include "engine/what_if/foresight.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/looks/asking.h"
#include "engine/looks/deadline_clock.h"
#include "headroom/past_facts.h"

namespace headroom {
namespace {

constexpr int kMostReturners = 100000;

// A question may be asked while runs may not be: only its own time ends it.
class DeadlineGate final : public Gate {
 public:
  DeadlineGate(const Clock& clock, SteadyMs deadline) : clock_(clock), deadline_(deadline) {}
  std::optional<Stop> stop_for(const Run&) const override {
    return clock_.steady_now() < deadline_ ? std::nullopt : std::optional(Stop{Reason::kChatTooSlow});
  }
  bool stopping() const override { return false; }

 private:
  const Clock& clock_;
  const SteadyMs deadline_;
};

// Whether it is news of the group, and no failure to learn any.
bool is_answer(const Reason& reason) {
  if (reason == Reason::kGone) return false;
  return !is_error(reason) || reason == Reason::kClockSkew || blocks_as(reason) == BlockReason::kImplausibleData;
}

// By the policy in force; nullopt: the other one did not have Chat asked for what that takes.
std::optional<Why> why_now(const Run& run, const RunMember& row, const Settings& in_force) {
  const PastFacts facts = past_facts(run, row, in_force.admin_identifier);
  const Why why = judge(facts.member, facts.context, in_force.policy);
  const bool not_asked =
      why == Why::kInactive && !facts.context.presence && needs_presence(facts.member, facts.context, in_force.policy);
  return not_asked ? std::nullopt : std::optional(why);
}

// Those whom only the second look keeps, as far as their seats are wanted.
std::int64_t waiting(const Run& run) {
  const auto kept = run.kept.find(Why::kSecondLook);
  if (kept == run.kept.end()) return 0;
  const std::int64_t needed = needed_removals(run.wanted, *run.members_before, *run.max_members);
  const std::int64_t limit = std::min(needed, run_limit(run.policy, *run.members_before));
  return std::clamp<std::int64_t>(limit - run.selected, 0, kept->second);
}

}  // namespace

Result<WhatIf> Foresight::ask(const std::string& group_id, const PolicyChange& change, SteadyMs deadline) {
  const auto in_force = settings_.get();
  if (auto denied = refuse_to_ask(*in_force, pause_)) return *std::move(denied);
  Settings settings = *in_force;
  settings.policy = change(settings.policy);
  // A policy is asked about: who would go by it is the answer also where the limit may be raised instead.
  settings.capacity.mode = CapacityMode::kOff;
  // Limits of a day are not played through.
  settings.policy.max_removals_per_day = 0;
  settings.policy.max_removals_per_group_day = 0;
  DeadlineClock clock(clock_, deadline);
  ChatSession session(chat_, clock, random_);
  const DeadlineGate gate(clock, deadline);
  Run run;
  run.group_id = group_id;
  run.mode = RunMode::kPlan;
  run.created_at = clock.now();
  const Plan plan = Planner(session, view_, clock, settings, gate).make(std::move(run));
  if (!is_answer(plan.run.reason)) return unanswered({plan.run.reason});
  return answer(plan, *in_force);
}

WhatIf Foresight::answer(const Plan& plan, const Settings& in_force) const {
  WhatIf all;
  all.reason = plan.run.reason;
  all.would_remove = plan.run.selected;
  if (plan.run.evidence) all.counted_only = waiting(plan.run);
  const auto returned = view_.rejoined(plan.run.group_id, kMostReturners);
  for (const RunMember& row : plan.members) {
    if (row.decision != Decision::kRemove) continue;
    if (returned.contains(row.account)) ++all.came_back;
    if (all.added.size() < kMaxWhatIfNames) {
      all.added.push_back({std::nullopt, row.account, why_now(plan.run, row, in_force), Why::kInactive, {}});
    } else {
      all.truncated = true;
    }
  }
  return all;
}

}  // namespace headroom
