#include "engine/runs/beginning.h"

#include "text/time_text.h"

namespace headroom {
namespace {

std::string closed_until(const StartFacts& facts) {
  return "the calendar is closed" + (facts.opens_at ? " until " + format_time(*facts.opens_at) : "") +
         "; \"force\":true does not wait for it";
}

}  // namespace

StartFacts start_facts(ReadView& view, const std::string& group_id, std::int64_t self, TimeMs now) {
  StartFacts facts;
  const auto group = view.find_group(group_id);
  facts.group_known = group.has_value();
  facts.cools_down = group && group->cooldown_until && *group->cooldown_until > now;
  facts.group_exempt = view.find_exemption(ExemptionKind::kGroup, group_id, now).has_value();
  if (const auto open = view.open_run(group_id); open && open->id != self) facts.other_open = open->id;
  return facts;
}

LastRun last_run_of(ReadView& view, const std::string& group_id) {
  const auto group = view.find_group(group_id);
  if (!group || !group->last_run_id) return {};
  const auto run = view.find_run(*group->last_run_id);
  return run ? LastRun{run->id, run->state} : LastRun{};
}

std::optional<Denied> denied_by(Hindrance hindrance, const StartFacts& facts) {
  switch (hindrance) {
    case Hindrance::kNone:
      return std::nullopt;
    case Hindrance::kGroupUnknown:
      return Denied{Denied::kNotFound, "no such group"};
    case Hindrance::kObserves:
      return Denied{Denied::kConflict, "the daemon runs in mode observe"};
    case Hindrance::kPaused:
      return Denied{Denied::kConflict, "the scheduler is paused"};
    case Hindrance::kPausedItself:
      return Denied{Denied::kConflict, "the scheduler has paused itself"};
    case Hindrance::kGroupExempt:
      return Denied{Denied::kConflict, "the group is exempt"};
    case Hindrance::kClosed:
      return Denied{Denied::kConflict, closed_until(facts)};
    case Hindrance::kCoolsDown:
      return Denied{Denied::kConflict, "the group cools down after its last run"};
    case Hindrance::kOvertaken:
      return Denied{Denied::kConflict, "another run of this group began meanwhile"};
    case Hindrance::kOtherRun:
      return Denied{Denied::kConflict,
                    "run " + std::to_string(facts.other_open.value_or(0)) + " is open in this group"};
  }
  return std::nullopt;
}

}  // namespace headroom
