// How a pruning run ends: what became of those who were sent.
#include <utility>

#include "engine/runs/execution.h"

namespace headroom {

void Execution::note_sent(const std::vector<std::string>& accounts, bool answered) {
  for (const std::string& account : accounts) {
    Tried& tried = tried_[account];
    tried.code = 0;
    tried.may_be_done = true;
    tried.outcome = Outcome::kStillMember;
    if (!answered) late_.lost(account, chat_.last_sent_at());
  }
}

// What holds of them if they stay. Of those of whom nobody knows whether they do it is kept for the run's end.
void Execution::settle(const std::string& account, Outcome outcome, std::map<std::string, Outcome>& settled) {
  if (late_.may_come(account)) {
    tried_[account].outcome = outcome;
  } else {
    settled[account] = outcome;
  }
}

// Once nothing can come of their calls any more, those that were members are looked at again. `pauses`: nothing is
// asked for now.
void Execution::look_at_late(bool pauses) {
  std::vector<RunMember> late;
  for (const RunMember& member : view_.plan(run_.id)) {
    if (late_.may_come(member.account)) late.push_back(member);
  }
  if (late.empty() || in_doubt_) return;
  in_doubt_ = true;
  if (pauses || !clock_.sleep(late_.wait(clock_.steady_now()))) return;
  const auto looked = find_late(late);
  if (looked.index() != 0) return;
  in_doubt_ = false;
  const auto& [out, back] = std::get<Found>(looked);
  std::map<std::string, Outcome> settled;
  for (const auto& [account, is_out] : out) {
    if (is_out) settled[account] = Outcome::kRemoved;
  }
  record(settled, 0, back);
}

// A run that goes on may be stopped before it has looked at its group.
OrStop<Found> Execution::find_late(const std::vector<RunMember>& late) {
  if (!look_) {
    auto looked = chat_.look(run_.group_id);
    if (const auto* stop = std::get_if<Stop>(&looked)) return *stop;
    if (std::get<Look>(looked).gone) return Stop{Reason::kGone};
    look_ = std::get<Look>(std::move(looked));
  }
  return find_removed(chat_, run_.group_id, is_community(look_->info.type), late);
}

// Sent and seen to be members after it, or refused; and not tried again.
void Execution::record_unsettled() {
  for (const auto& [account, tried] : std::exchange(tried_, {})) {
    // Of a group of which Chat says that it is gone nobody can say what became of them.
    if (in_doubt_ && tried.may_be_done) {
      record({{account, Outcome::kUnknown}}, 0);
      continue;
    }
    const bool failed = tried.outcome == Outcome::kStillMember && tried.code != 0;
    const Outcome outcome = failed ? Outcome::kError : tried.outcome;
    record({{account, outcome}}, outcome == Outcome::kError ? tried.code : 0);
  }
}

}  // namespace headroom
