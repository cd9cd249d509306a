#include "engine/event_batch.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/event_intake.h"

namespace headroom {
namespace {

using GroupIds = std::unordered_set<std::string>;

std::vector<std::string> sorted(const GroupIds& ids) {
  std::vector<std::string> all(ids.begin(), ids.end());
  std::sort(all.begin(), all.end());
  return all;
}

// Groups as the events that came so far have left them.
class MovedGroups {
 public:
  explicit MovedGroups(std::vector<Group> known) {
    for (Group& group : known) {
      std::string group_id = group.group_id;
      groups_.emplace(std::move(group_id), Moved{std::move(group), false});
    }
  }

  // Whether it is due anew.
  bool move(Transaction& storage, const Event& event, const Settings& settings) {
    Moved& moved = groups_[event.group_id];
    auto group = group_after(storage, moved.group, event, settings);
    if (!group || group == moved.group) return false;
    const bool due = is_due_anew(moved.group, *group, event);
    if (!moved.group) ++new_groups_;
    moved.group = std::move(group);
    if (!std::exchange(moved.is_to_save, true)) to_save_.push_back(event.group_id);
    return due;
  }
  void save(Transaction& storage, const Settings& settings) const {
    std::vector<Group> groups;
    for (const std::string& group_id : to_save_) groups.push_back(*groups_.at(group_id).group);
    if (!groups.empty()) storage.save_groups(groups);
    if (new_groups_ > 0) storage.evict_unconfirmed_groups(settings.max_unconfirmed_groups, new_groups_ * kEvictAtOnce);
  }

 private:
  struct Moved {
    std::optional<Group> group;
    bool is_to_save = false;
  };
  std::unordered_map<std::string, Moved> groups_;
  std::vector<std::string> to_save_;  // in which order they were moved
  int new_groups_ = 0;
};

// Groups of which something else is told than that they are full: their events are taken one after the other.
GroupIds groups_of_others(std::span<const Event> events) {
  GroupIds ids;
  for (const Event& event : events) {
    if (event.command != Command::kGroupFull) ids.insert(event.group_id);
  }
  return ids;
}

// Stores those of full groups, and returns those of whose groups more than a number has to be changed.
std::vector<std::size_t> insert(Transaction& storage, std::span<const Event> events, const GroupIds& one_by_one,
                                std::vector<Stored>& stored) {
  std::vector<Transaction::Arrival> arrivals;
  for (const Event& event : events) {
    if (event.command == Command::kGroupFull) arrivals.push_back({&event, !one_by_one.contains(event.group_id)});
  }
  const auto arrived = arrivals.empty() ? std::vector<Transaction::Arrived>() : storage.insert_events(arrivals);
  std::vector<std::size_t> left;
  auto next = arrived.begin();
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].command != Command::kGroupFull) {
      left.push_back(i);
      continue;
    }
    stored[i].duplicate = !next->id;
    if (next->id && !next->counted) left.push_back(i);
    ++next;
  }
  return left;
}

}  // namespace

std::vector<Stored> store_events(Transaction& storage, std::span<const Event> events, const Settings& settings) {
  std::vector<Stored> stored(events.size());
  const GroupIds one_by_one = groups_of_others(events);
  std::vector<Group> locked;
  // All of them, and before the events: everybody takes what others may wait for in one order.
  if (!one_by_one.empty()) {
    GroupIds all;
    for (const Event& event : events) all.insert(event.group_id);
    locked = storage.lock_groups(sorted(all));
  }
  const std::vector<std::size_t> left = insert(storage, events, one_by_one, stored);
  if (left.empty()) return stored;
  if (one_by_one.empty()) {
    GroupIds some;
    for (const std::size_t i : left) some.insert(events[i].group_id);
    locked = storage.lock_groups(sorted(some));
  }
  MovedGroups groups(std::move(locked));
  for (const std::size_t i : left) stored[i].due = groups.move(storage, events[i], settings);
  groups.save(storage, settings);
  return stored;
}

}  // namespace headroom
