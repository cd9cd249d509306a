#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/storage.h"

namespace headroom::admin {

inline constexpr DurationMs kSummaryAge = 5 * kSecondMs;

// What is counted in the store; the rest of a summary is the daemon's status, which is always the present one.
struct SummaryCounts {
  Counts counts;
  RemovalUsage usage;   // of the last 24 h
  RemovalUsage raises;  // the same of limits that were raised
  SteadyMs read_at;
};

// Keeps the counts for as long as they are young enough. For one thread.
class Summary {
 public:
  // Throws StorageError.
  SummaryCounts counts(ReadView& view, DurationMs stale_after, const Clock& clock);
  // Of any age: for an answer that is about something else. None: they could never be read.
  const std::optional<SummaryCounts>& newest() const { return newest_; }
  void forget() { changed_ = true; }

 private:
  std::optional<SummaryCounts> newest_;
  bool changed_ = false;  // what they count, since they were read
};

// `status`: the limit decides what is left of the day's removals; null without one. `version`: of the program.
std::string summary_json(const SummaryCounts& numbers, const DaemonStatus& status, std::string_view version);

}  // namespace headroom::admin
