#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "headroom/types.h"

namespace headroom::model {

// What worlds have put to the test: so that a check that has become vacuous is seen to be.
class Coverage {
 public:
  void add(const std::string& what, std::int64_t count = 1) { counts_[what] += count; }
  void add(const Coverage& other) {
    for (const auto& [what, count] : other.counts_) counts_[what] += count;
    for (const auto& [age, count] : other.ages_) ages_[age] += count;
    for (const auto& [age, count] : other.ages_after_waits_) ages_after_waits_[age] += count;
  }
  // How old the oldest look was when a delete call went out, and whether one of its calls had to wait for its turn.
  void add_age(DurationMs age, bool waited) {
    ++ages_[age];
    if (waited) ++ages_after_waits_[age];
  }
  std::int64_t of(const std::string& what) const {
    const auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
  }
  void print() const;
  // True when as many worlds have met of everything what they should have; else it is printed what is missing.
  bool suffices(std::uint64_t worlds) const;

 private:
  std::map<std::string, std::int64_t> counts_;
  std::map<DurationMs, std::int64_t> ages_;
  std::map<DurationMs, std::int64_t> ages_after_waits_;
};

}  // namespace headroom::model
