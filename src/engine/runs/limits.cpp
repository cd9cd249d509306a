// Runs that set a group's limit: how the runner has them carried out, and closed after a crash.
#include <utility>

#include "engine/runs/parking.h"
#include "engine/runs/raise_plan.h"
#include "engine/runs/raising.h"
#include "engine/runs/runner.h"
#include "headroom/capacity.h"
#include "headroom/run_state.h"

namespace headroom {

// Unless the day's raises were used up since it was planned.
void Runner::begin_raise(Transaction& storage, Plan& plan, TimeMs now) const {
  begin(plan.run, plan.run.started_at.value_or(now));
  plan.wait_until = no_raise_until(storage, settings_cell_.get()->capacity, now);
  if (!plan.wait_until) return;
  plan.run.limited_by = LimitedBy::kDay;
  stop_run(plan.run, Reason::kDailyLimit);
}

Runner::Progress Runner::raise(const Run& run) {
  const Raising::End end = Raising(chat_, writer_, view_, clock_, settings_cell_, gate_, run).carry_out();
  if (!end.pause_reason.empty()) self_pause_.pause_self(end.pause_reason, run.group_id);
  if (const auto open = left_open(end.run, end.parked, end.in_doubt)) return *open;
  close(end.run, end.look, {end.lesson, end.another});
  return Progress::kDone;
}

// Back to what it was before a raise.
Runner::Progress Runner::set_back(const Run& run, std::optional<SteadyMs> doubted_at) {
  Raising raising(chat_, writer_, view_, clock_, settings_cell_, gate_, run);
  const Raising::End end = raising.carry_out(doubted_at);
  if (!end.pause_reason.empty()) self_pause_.pause_self(end.pause_reason, run.group_id);
  if (end.in_doubt && !(end.in_vain && looked_in_vain(run, *end.in_vain, doubted_at))) return Progress::kInDoubt;
  Run ended = end.run;
  if (end.in_doubt) close_raise(ended, Reason::kInterrupted, std::nullopt, clock_.now());
  close(ended, end.look, {end.lesson, false});
  return Progress::kDone;
}

// Nothing is sent any more: what became of the call, the group's limit says.
Runner::Progress Runner::resolve_raise(Ends end, std::optional<SteadyMs> doubted_at) {
  Run& run = end.run;
  const SteadyMs asked_at = clock_.steady_now();
  auto looked = chat_.look(run.group_id);
  std::optional<Look> look;
  std::optional<Stop> stop;
  if (auto* failed = std::get_if<Stop>(&looked)) {
    stop = *failed;
  } else {
    look = std::get<Look>(std::move(looked));
  }
  const bool sent = run.raise && run.raise->sent_at;
  if (look && !look->gone && sent && !believable_limit(look->info)) stop = Stop{Reason::kCapacityUnknown};
  if (stop && !looked_in_vain(run, *stop, doubted_at)) return Progress::kInDoubt;
  if (stop) look.reset();
  // That a plan has grown too old may be a wrong clock's word.
  if (const auto skew = end.reason == Reason::kClosed ? chat_.clock_stop() : std::nullopt) {
    end.reason = skew->reason;
    self_pause_.pause_self(skew->reason, run.group_id);
  }
  const bool gone = look && look->gone;
  const auto limit = look && !gone ? believable_limit(look->info) : std::nullopt;
  const bool unchanged = sent && limit && *limit <= run.raise->from;
  if (unchanged && may_yet_be_done(asked_at, doubted_at)) return Progress::kInDoubt;
  if (look && !gone) run.members_after = look->info.member_num;
  const std::int64_t asked = sent ? run.raise->to : 0;
  close_raise(run, gone ? Reason::kGone : end.reason, limit, clock_.now());
  Raised raised;
  if (sent && limit) {
    RaiseAnswer lost;
    lost.verified = limit;
    raised.lesson = lesson_of(run.group_id, group_type(look->info.type), run.raise->from, asked, lost);
  }
  close(run, look, raised);
  return Progress::kDone;
}

}  // namespace headroom
