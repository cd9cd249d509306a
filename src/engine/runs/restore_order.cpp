#include "engine/runs/restore_order.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "engine/runs/beginning.h"
#include "headroom/capacity.h"
#include "headroom/group_state.h"
#include "headroom/names.h"

namespace headroom {
namespace {

std::string named_run(const Run& run) { return "run " + std::to_string(run.id); }

std::optional<Denied> refuse(Transaction& storage, const Run& source, const Settings& settings,
                             const PauseSwitch::State& pause, TimeMs now) {
  if (is_open(source.state))
    return Denied{Denied::kConflict, named_run(source) + " is " + std::string(name_of(source.state))};
  const bool raised = source.mode == RunMode::kRaise && source.state == RunState::kSucceeded;
  if (source.mode == RunMode::kRaise && !raised)
    return Denied{Denied::kConflict, named_run(source) + " raised nothing"};
  if (source.removed == 0 && !raised) return Denied{Denied::kConflict, named_run(source) + " removed nobody"};
  StartFacts facts = start_facts(storage, source.group_id, 0, now);
  facts.mode = settings.mode;
  facts.own_pause = !pause.own_reason.empty();
  const Hindrance hindrance = may_begin(Start::kRestored, facts);
  auto denied = denied_by(hindrance, facts);
  if (hindrance == Hindrance::kPausedItself) denied->detail += ": " + name_of(pause.own_reason);
  return denied;
}

bool goes_first(const RunMember& a, const RunMember& b) {
  const auto key = [](const RunMember& m) {
    return std::tuple(std::max(m.joined_at_s.value_or(0), m.last_sent_at_s.value_or(0)), m.joined_at_s.value_or(0));
  };
  if (key(a) != key(b)) return key(a) > key(b);
  return a.account < b.account;
}

// As they stood in the plan: decision and reason are those of their removal.
std::vector<RunMember> removed_members(Transaction& storage, std::int64_t source_id) {
  std::vector<RunMember> members;
  for (const RunMember& planned : storage.plan(source_id)) {
    if (planned.outcome != Outcome::kRemoved) continue;
    RunMember& member = members.emplace_back();
    member.account = planned.account;
    member.why = planned.why;
    member.joined_at_s = planned.joined_at_s;
    member.last_sent_at_s = planned.last_sent_at_s;
  }
  std::sort(members.begin(), members.end(), goes_first);
  return members;
}

Run restore_of(const Run& source, const Settings& settings, TimeMs now) {
  Run run;
  run.group_id = source.group_id;
  run.trigger = RunTrigger::kRestore;
  run.mode = RunMode::kRestore;
  run.policy = settings.policy;
  run.created_at = now;
  run.started_at = now;
  run.source_run_id = source.id;
  return run;
}

void begin_stored(Transaction& storage, const Run& run) {
  if (auto group = storage.find_group(run.group_id)) storage.save_group(begin_run(std::move(*group), run.id));
}

}  // namespace

Result<Run> begin_restore(Transaction& storage, const Run& source, const Settings& settings,
                          const PauseSwitch::State& pause, TimeMs now) {
  if (auto reason = refuse(storage, source, settings, pause, now)) return *std::move(reason);
  if (source.mode == RunMode::kRaise)
    return Denied{Denied::kConflict, named_run(source) + " has just raised the limit: try again"};
  const std::vector<RunMember> members = removed_members(storage, source.id);
  Run run = restore_of(source, settings, now);
  run.selected = static_cast<std::int64_t>(members.size());
  run.id = storage.insert_run(run);
  storage.insert_run_members(run.id, members);
  begin_stored(storage, run);
  return run;
}

Result<Run> begin_limit_restore(Transaction& storage, const Run& source, const GroupInfo& group,
                                const Settings& settings, const PauseSwitch::State& pause, TimeMs now) {
  if (auto reason = refuse(storage, source, settings, pause, now)) return *std::move(reason);
  const auto conflict = [](std::string detail) { return Denied{Denied::kConflict, std::move(detail)}; };
  if (!capacity_known(group)) return conflict("Chat does not say how many members and seats the group has");
  const std::int64_t former = source.raise->from;
  const std::int64_t limit = *group.max_member_num;
  const std::int64_t members = *group.member_num;
  if (limit <= former) return conflict("the group's limit is " + std::to_string(limit) + " already");
  if (members > former) {
    return conflict("the group has " + std::to_string(members) + " members by now, its limit was " +
                    std::to_string(former));
  }
  Run run = restore_of(source, settings, now);
  run.members_before = members;
  run.max_members = limit;
  run.raise = Raise{limit, former, RunMode::kRestore, std::nullopt};
  run.id = storage.insert_run(run);
  begin_stored(storage, run);
  return run;
}

}  // namespace headroom
