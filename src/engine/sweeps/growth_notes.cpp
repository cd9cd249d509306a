#include "engine/sweeps/growth_notes.h"

#include "engine/hold_budget.h"
#include "headroom/growth.h"
#include "headroom/sweep.h"

namespace headroom {
namespace {

// Returns whether anything was written.
bool note(Transaction& storage, const Look& look, std::int64_t min_capacity) {
  const auto filling_up = is_filling_up(look, min_capacity);
  if (!filling_up) return false;
  const auto known = storage.find_growth(look.info.group_id);
  if (!*filling_up) return known && storage.delete_growth(look.info.group_id);
  const auto growth = grown(known, look);
  if (growth) storage.save_growth(*growth);
  return growth.has_value();
}

bool is_under_way(Transaction& storage, std::int64_t sweep_id) {
  const auto sweep = storage.find_sweep(sweep_id);
  return sweep && sweep->state == SweepState::kRunning && !sweep->dry_run;
}

}  // namespace

void note_growth(Writer& writer, std::int64_t sweep_id, const std::vector<Look>& looks, std::int64_t min_capacity,
                 const Clock& clock) {
  std::size_t noted = 0;
  while (noted < looks.size()) {
    std::size_t at = noted;
    writer.commit_housekeeping([&](Transaction& storage) {
      HoldBudget budget(clock);
      at = looks.size();
      if (!is_under_way(storage, sweep_id)) return;
      at = noted;
      do {
        budget.spend(note(storage, looks[at++], min_capacity) ? 1 : 0);
      } while (at < looks.size() && !budget.over());
    });
    noted = at;
  }
}

}  // namespace headroom
