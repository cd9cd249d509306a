#pragma once

#include <string>
#include <variant>

#include "headroom/chat_api.h"

namespace headroom {

// Why a run can not go on, in the contract's words.
struct Stop {
  std::string reason;
  bool pauses = false;  // the scheduler has to pause itself for the same reason
};

template <typename T>
using OrStop = std::variant<T, Stop>;

// Whether a run that ended for this reason ended in an error (as opposed to: there was nothing left to do).
bool is_error(const std::string& reason);

// What an answer that is not kDone means for the run that asked.
Stop stop_of(ChatOutcome outcome, int code);

}  // namespace headroom
