// A run that stays open: it waits for the calendar, or is in doubt.
#include <utility>

#include "engine/gate/opening.h"
#include "engine/runs/parking.h"
#include "engine/runs/runner.h"
#include "headroom/run_state.h"

namespace headroom {

Runner::Progress Runner::go_on(std::int64_t run_id) {
  Unparked unparked;
  writer_.commit(
      [&](Transaction& storage) { unparked = unpark(storage, run_id, *settings_cell_.get(), clock_.now()); });
  if (const auto* run = std::get_if<GoesOn>(&unparked)) {
    observer_.run_stored(run->run);
    return execute(run->run);
  }
  auto* end = std::get_if<Ends>(&unparked);
  return end == nullptr ? Progress::kDone : end_by_looking(std::move(*end), std::nullopt);
}

void Runner::tell_parked(const Run& run) {
  observer_.run_parked(run, next_question(*settings_cell_.get(), clock_.now()));
}

// nullopt: it is to be closed.
std::optional<Runner::Progress> Runner::left_open(const Run& run, bool parked, bool in_doubt) {
  if (parked) {
    writer_.commit([&](Transaction& storage) { park(storage, run, *settings_cell_.get(), clock_.now()); });
    tell_parked(run);
    return Progress::kDone;
  }
  return in_doubt ? std::optional(Progress::kInDoubt) : std::nullopt;
}

}  // namespace headroom
