#include "sqlite/checkpoint_pace.h"

#include <algorithm>

namespace headroom::sqlite {

// Once all of the log is in the database file and nobody reads it, the next commit begins it anew: the file stays as
// long as it was, so that its size says nothing.
void CheckpointPace::committed(int pages) {
  grown_ += pages < pages_ ? pages : pages - pages_;
  pages_ = pages;
}

// The one before is not waited for, unless the log has become far too long meanwhile, or its room is needed.
std::optional<LogAfter> CheckpointPace::due(const Store::Batch& batch, bool running) const {
  if (growth_bytes() < (batch.housekeeping ? limits_.housekeeping_growth : limits_.growth)) return std::nullopt;
  if (running && !batch.disk_is_full && log_bytes() < 2 * limits_.longest) return std::nullopt;
  return batch.disk_is_full || too_long() ? LogAfter::kBeginsAnew : LogAfter::kGoesOn;
}

void CheckpointPace::tell_length() {
  const std::int64_t length = log_bytes();
  if (length < limits_.told_from / 2) told_next_ = 0;
  if (length < std::max(told_next_, limits_.told_from)) return;
  told_next_ = 2 * length;
  if (limits_.told) limits_.told(length);
}

}  // namespace headroom::sqlite
