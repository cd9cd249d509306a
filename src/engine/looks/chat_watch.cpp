#include "engine/looks/chat_watch.h"

#include <algorithm>

#include "headroom/reasons.h"

namespace headroom {
namespace {

std::string cause_of(const ChatCall& call) {
  return call.contact == ChatContact::kNotChat ? "something that is not Chat answers: " + call.detail : call.detail;
}

// What is wrong with all calls, and not with one group.
std::string error_of(const ChatCall& call) {
  switch (call.outcome) {
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      return explain(Reason::of_chat(call.code)).what;
    case ChatOutcome::kDone:
    case ChatOutcome::kThrottled:
    case ChatOutcome::kRefused:
    case ChatOutcome::kNotSent:
    case ChatOutcome::kOutcomeUnknown:
      return "";
  }
  return "";
}

}  // namespace

void ChatWatch::began(DurationMs steady) {
  const std::lock_guard lock(mutex_);
  in_flight_.insert(steady);
}

void ChatWatch::ended(const ChatCall& call, DurationMs began, DurationMs steady, TimeMs now) {
  const std::lock_guard lock(mutex_);
  if (const auto sent = in_flight_.find(began); sent != in_flight_.end()) in_flight_.erase(sent);
  switch (call.contact) {
    case ChatContact::kInterrupted:
      return;
    case ChatContact::kNothingSent:
    case ChatContact::kNoAnswer:
    case ChatContact::kNotChat:
      // One that was sent before the last answer came says nothing about what is there now.
      if (answered_ && began < *answered_) return;
      last_failure_ = cause_of(call);
      if (!outage_ && broken_.contains(std::string(call.api))) {
        status_.error = last_failure_;
        return;
      }
      failing_.insert(std::string(call.api));
      if (!failed_) failed_seen_ = steady;
      if (!failed_) failed_ = began;
      status_.error = last_failure_;
      if (steady - failed_seen_ >= kFailing) declare(status_.error);
      return;
    case ChatContact::kAnswered:
      break;
  }
  answered_ = steady;
  status_.reachable = true;
  status_.error = error_of(call);
  if (call.outcome == ChatOutcome::kDone) status_.last_success_at = now;
  if (std::exchange(outage_, false)) {
    observer_.outage_ended(steady - failed_.value_or(steady));
    broken_.merge(failing_);
  }
  broken_.erase(std::string(call.api));
  failing_.clear();
  failed_.reset();
}

void ChatWatch::look(DurationMs steady) {
  const std::lock_guard lock(mutex_);
  if (outage_) return;
  if (failed_ && steady - failed_seen_ >= kFailing) return declare(status_.error);
  if (in_flight_.empty()) return;
  const DurationMs waited_since = std::max(*in_flight_.begin(), answered_.value_or(0));
  if (steady - waited_since < kSilent) return;
  if (!failed_) failed_ = waited_since;
  failed_seen_ = steady;
  status_.error = "no answer";
  declare(status_.error);
}

void ChatWatch::declare(const std::string& cause) {
  if (std::exchange(outage_, true)) return;
  status_.reachable = false;
  observer_.outage_began(cause);
}

std::string ChatWatch::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

ChatStatus ChatWatch::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace headroom
