#pragma once

#include <optional>
#include <variant>

#include "headroom/chat_api.h"
#include "headroom/group_state.h"
#include "headroom/reason.h"

namespace headroom {

// Why a run can not go on.
struct Stop {
  Reason reason;
  bool pauses = false;  // the scheduler has to pause itself for the same reason
  int code = 0;         // of a call other than a look at the group, to which Chat gave it
};

template <typename T>
using OrStop = std::variant<T, Stop>;

// The stop after a look at the group, if there was one: a group that Chat called gone in the answer to another call is
// gone only when the look says so, too.
Stop reason_with(const Stop& stop, const std::optional<Look>& look);

// What an answer that is not kDone means for the run that asked.
Stop stop_of(ChatOutcome outcome, int code);

}  // namespace headroom
