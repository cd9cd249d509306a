// What a crash or a lost answer has left open is closed by looking, never by guessing.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "engine/looks/membership.h"
#include "engine/runs/runner.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

// Sent, and nobody knows what became of them. Who was given up by a look with which the run did not live to end is one
// of them: this look may say it.
std::vector<RunMember> in_doubt(std::vector<RunMember> plan) {
  std::erase_if(plan, [](const RunMember& member) {
    return !member.sent_at || (member.outcome != Outcome::kNone && member.outcome != Outcome::kUnknown);
  });
  return plan;
}

bool all_out(const std::map<std::string, bool>& out) {
  return std::all_of(out.begin(), out.end(), [](const auto& entry) { return entry.second; });
}

}  // namespace

Runner::Progress Runner::resolve(std::int64_t run_id, std::optional<SteadyMs> doubted_at) {
  settings_ = settings_cell_.get();
  auto run = view_.find_run(run_id);
  if (!run || run->state != RunState::kRunning) return Progress::kDone;
  if (run->mode == RunMode::kRestore) return restore(*run, doubted_at);
  return end_by_looking({std::move(*run), Reason::kInterrupted}, doubted_at);
}

// A look that went out then does not say yet what became of the calls: `doubted_at`, the last of them was out. By this
// clock: what is stored of them is the wall clock's word, which may have been set since.
bool Runner::may_yet_be_done(SteadyMs asked_at, std::optional<SteadyMs> doubted_at) const {
  return !doubted_at || asked_at - *doubted_at < settings_->call_may_last;
}

Runner::Progress Runner::end_by_looking(Ends end, std::optional<SteadyMs> doubted_at) {
  if (end.run.mode == RunMode::kRaise) return resolve_raise(std::move(end), doubted_at);
  Run& run = end.run;
  auto looked = chat_.look(run.group_id);
  if (const auto* stop = std::get_if<Stop>(&looked)) return give_up_or_wait(std::move(run), *stop, doubted_at);
  const Look& look = std::get<Look>(looked);
  const std::vector<RunMember> doubtful = in_doubt(view_.plan(run.id));
  std::map<std::string, Outcome> outcomes;
  std::vector<std::string> back;
  if (look.gone) {
    // Chat may say so of a group that is there: who was sent may have been removed, and may come back.
    for (const RunMember& sent : doubtful) outcomes[sent.account] = Outcome::kUnknown;
  } else if (!doubtful.empty()) {
    const SteadyMs asked_at = clock_.steady_now();
    const auto found = find_removed(chat_, run.group_id, is_community(look.info.type), doubtful);
    if (const auto* stop = std::get_if<Stop>(&found)) return give_up_or_wait(std::move(run), *stop, doubted_at);
    const auto& [is_out, returned] = std::get<Found>(found);
    if (!all_out(is_out) && may_yet_be_done(asked_at, doubted_at)) return Progress::kInDoubt;
    back = returned;
    for (const auto& [account, out] : is_out) {
      outcomes[account] = out ? Outcome::kRemoved : Outcome::kStillMember;
    }
  }
  settle(run, outcomes, back);
  if (!look.gone) run.members_after = look.info.member_num;
  // That a plan has grown too old may be a wrong clock's word.
  const auto skew = end.reason == Reason::kClosed ? chat_.clock_stop() : std::nullopt;
  if (skew) {
    end.reason = skew->reason;
    self_pause_.pause_self(skew->reason, run.group_id);
  }
  close_run(run, view_.plan(run.id), look.gone ? Reason::kGone : end.reason, has_wanted_room(run, look), clock_.now());
  close(run, look);
  return Progress::kDone;
}

void Runner::settle(const Run& run, const std::map<std::string, Outcome>& outcomes,
                    const std::vector<std::string>& back) {
  if (outcomes.empty()) return;
  writer_.commit([&](Transaction& storage) {
    for (const auto& [account, outcome] : outcomes) storage.finish_member(run.id, account, outcome, 0);
    storage.note_back(run.group_id, back, clock_.now());
  });
  const auto removed = std::count_if(outcomes.begin(), outcomes.end(),
                                     [](const auto& entry) { return entry.second == Outcome::kRemoved; });
  if (removed > 0) observer_.members_removed(removed);
}

// Counts a look that failed. True when there were enough of them, over a time that is long enough. A look that the
// daemon's own stop ended is none, and what pauses the whole app says nothing about this run.
bool Runner::looked_in_vain(const Run& run, const Stop& stop, std::optional<SteadyMs> doubted_at) {
  const auto seen = *true_stop(gate_, run, stop);
  if (seen.pauses) self_pause_.pause_self(seen.reason, run.group_id);
  if (seen.pauses || seen.reason == Reason::kInterrupted) return false;
  const DurationMs over = doubted_at ? clock_.steady_now() - *doubted_at : 0;
  writer_.commit([&](Transaction& storage) { storage.add_doubt(run.id, 1, over); });
  return run.doubt_looks.value_or(0) + 1 >= kVainLooks && run.doubt_for + over >= kVainFor;
}

Runner::Progress Runner::give_up_or_wait(Run run, const Stop& stop, std::optional<SteadyMs> doubted_at) {
  if (!looked_in_vain(run, stop, doubted_at)) return Progress::kInDoubt;
  std::map<std::string, Outcome> outcomes;
  for (const RunMember& member : in_doubt(view_.plan(run.id))) outcomes[member.account] = Outcome::kUnknown;
  settle(run, outcomes, {});
  close_run(run, view_.plan(run.id), Reason::kInterrupted, false, clock_.now());
  close(run, std::nullopt);
  return Progress::kDone;
}

}  // namespace headroom
