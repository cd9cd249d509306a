#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "headroom/names.h"
#include "headroom/storage_error.h"
#include "headroom/sweep.h"

namespace headroom::stored {

// The columns of read_sweep().
inline const std::string kSweepColumns =
    "id, state, reason, dry_run, type, next_page, groups_listed, groups_read, groups_full, groups_new, started_at,"
    " finished_at";

// All 64 bits of it count, and integers of the tables are signed.
inline std::uint64_t cursor_of(const std::string& text) {
  std::uint64_t cursor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cursor);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw StorageError(StorageError::Kind::kOther, "the database holds the bad cursor '" + text + "'");
  }
  return cursor;
}

template <typename Row>
Sweep read_sweep(Row& row) {
  Sweep sweep;
  sweep.id = row.integer();
  sweep.state = row.template word<SweepState>();
  sweep.reason = row.template word<Reason>();
  sweep.dry_run = row.boolean();
  sweep.position.type = row.text();
  sweep.position.next = cursor_of(row.text());
  sweep.groups_listed = row.integer();
  sweep.groups_read = row.integer();
  sweep.groups_full = row.integer();
  sweep.groups_new = row.integer();
  sweep.started_at = row.integer();
  sweep.finished_at = row.optional_integer();
  return sweep;
}

}  // namespace headroom::stored
