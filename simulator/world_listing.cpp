// How the world's groups are listed: those with members, and those that are made by a rule.
#include <algorithm>
#include <charconv>

#include "simulator/world.h"

namespace chatsim {

void World::add_range(const Range& range) {
  const std::lock_guard lock(mutex_);
  ranges_.push_back({range, next_group_});
  next_group_ += range.count;
}

GroupInfo World::group_in(const Range& range, std::uint64_t index) {
  GroupInfo info;
  info.id = range.prefix + std::to_string(index);
  info.type = range.type;
  info.name = info.id;
  info.max_members = range.max_members;
  info.member_num = index % range.full_every == 0 ? range.max_members : range.max_members - 1;
  info.next_msg_seq = 5001;
  return info;
}

std::optional<GroupInfo> World::group_by_rule(const std::string& group_id) const {
  for (const auto& [range, first] : ranges_) {
    if (!group_id.starts_with(range.prefix)) continue;
    std::uint64_t index = 0;
    const char* const end = group_id.data() + group_id.size();
    const auto [rest, error] = std::from_chars(group_id.data() + range.prefix.size(), end, index);
    if (error != std::errc() || rest != end || index >= range.count) continue;
    GroupInfo info = group_in(range, index);
    if (info.id == group_id) return info;  // and not one with leading zeros
  }
  return std::nullopt;
}

std::vector<GroupInfo> World::groups() const {
  const std::lock_guard lock(mutex_);
  std::vector<GroupInfo> out;
  for (const auto& [number, id] : by_number_) out.push_back(rooms_.at(id).info);
  return out;
}

std::pair<std::vector<GroupInfo>, std::uint64_t> World::list_groups(const std::string& type, std::uint64_t from,
                                                                    std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<GroupInfo> out;
  auto room = by_number_.lower_bound(from);
  auto range = ranges_.begin();
  while (room != by_number_.end() || range != ranges_.end()) {
    const bool of_range = range != ranges_.end() && (room == by_number_.end() || range->first < room->first);
    if (!of_range) {
      const GroupInfo& info = rooms_.at(room->second).info;
      if (type.empty() || info.type == type) {
        if (out.size() == limit) return {std::move(out), room->first};
        out.push_back(info);
      }
      ++room;
      continue;
    }
    const bool wanted = type.empty() || range->range.type == type;
    std::uint64_t index = from > range->first ? from - range->first : 0;
    for (; wanted && index < range->range.count; ++index) {
      if (out.size() == limit) return {std::move(out), range->first + index};
      out.push_back(group_in(range->range, index));
    }
    ++range;
  }
  return {std::move(out), 0};
}

std::size_t World::count_groups(const std::string& type) const {
  const std::lock_guard lock(mutex_);
  auto count = static_cast<std::size_t>(std::count_if(
      rooms_.begin(), rooms_.end(), [&](const auto& entry) { return type.empty() || entry.second.info.type == type; }));
  for (const auto& [range, first] : ranges_) {
    if (type.empty() || range.type == type) count += range.count;
  }
  return count;
}

}  // namespace chatsim
