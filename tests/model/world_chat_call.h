#pragma once

#include <memory>
#include <utility>

#include "headroom/chat_errors.h"
#include "tests/model/world_chat.h"

// How a call of WorldChat travels: for its sources only.
namespace headroom::model {

inline constexpr DurationMs kRequestTimeout = 5 * kSecondMs;
inline constexpr DurationMs kConnectTimeout = 3 * kSecondMs;  // part of it

inline bool answers(Trouble trouble) { return trouble == Trouble::kNone || trouble == Trouble::kOkUndone; }

template <typename T>
Answer<T> done(T value) {
  Answer<T> answer;
  answer.outcome = ChatOutcome::kDone;
  answer.value = std::move(value);
  return answer;
}

template <typename T>
Answer<T> refused(int code) {
  Answer<T> answer;
  answer.outcome = ChatOutcome::kRefused;
  answer.code = code;
  return answer;
}

template <typename T>
Answer<T> WorldChat::refusal(const CallFault& fault) const {
  Answer<T> answer;
  answer.code = fault.code;
  answer.outcome = fault.code == 0 ? ChatOutcome::kOutcomeUnknown : classify(fault.code);
  return answer;
}

template <typename T>
Answer<T> WorldChat::call(const char* name, const CallFault& fault, const std::string& group_id,
                          const std::vector<std::string>& accounts, std::function<Answer<T>()> apply,
                          const std::function<bool()>& sends) {
  Timeline& timeline = outside_.timeline;
  Answer<T> not_sent;
  not_sent.outcome = ChatOutcome::kNotSent;
  if (!wait_for_turn(name, group_id, accounts) || !connect()) return not_sent;
  if (sight_.may_not_call) outside_.oracle.fail("mode", "Chat is called in mode observe");
  writer_.require_lead();
  outside_.oracle.check_lead(sight_, writer_.term());
  outside_.trace.say(timeline.now(), sight_.name, name, " ", group_id, accounts);
  sent_at_ = timeline.now();
  if (sends && !sends()) return not_sent;
  const bool slow = outside_.dice.chance(outside_.slow);
  const TimeMs there = timeline.now() + outside_.dice.between(1, slow ? 2500 : 60);
  const TimeMs back =
      fault.times_out ? timeline.now() + kRequestTimeout : there + outside_.dice.between(1, slow ? 2500 : 60);
  if (slow) outside_.faults.note_trouble(back);
  outside_.stir({name, group_id, accounts, timeline.now(), back});
  // What was sent arrives, whoever dies meanwhile.
  const auto answer = std::make_shared<Answer<T>>();
  timeline.at(there + fault.late, [answer, apply = std::move(apply)] { *answer = apply(); });
  const bool waited = Task::current()->wait_until(back);
  if (!waited || cancelled_) return Answer<T>{};  // nobody knows
  if (!answers(fault.trouble)) *answer = refusal<T>(fault);
  heard(name, fault, group_id, answer->outcome, answer->code);
  return std::move(*answer);
}

}  // namespace headroom::model
