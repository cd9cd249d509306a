#include "engine/schedule/pause_probe.h"

#include <algorithm>
#include <vector>

#include "engine/looks/chat_session.h"

namespace headroom {
namespace {

constexpr int kGroupsToChooseFrom = 8;

bool is_clock(const Reason& reason) { return reason == Reason::kClockSkew; }

// About the cause: that it is gone, or which it is.
bool says_something(ChatOutcome outcome) {
  switch (outcome) {
    case ChatOutcome::kDone:
    case ChatOutcome::kRefused:
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      return true;
    case ChatOutcome::kThrottled:
    case ChatOutcome::kNotSent:
    case ChatOutcome::kOutcomeUnknown:
      return false;
  }
  return false;
}

bool is_credentials(const Reason& reason) { return pauses_as(reason) == PauseCause::kCredentialsRejected; }

}  // namespace

void PauseProbe::ask_at_once() {
  at_once_ = true;
  asked_ = 0;
  comes_back_ = false;
}

DurationMs PauseProbe::wait_after(int asked, const Timing& timing) const {
  if (is_clock(reason_)) return comes_back_ ? kReturningClockEvery : kClockEvery;
  // Its cause has just been seen: no jitter then.
  const DurationMs wait =
      asked == 0 ? timing.retry_base : back_off(asked, timing.retry_base, timing.retry_max, random_());
  return is_credentials(reason_) ? std::max(wait, kRejectedApart) : wait;
}

void PauseProbe::begin(SteadyMs at, const Reason& reason, const Timing& timing) {
  comes_back_ = asked_ > 0 && reason == reason_;
  if (!comes_back_) asked_ = 0;
  reason_ = reason;
  // One that comes back goes on waiting for what the last question has set.
  if (asked_ == 0) next_ = at + wait_after(0, timing);
  asked_ = std::max(asked_, 1);
}

PauseProbe::Found PauseProbe::step(SteadyMs at, const PauseSwitch::State& pause, const Timing& timing) {
  if (!paused_ || pause.own_reason != reason_) begin(at, pause.own_reason, timing);
  paused_ = true;
  if (at_once_) next_ = at;
  at_once_ = false;
  Found found;
  if (at >= next_) {
    next_ = at + wait_after(asked_++, timing);
    const auto answer = ask();
    found.answered = says_something(answer.outcome);
    if (found.answered) {
      const auto skew = ChatSession::clock_stop_of(chat_);
      // What Chat refuses for the group that was asked about is an answer, too: it took the call.
      const bool taken = answer.done() || answer.outcome == ChatOutcome::kRefused;
      if (skew || !taken) {
        const Stop cause = skew ? *skew : stop_of(answer.outcome, answer.code);
        if (cause.reason != reason_) found.cause = cause;
      } else {
        found.end = comes_back_ ? PauseEnd::kTrial : PauseEnd::kCauseGone;
      }
    }
  }
  shown_next_ = next_.ms;
  return found;
}

// A cause that comes back as soon as the pause is over (a command that Chat refuses, while it answers the question) is
// remembered for as long as the longest wait.
void PauseProbe::rest(SteadyMs at, const Timing& timing) {
  paused_ = false;
  at_once_ = false;
  shown_next_ = -1;
  if (at >= next_ + timing.retry_max) {
    asked_ = 0;
    comes_back_ = false;
  }
}

// A group whose id Chat can not digest is answered for by nobody's.
Answer<std::vector<GroupInfo>> PauseProbe::ask() {
  const std::string group_id = any_group();
  auto answer = chat_.get_group_info({group_id});
  if (answer.outcome != ChatOutcome::kOutcomeUnknown || group_id == ChatSession::kNoGroup) return answer;
  return chat_.get_group_info({ChatSession::kNoGroup});
}

// In turn one of those that are looked at first, confirmed ones before all, and one that nobody knows: none of them may
// be what the answer fails for.
std::string PauseProbe::any_group() {
  std::vector<std::string> ids;
  for (const Group& group : view_.due_groups(kMaxTimeMs, kGroupsToChooseFrom)) ids.push_back(group.group_id);
  ids.emplace_back(ChatSession::kNoGroup);
  return ids.at(groups_asked_++ % ids.size());
}

std::optional<SteadyMs> PauseProbe::next() const {
  const std::int64_t shown = shown_next_;
  return shown < 0 ? std::nullopt : std::optional(SteadyMs{shown});
}

}  // namespace headroom
