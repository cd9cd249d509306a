#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "headroom/member.h"
#include "headroom/policy.h"

namespace headroom {

// Which accounts a listing has shown, what their rows said, and how they were judged: in twelve bytes each, since a
// Community has up to a million members. Accounts and rows are known by their hashes; where two accounts fall
// together, the second counts as a contradiction of the first, which keeps both.
class SeenRows {
 public:
  enum class Row { kNew, kRepeated, kContradicting };
  struct Seen {
    Row row = Row::kNew;
    Why judged = Why::kInactive;  // as judged() said last; kInactive: not kept, as far as anybody said
  };
  Seen see(const Member& member);
  // What became of an account that has been seen.
  void judged(const std::string& account, Why why);

  std::size_t size() const { return used_; }

 private:
  struct Slot {
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    std::uint32_t row = 0;  // the row's hash, and in the lowest bits 1 + why; 0: the slot is free
  };
  Slot& find(std::vector<Slot>& slots, std::uint64_t account) const;
  void grow();

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace headroom
