#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "headroom/storage.h"
#include "sqlite/checkpoint.h"

namespace headroom::sqlite {

struct CheckpointLimits {
  std::int64_t growth = 2 << 20;  // bytes of the log, for one checkpoint
  // Of housekeeping: its pages lie apart, and a disk takes tens of milliseconds for a thousand of them.
  std::int64_t housekeeping_growth = 128 << 10;
  // From this length on it is made to begin anew, and commits wait for the disk. Under load it would else never do so:
  // there is always one that was not moved yet.
  std::int64_t longest = 16 << 20;
  // When the log has become so long, and then each time it has doubled: somebody reads for long.
  std::int64_t told_from = 256 << 20;
  std::function<void(std::int64_t bytes)> told = {};
};

// When the log is moved into the database file, and when it is to begin anew. Knows lengths only.
class CheckpointPace {
 public:
  explicit CheckpointPace(CheckpointLimits limits) : limits_(std::move(limits)) {}

  void set_page_bytes(std::int64_t bytes) { page_bytes_ = bytes; }
  // A commit has left so many pages in the log.
  void committed(int pages);
  // A checkpoint begins.
  void began() { grown_ = 0; }

  // How the log is to go on behind a checkpoint that is due now; none: there is none due. `running`: the one before is.
  std::optional<LogAfter> due(const Store::Batch& batch, bool running) const;
  bool too_long() const { return log_bytes() >= limits_.longest; }
  // A log that nobody can begin anew grows until the disk is full.
  void tell_length();

  std::int64_t growth_bytes() const { return grown_ * page_bytes_; }
  std::int64_t log_bytes() const { return pages_ * page_bytes_; }

 private:
  const CheckpointLimits limits_;
  std::int64_t page_bytes_ = 0;
  int pages_ = 0;               // in the log after the last commit
  std::int64_t grown_ = 0;      // pages that commits wrote to it since the last checkpoint
  std::int64_t told_next_ = 0;  // 0: at told_from
};

}  // namespace headroom::sqlite
