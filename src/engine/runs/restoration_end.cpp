// How a restore ends: what became of those who were to be added.
#include <utility>

#include "engine/runs/restoration.h"
#include "headroom/run_state.h"

namespace headroom {

// The members without an outcome.
void Restoration::take_up() {
  pending_.clear();
  for (RunMember& member : view_.plan(run_.id)) {
    if (member.outcome == Outcome::kNone) pending_.push_back(std::move(member));
  }
}

// Whoever may be added yet is not recorded as outside before the end.
bool Restoration::keeps(const std::string& account, const Kept& kept) {
  const bool outside =
      kept.outcome == Outcome::kFailed || kept.outcome == Outcome::kNoRoom || kept.outcome == Outcome::kLeft;
  if (!outside || !late_.may_come(account)) {
    late_.settled(account);
    return false;
  }
  kept_[account] = kept;
  return true;
}

void Restoration::record_rest(const std::vector<RunMember>& outside) {
  for (const RunMember& member : outside) {
    const auto kept = kept_.find(member.account);
    const Kept rest = kept == kept_.end() ? Kept{Outcome::kFailed, last_code_} : kept->second;
    record({{member.account, rest.outcome}}, rest.error_code);
  }
}

Restoration::End Restoration::finish(const std::optional<Stop>& stop) {
  End end;
  end.run = run_;
  end.open = true;
  if (stop && stop->pauses) end.pause_reason = stop->reason;
  if (gate_.stop_for(run_)) return end;
  if (const DurationMs wait = late_.wait(clock_.steady_now()); wait > 0 && !clock_.sleep(wait)) return end;
  auto looked = chat_.look(run_.group_id);
  if (const auto* failed = std::get_if<Stop>(&looked)) {
    end.in_vain = *failed;
    return end;
  }
  Look& look = std::get<Look>(looked);
  take_up();
  if (look.gone) {
    late_.clear();
    record_all({pending_.begin(), pending_.end()}, Outcome::kFailed, chat_code::kGroupGone);
  } else {
    auto outside = look_up(pending_.size());
    if (const auto* failed = std::get_if<Stop>(&outside)) {
      end.in_vain = *failed;
      return end;
    }
    record_rest(std::get<std::vector<RunMember>>(outside));
    run_.members_after = look.info.member_num;
  }
  const Reason reason = look.gone ? Reason::kGone : stop ? stop->reason : Reason();
  close_restore(run_, view_.plan(run_.id), reason, clock_.now());
  end.run = run_;
  end.look = std::move(look);
  end.open = false;
  return end;
}

Restoration::End Restoration::give_up() {
  std::map<std::string, Outcome> outcomes;
  for (const RunMember& member : view_.plan(run_.id)) {
    if (member.outcome != Outcome::kNone) continue;
    outcomes[member.account] = member.sent_at ? Outcome::kUnknown : Outcome::kFailed;
  }
  record(outcomes, 0);
  close_restore(run_, view_.plan(run_.id), Reason::kInterrupted, clock_.now());
  End end;
  end.run = run_;
  return end;
}

}  // namespace headroom
