#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/control.h"
#include "headroom/denied.h"
#include "headroom/run_state.h"
#include "headroom/storage.h"

// What is stored around a run that is about to begin, and what people are told when it may not.
namespace headroom {

// `self`: the run's own id, 0 while it has none. Mode and pauses are the caller's to add.
StartFacts start_facts(ReadView& view, const std::string& group_id, std::int64_t self, TimeMs now);

// The last run of a group, and how far it had come: whoever judges by a listing compares it with the one that is the
// last when the judgement is stored.
struct LastRun {
  std::int64_t id = 0;  // 0: none
  RunState state = RunState::kPlanned;

  friend bool operator==(const LastRun&, const LastRun&) = default;
};
LastRun last_run_of(ReadView& view, const std::string& group_id);

// nullopt: nothing stands against it.
std::optional<Denied> denied_by(Hindrance hindrance, const StartFacts& facts);

}  // namespace headroom
