#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chatsim {

enum class Change {
  kGroupCreated,
  kJoined,
  kRefused,        // wanted to join, the group was full
  kLeft,           // by themselves
  kRemovedByRest,  // delete_group_member
  kAddedByRest,    // add_group_member
  kPromoted,
  kMaxChanged,    // by the group's owner, or the app's
  kMaxSetByRest,  // modify_group_base_info
  kGroupDestroyed,
};

const char* to_string(Change change);

// One change of the world, in the order in which it happened.
struct LedgerEntry {
  std::uint64_t id = 0;  // 1, 2, 3, …
  std::int64_t at_ms = 0;
  Change change = Change::kJoined;
  std::string group_id;
  std::vector<std::string> accounts;
  std::int64_t members_after = 0;
  std::int64_t max_after = 0;
};

// The truth that tests compare with. Append-only; past kMaxEntries it only counts. Not thread safe: the world guards
// it.
class Ledger {
 public:
  static constexpr std::size_t kMaxEntries = 1'000'000;

  void append(LedgerEntry entry);
  // Entries with an id greater than `after`, at most `limit`.
  std::vector<LedgerEntry> entries(std::uint64_t after, std::size_t limit) const;
  std::uint64_t size() const { return entries_.size() + lost_; }

 private:
  std::vector<LedgerEntry> entries_;
  std::uint64_t lost_ = 0;
};

}  // namespace chatsim
