#include "simulator/ledger.h"

#include <algorithm>
#include <utility>

namespace chatsim {

const char* to_string(Change change) {
  switch (change) {
    case Change::kGroupCreated:
      return "group_created";
    case Change::kJoined:
      return "joined";
    case Change::kRefused:
      return "refused";
    case Change::kLeft:
      return "left";
    case Change::kRemovedByRest:
      return "removed_by_rest";
    case Change::kAddedByRest:
      return "added_by_rest";
    case Change::kPromoted:
      return "promoted";
    case Change::kMaxChanged:
      return "max_changed";
    case Change::kMaxSetByRest:
      return "max_set_by_rest";
    case Change::kGroupDestroyed:
      return "group_destroyed";
  }
  return "unknown";
}

void Ledger::append(LedgerEntry entry) {
  if (entries_.size() >= kMaxEntries) {
    ++lost_;
    return;
  }
  entry.id = entries_.size() + 1;
  entries_.push_back(std::move(entry));
}

std::vector<LedgerEntry> Ledger::entries(std::uint64_t after, std::size_t limit) const {
  const std::size_t first = std::min<std::size_t>(after, entries_.size());
  const std::size_t count = std::min(limit, entries_.size() - first);
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace chatsim
