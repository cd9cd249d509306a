#include "engine/looks/halved_look.h"

#include <iterator>
#include <utility>

namespace headroom {

bool HalvedLook::may_be_one_groups(ChatOutcome outcome) {
  switch (outcome) {
    case ChatOutcome::kRefused:
    case ChatOutcome::kOutcomeUnknown:
      return true;
    case ChatOutcome::kDone:
    case ChatOutcome::kThrottled:
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
    case ChatOutcome::kNotSent:
      return false;
  }
  return false;
}

std::vector<GroupInfo> HalvedLook::alone(const std::string& group_id, int code) {
  if (code == 0) return {};
  GroupInfo info;
  info.group_id = group_id;
  info.error_code = code;
  return {std::move(info)};
}

OrStop<std::vector<GroupInfo>> HalvedLook::ask_halves(const std::vector<std::string>& group_ids) {
  const SteadyMs started_at = clock_.steady_now();
  halve(group_ids);
  while (!parts_.empty() && clock_.steady_now() - started_at < kMaxTrying) {
    const std::vector<std::string> part = std::move(parts_.front());
    parts_.pop_front();
    auto answer = ask_(part);
    if (answer.done()) {
      add(std::move(answer.value));
    } else if (!may_be_one_groups(answer.outcome)) {
      return stop_for_(answer.outcome, answer.code);
    } else if (part.size() > 1) {
      halve(part);
    } else {
      add(alone(part.front(), answer.code));
    }
  }
  return std::move(found_);
}

void HalvedLook::halve(const std::vector<std::string>& group_ids) {
  const auto middle = group_ids.begin() + static_cast<std::ptrdiff_t>(group_ids.size() / 2);
  parts_.emplace_back(group_ids.begin(), middle);
  parts_.emplace_back(middle, group_ids.end());
}

void HalvedLook::add(std::vector<GroupInfo> infos) {
  found_.insert(found_.end(), std::make_move_iterator(infos.begin()), std::make_move_iterator(infos.end()));
}

}  // namespace headroom
