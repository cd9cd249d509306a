// The verbs for many: what they are for is a way to the store, which this one has none of.
#include <algorithm>
#include <map>

#include "headroom/group_state.h"
#include "sqlite/sqlite_storage.h"

namespace headroom {
namespace {

struct NewOfGroup {
  std::int64_t events = 0;
  TimeMs first_at = kMaxTimeMs;
  TimeMs last_at = 0;
  bool all_count = true;
};

}  // namespace

std::vector<Store::Arrived> SqliteStorage::insert_events(std::span<const Arrival> events) {
  std::vector<Arrived> arrived(events.size());
  std::map<std::string, NewOfGroup> groups;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = *events[i].event;
    arrived[i].id = insert_event(event);
    if (!arrived[i].id) continue;
    NewOfGroup& news = groups[event.group_id];
    const TimeMs at = state_time(event);
    ++news.events;
    news.first_at = std::min(news.first_at, at);
    news.last_at = std::max(news.last_at, at);
    news.all_count = news.all_count && events[i].counts;
  }
  for (auto& [group_id, news] : groups) {
    auto group = news.all_count ? find_group(group_id) : std::nullopt;
    news.all_count = group && is_only_counted(*group, news.first_at);
    if (!news.all_count) continue;
    group->full_events += news.events;
    group->last_full_at = std::max(group->last_full_at.value_or(news.last_at), news.last_at);
    save_full_events(*group);
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (arrived[i].id) arrived[i].counted = groups.at(events[i].event->group_id).all_count;
  }
  return arrived;
}

// The transaction has the one write lock.
std::vector<Group> SqliteStorage::lock_groups(std::span<const std::string> group_ids) {
  std::map<std::int64_t, Group> by_id;
  for (const std::string& group_id : group_ids) {
    if (auto group = find_group(group_id)) by_id.emplace(group->id, std::move(*group));
  }
  std::vector<Group> groups;
  for (auto& [id, group] : by_id) groups.push_back(std::move(group));
  return groups;
}

std::vector<std::int64_t> SqliteStorage::save_groups(std::span<const Group> groups) {
  std::vector<std::int64_t> ids;
  for (const Group& group : groups) ids.push_back(save_group(group));
  return ids;
}

int SqliteStorage::fold_counters(TimeMs, int) { return 0; }

}  // namespace headroom
