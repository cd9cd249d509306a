#pragma once

#include <cstdint>
#include <optional>

#include "engine/sweeps/sweep_pages.h"
#include "headroom/storage.h"
#include "headroom/sweep.h"

// What a sweep writes of itself; within a transaction of the caller's.
namespace headroom {

// A new sweep, unless one is running.
std::optional<Sweep> insert_sweep(Transaction& storage, bool dry_run, TimeMs now);
// A page that is read: its counts, and that it goes on behind it.
void add_page(Transaction& storage, std::int64_t sweep_id, const SweepPages::ReadPage& page);

}  // namespace headroom
