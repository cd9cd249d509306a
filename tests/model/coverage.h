#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace headroom::model {

// What worlds have put to the test: so that a check that has become vacuous is seen to be.
class Coverage {
 public:
  void add(const std::string& what, std::int64_t count = 1) { counts_[what] += count; }
  void add(const Coverage& other) {
    for (const auto& [what, count] : other.counts_) counts_[what] += count;
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
};

}  // namespace headroom::model
