#include "engine/runs/raising.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "engine/gate/opening.h"
#include "engine/gate/pause_switch.h"
#include "engine/runs/execution.h"
#include "engine/runs/raise_plan.h"
#include "headroom/capacity.h"
#include "headroom/left_alone.h"
#include "headroom/run_state.h"
#include "headroom/selection.h"

namespace headroom {

Raising::Raising(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
                 const Gate& gate, Run run)
    : chat_(chat),
      writer_(writer),
      view_(view),
      clock_(clock),
      settings_cell_(settings),
      gate_(gate),
      run_(std::move(run)),
      settings_(settings.get()),
      may_be_done_(run_.raise->sent_at.has_value()) {}

Raising::End Raising::carry_out(std::optional<SteadyMs> doubted_at) {
  if (may_be_done_) lost_at_ = doubted_at.value_or(clock_.steady_now());
  std::optional<Stop> stop;
  while (!over_ && !stop) stop = step();
  return finish(stop);
}

// One call, or a failure or a vain try more.
std::optional<Stop> Raising::step() {
  if (auto stop = may_go_on(view_)) return stop;
  settings_ = settings_cell_.get();
  chat_.begin_looks();
  if (auto stop = look_again()) return stop;
  if (over_) return std::nullopt;
  if (auto stop = write_intent()) return stop;
  return send();
}

std::optional<Stop> Raising::may_go_on(ReadView& view) const {
  if (auto stop = gate_.stop_for(run_)) return stop;
  if (restores()) return std::nullopt;
  // Another node's word is in the store before it is here.
  if (PauseSwitch::read(view).paused()) return Stop{Reason::kPaused};
  if (view.find_exemption(ExemptionKind::kGroup, run_.group_id, clock_.now())) return Stop{Reason::kExempt};
  const auto group = view.find_group(run_.group_id);
  if (!group || group->state == GroupState::kGone) return Stop{Reason::kGone};
  return is_closed(*settings_cell_.get(), run_, clock_.now()) ? std::optional(Stop{Reason::kClosed}) : std::nullopt;
}

OrStop<Look> Raising::look_now() {
  looked_at_ = clock_.steady_now();
  return chat_.look(run_.group_id);
}

std::optional<Stop> Raising::look_again() {
  verified_ = false;
  auto looked = look_now();
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  look_ = std::get<Look>(std::move(looked));
  if (look_->gone) return Stop{Reason::kGone};
  if (auto stop = chat_.clock_stop()) return stop;
  const GroupInfo& info = look_->info;
  if (!capacity_known(info)) return Stop{Reason::kCapacityUnknown};
  if (may_be_done_ && is_set(*info.max_member_num)) {  // by a call of ours whose answer was lost
    over_ = verified_ = true;
    return std::nullopt;
  }
  return restores() ? look_at_restore(info) : look_at_raise(info);
}

std::optional<Stop> Raising::look_at_restore(const GroupInfo& info) {
  if (!is_supported_type(info.type)) return Stop{Reason::kUnsupportedType};
  over_ = *info.max_member_num == run_.raise->to;
  return *info.member_num > run_.raise->to ? std::optional(Stop{Reason::kNotRaised}) : std::nullopt;
}

// By the plan's policy and rules, and by those in force.
std::optional<Stop> Raising::look_at_raise(const GroupInfo& info) {
  for (const Policy* policy : std::initializer_list<const Policy*>{&run_.policy, &settings_->policy}) {
    if (const Reason alone = left_alone(*policy, info, false); !alone.empty()) return Stop{alone};
  }
  const std::int64_t limit = *info.max_member_num;
  if (needed_removals(run_.wanted, *info.member_num, limit) == 0) return Stop{Reason::kHasRoom};
  if (limit != run_.raise->from) return Stop{Reason::kNotRaised};  // somebody else has set it
  const CapacityRules& rules = settings_->capacity;
  const bool wanted = rules.mode == CapacityMode::kRaise || run_.trigger == RunTrigger::kOperator;
  const RaiseFacts facts = raise_facts(view_, run_, info, clock_.now());
  if (!wanted || !allows_raise(rules, facts, run_.raise->to)) return Stop{Reason::kNotRaised};
  return std::nullopt;
}

bool Raising::is_fresh() const {
  const auto oldest = chat_.oldest_look();
  return oldest && clock_.steady_now() - *oldest <= Execution::kLooksStayFresh;
}

// What is stored, also a ceiling that another run has learned since the look, and what a reload or a clock that was set
// right has made of the day's limit since it began.
std::optional<Stop> Raising::stop_of_a_raise(Transaction& storage) {
  const CapacityRules& rules = settings_->capacity;
  const RaiseFacts facts = raise_facts(storage, run_, look_->info, clock_.now());
  if (!allows_raise(rules, facts, run_.raise->to)) return Stop{Reason::kNotRaised};
  if (leaves_begun_raise(storage, settings_cell_.get()->capacity, clock_.now())) return std::nullopt;
  run_.limited_by = LimitedBy::kDay;
  return Stop{Reason::kDailyLimit};
}

// What was committed before the intent holds: whoever ordered it has been told so.
std::optional<Stop> Raising::write_intent() {
  std::optional<Stop> stop;
  Run intended = run_;
  intended.raise->sent_at = clock_.now();
  writer_.commit([&](Transaction& storage) {
    stop = may_go_on(storage);
    if (!stop && !restores()) stop = stop_of_a_raise(storage);
    if (!stop) storage.update_run(intended);
  });
  if (!stop) run_ = std::move(intended);
  return stop;
}

// Nothing went out, or Chat refused it: it costs no limit. Unless an earlier call may have been done.
void Raising::withdraw_intent() {
  if (may_be_done_) return;
  withdrawn_at_ = run_.raise->sent_at;
  run_.raise->sent_at.reset();
  writer_.commit([&](Transaction& storage) { storage.update_run(run_); });
}

std::optional<Stop> Raising::send() {
  send_stop_.reset();
  held_back_ = false;
  // Asked when nothing is left to wait for.
  const auto may_send = [this] {
    send_stop_ = may_go_on(view_);
    held_back_ = send_stop_ || settings_cell_.get() != settings_ || !is_fresh();
    return !held_back_;
  };
  asked_of_ = group_type(look_->info.type);
  const auto answer = chat_.set_limit(run_.group_id, run_.raise->to, may_send);
  if (answer.outcome != ChatOutcome::kNotSent) vain_tries_ = 0;
  switch (answer.outcome) {
    case ChatOutcome::kNotSent:
      return not_sent(answer);
    case ChatOutcome::kDone:
    case ChatOutcome::kOutcomeUnknown:
      may_be_done_ = true;
      answer_.answered = answer.done();
      if (!answer.done()) lost_at_ = chat_.last_sent_at();
      return verify(answer);
    case ChatOutcome::kThrottled:
      withdraw_intent();
      return try_again_later(answer);
    case ChatOutcome::kRefused:
      answer_.refused = true;
      answer_.code = answer.code;
      withdraw_intent();
      return chat_.stop_for(answer.outcome, answer.code);
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      withdraw_intent();
      return chat_.stop_for(answer.outcome, answer.code);
  }
  return std::nullopt;
}

std::optional<Stop> Raising::not_sent(const Answer<Nothing>& answer) {
  withdraw_intent();
  if (send_stop_) return send_stop_;
  if (!held_back_) return try_again_later(answer);
  if (++vain_tries_ < Execution::kMaxVainTries) return std::nullopt;
  return Stop{Reason::kChatTooSlow};
}

// Looks what became of it. Chat may take a moment to show what it did.
std::optional<Stop> Raising::verify(const Answer<Nothing>& answer) {
  for (int attempt = 1;; ++attempt) {
    auto looked = look_now();
    if (auto* stop = std::get_if<Stop>(&looked)) {
      in_doubt_ = true;
      return *stop;
    }
    look_ = std::get<Look>(std::move(looked));
    const bool shows_all = look_->gone || limit() == run_.raise->to;
    if (shows_all || !answer.done() || attempt > 2 || !clock_.sleep(attempt * kSecondMs / 2)) break;
  }
  verified_ = true;
  if (look_->gone) return Stop{Reason::kGone};
  if (!limit()) {
    in_doubt_ = true;
    return Stop{Reason::kCapacityUnknown};
  }
  over_ = is_set(*limit());
  if (over_) return std::nullopt;
  return answer.done() ? std::optional(Stop{Reason::kNotRaised}) : try_again_later(answer);
}

std::optional<Stop> Raising::try_again_later(const Answer<Nothing>& answer) {
  if (failures_++ == 0) failing_since_ = clock_.steady_now();
  if (chat_.wait_before_retry(failures_, failing_since_)) return std::nullopt;
  if (auto stop = gate_.stop_for(run_)) return stop;
  return chat_.stop_for(answer.outcome, answer.code);
}

bool Raising::is_set(std::int64_t limit) const {
  return restores() ? limit == run_.raise->to : limit > run_.raise->from;
}

std::optional<std::int64_t> Raising::limit() const {
  return look_ && !look_->gone ? believable_limit(look_->info) : std::nullopt;
}

std::optional<LearnedCeiling> Raising::lesson(std::int64_t asked) const {
  if (!restores()) {
    RaiseAnswer answer = answer_;
    if (verified_ && may_be_done_) answer.verified = limit();  // otherwise it is somebody else's
    return lesson_of(run_.group_id, asked_of_, run_.raise->from, asked, answer);
  }
  // Whoever set it back does not want it to be raised again by the next run.
  if (run_.state != RunState::kSucceeded) return std::nullopt;
  return LearnedCeiling{false, run_.group_id, run_.raise->to};
}

// A call that nobody heard of may be carried out yet. False when the daemon stops meanwhile.
// `pauses`: nothing is asked for now.
bool Raising::wait_for_late_call(bool pauses) {
  if (!lost_at_ || in_doubt_) return true;
  const SteadyMs over_at = *lost_at_ + settings_->call_may_last;
  const bool is_over = looked_at_ >= over_at || !limit() || is_set(*limit());
  if (verified_ && is_over) return true;
  verified_ = false;
  return pauses || clock_.sleep(std::max<DurationMs>(0, over_at - clock_.steady_now()));
}

Raising::End Raising::finish(const std::optional<Stop>& seen) {
  const std::optional<Stop> stop = true_stop(gate_, run_, seen);
  End end;
  if (stop && stop->pauses) end.pause_reason = stop->reason;
  end.run = run_;
  end.parked = stop && stop->reason == Reason::kClosed && !may_be_done_;
  if (end.parked) return end;
  end.in_doubt = true;
  if (in_doubt_) end.in_vain = stop;
  if (!wait_for_late_call(stop && stop->pauses)) return end;
  // A restore goes on when it may.
  const bool waits = restores() && ((stop && stop->pauses) || gate_.stop_for(run_));
  if (in_doubt_ || waits) return end;
  if (!verified_ && !(stop && stop->pauses)) {
    auto looked = chat_.look(run_.group_id);
    if (auto* look = std::get_if<Look>(&looked)) look_ = std::move(*look);
    if (const auto* failed = std::get_if<Stop>(&looked)) end.in_vain = *failed;
    verified_ = std::holds_alternative<Look>(looked);
  }
  if (verified_) end.look = look_;
  // Of a call whose answer was lost, a look has to say what became of it.
  const bool known = verified_ && (look_->gone || limit());
  if (!known && (may_be_done_ || restores())) return end;
  end.in_doubt = false;
  end.in_vain.reset();
  if (end.look && !end.look->gone) run_.members_after = end.look->info.member_num;
  // Chat says that it has not, and shows that it has; or that an earlier call has, if by less than was asked for.
  const bool shows = verified_ && limit() && (may_be_done_ ? is_set(*limit()) : *limit() == run_.raise->to);
  if (answer_.refused && shows) {
    answer_.refused = false;
    if (!may_be_done_) run_.raise->sent_at = withdrawn_at_;
  }
  const Reason reason = stop ? reason_with(*stop, end.look).reason : Reason();
  const std::int64_t asked = run_.raise->to;
  close_raise(run_, reason, end.look ? limit() : std::nullopt, clock_.now());
  end.run = run_;
  end.lesson = lesson(asked);
  const bool no_use = end.lesson || run_.reason == Reason::kNotRaised;
  end.another = no_use && run_.state != RunState::kSucceeded && run_.trigger == RunTrigger::kScheduler;
  return end;
}

}  // namespace headroom
