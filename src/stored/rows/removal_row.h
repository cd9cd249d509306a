#pragma once

#include <string>

#include "headroom/removal.h"

namespace headroom::stored {

// The columns of read_removal().
inline const std::string kRemovalColumns = "run_id, joined_at_s, restored_at, rejoined_at, back_at, certain";

template <typename Row>
Removal read_removal(Row& row) {
  Removal removal;
  removal.run_id = row.integer();
  removal.joined_at_s = row.optional_integer();
  removal.restored_at = row.optional_integer();
  removal.rejoined_at = row.optional_integer();
  removal.back_at = row.optional_integer();
  removal.certain = row.boolean();
  return removal;
}

// The columns of read_past_removal().
inline const std::string kPastRemovalColumns = "id, run_id, group_id, account, removed_at, restored_at, rejoined_at";

template <typename Row>
PastRemoval read_past_removal(Row& row) {
  PastRemoval removal;
  removal.id = row.integer();
  removal.run_id = row.integer();
  removal.group_id = row.text();
  removal.account = row.text();
  removal.removed_at = row.integer();
  removal.restored_at = row.optional_integer();
  removal.rejoined_at = row.optional_integer();
  return removal;
}

}  // namespace headroom::stored
