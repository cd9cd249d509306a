// A run that waited for the calendar.
#include <utility>

#include "engine/gate/opening.h"
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

}  // namespace headroom
