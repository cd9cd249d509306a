#include "engine/sweeps/sweep_row.h"

namespace headroom {

std::optional<Sweep> insert_sweep(Transaction& storage, bool dry_run, TimeMs now) {
  if (storage.running_sweep()) return std::nullopt;
  Sweep sweep;
  sweep.dry_run = dry_run;
  sweep.position = first_position();
  sweep.started_at = now;
  sweep.id = storage.insert_sweep(sweep);
  return sweep;
}

void add_page(Transaction& storage, std::int64_t sweep_id, const SweepPages::ReadPage& page) {
  auto sweep = storage.find_sweep(sweep_id);
  if (!sweep || sweep->state != SweepState::kRunning) return;
  sweep->position = page.behind;
  sweep->groups_listed += page.listed;
  sweep->groups_read += page.tally.read;
  sweep->groups_full += page.tally.full;
  sweep->groups_new += page.tally.fresh;
  storage.update_sweep(*sweep);
}

}  // namespace headroom
