#include "engine/runs/execution.h"

#include <algorithm>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/gate/pause_switch.h"
#include "engine/looks/membership.h"
#include "engine/runs/allowance.h"
#include "headroom/run_state.h"

namespace headroom {
Execution::Execution(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
                     const Gate& gate, Observer& observer, Run run)
    : chat_(chat),
      writer_(writer),
      view_(view),
      clock_(clock),
      settings_cell_(settings),
      gate_(gate),
      observer_(observer),
      run_(std::move(run)),
      late_(settings.get()->call_may_last),
      settings_(settings.get()) {
  batch_size_ = static_cast<std::size_t>(std::clamp<std::int64_t>(settings_->delete_batch, 1, 100));
}

Execution::End Execution::execute() {
  // Of a run that goes on some are settled, and some were sent: if they are gone by now, that may have been it.
  for (RunMember& member : view_.plan(run_.id)) {
    if (member.outcome != Outcome::kNone) continue;
    if (member.sent_at) {
      tried_[member.account].may_be_done = true;
      late_.lost(member.account, clock_.steady_now());  // at the latest
    }
    pending_.push_back(std::move(member));
  }
  std::optional<Stop> stop;
  while (!pending_.empty() && !enough_ && !stop) stop = step();
  return finish(stop);
}

// One batch. Takes at least one member out of the plan, or counts a failure or a vain try.
std::optional<Stop> Execution::step() {
  if (auto stop = take_turn()) return stop;
  settings_ = settings_cell_.get();
  chat_.begin_looks();
  const auto needed = seats_needed();
  if (const auto* stop = std::get_if<Stop>(&needed)) return *stop;
  const auto seats = static_cast<std::size_t>(std::get<std::int64_t>(needed));
  if (seats == 0) {
    enough_ = true;
    return std::nullopt;
  }
  const std::size_t count = within_limits(std::min({batch_size_, seats, pending_.size()}));
  if (count == 0) return Stop{Reason::kDailyLimit};
  auto judged = judge_again(count);
  if (auto* stop = std::get_if<Stop>(&judged)) return *stop;
  const auto& batch = std::get<std::vector<RunMember>>(judged);
  if (batch.empty()) return std::nullopt;
  // The looks took time: what Chat's clock showed meanwhile, and what operators said, counts for this batch too.
  if (auto stop = chat_.clock_stop()) {
    put_back(batch);
    return stop;
  }
  if (!looks_are_fresh()) return looks_too_old(batch);
  const auto intent = write_intent(accounts_of(batch));
  const auto* stop = std::get_if<Stop>(&intent);
  if (stop != nullptr || !std::get<bool>(intent)) put_back(batch);
  if (stop != nullptr) return *stop;
  return std::get<bool>(intent) ? remove(batch) : std::nullopt;
}

// The run has kept its seats of the day, but by the limits, and the clock, of the moment at which it began.
std::size_t Execution::within_limits(std::size_t count) const {
  const auto left = left_to_send(view_, run_.group_id, settings_->policy, clock_.now());
  std::int64_t more = 0;
  for (std::size_t i = 0; left && i < count; ++i) {
    if (!is_counted(pending_.at(i).account) && ++more > *left) return i;
  }
  return count;
}

// Sent in an earlier call that Chat has not refused.
bool Execution::is_counted(const std::string& account) const {
  const auto tried = tried_.find(account);
  return tried != tried_.end() && tried->second.may_be_done;
}

// The turn is waited for before the looks: behind them they would grow old. It is kept until a call is sent.
std::optional<Stop> Execution::take_turn() {
  if (auto stop = may_go_on(view_)) return stop;
  if (has_turn_) return std::nullopt;
  has_turn_ = chat_.await_delete_turn();
  if (auto stop = may_go_on(view_)) return stop;
  return has_turn_ ? std::nullopt : std::optional(Stop{Reason::kInterrupted});
}

std::optional<Stop> Execution::may_go_on(ReadView& view) {
  if (auto stop = gate_.stop_for(run_)) return stop;
  // Another node's word is in the store before it is here.
  if (PauseSwitch::read(view).paused()) return Stop{Reason::kPaused};
  if (view.find_exemption(ExemptionKind::kGroup, run_.group_id, clock_.now())) return Stop{Reason::kExempt};
  const auto group = view.find_group(run_.group_id);
  if (!group || group->state == GroupState::kGone) return Stop{Reason::kGone};
  // The word by which the plan was made was taken back.
  if (run_.evidence && run_.evidence->silent && !group->silent) return Stop{Reason::kModeChanged};
  // What ends the run ends it outside of the hours, too.
  if (is_closed(*settings_cell_.get(), run_, clock_.now())) return Stop{Reason::kClosed};
  return std::nullopt;
}

void Execution::record(const std::map<std::string, Outcome>& outcomes, int error_code,
                       const std::vector<std::string>& back) {
  if (outcomes.empty()) return;
  std::int64_t removed = 0;
  for (const auto& [account, outcome] : outcomes) {
    tried_.erase(account);
    late_.settled(account);
    if (outcome == Outcome::kRemoved) ++removed;
  }
  run_.removed += removed;
  writer_.commit([&](Transaction& storage) {
    for (const auto& [account, outcome] : outcomes) storage.finish_member(run_.id, account, outcome, error_code);
    storage.note_back(run_.group_id, back, clock_.now());
    storage.update_run(run_);
  });
  if (removed > 0) observer_.members_removed(removed);
}

void Execution::put_back(const std::vector<RunMember>& batch) {
  pending_.insert(pending_.begin(), batch.begin(), batch.end());
}

Execution::End Execution::finish(const std::optional<Stop>& seen) {
  const std::optional<Stop> stop = true_stop(gate_, run_, seen);
  End end;
  if (stop && stop->reason == Reason::kClosed && !in_doubt_) {
    end.parked = true;
    end.run = run_;
    return end;
  }
  if (stop && stop->pauses) end.pause_reason = stop->reason;
  look_at_late(stop && stop->pauses);
  const bool called_gone = stop && stop->reason == Reason::kGone;
  if ((!stop || !stop->pauses) && (!in_doubt_ || called_gone)) {
    auto looked = chat_.look(run_.group_id);
    if (auto* look = std::get_if<Look>(&looked)) end.look = std::move(*look);
  }
  const bool gone = end.look && end.look->gone;
  if (in_doubt_ && !gone) {
    end.in_doubt = true;
    end.run = run_;
    return end;
  }
  record_unsettled();
  if (end.look && !gone) run_.members_after = end.look->info.member_num;
  const Reason reason = stop ? reason_with(*stop, end.look).reason : Reason();
  close_run(run_, view_.plan(run_.id), reason, has_wanted_room(run_, end.look) || enough_, clock_.now());
  end.run = run_;
  return end;
}

}  // namespace headroom
