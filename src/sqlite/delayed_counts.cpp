#include "sqlite/delayed_counts.h"

#include <algorithm>
#include <utility>

namespace headroom::sqlite {
namespace {

using Counts = DelayedCounts::Counts;

void merge(std::map<std::int64_t, Counts>& into, std::int64_t id, const Counts& more) {
  Counts& counts = into[id];
  counts.group_id = more.group_id;
  counts.events.insert(counts.events.end(), more.events.begin(), more.events.end());
  counts.last_full_at = std::max(counts.last_full_at, more.last_full_at);
}

void add_counts(Group& group, const Counts& counts) {
  group.full_events += static_cast<std::int64_t>(counts.events.size());
  group.last_full_at = std::max(group.last_full_at.value_or(counts.last_full_at), counts.last_full_at);
}

}  // namespace

void DelayedCounts::add(const Group& group, const std::vector<std::int64_t>& events, TimeMs last_full_at) {
  merge(open_.added, group.id, {group.group_id, events, last_full_at});
}

std::vector<std::int64_t> DelayedCounts::take(std::int64_t id) {
  std::vector<std::int64_t> events;
  if (const auto found = committed_.find(id); found != committed_.end() && open_.written.insert(id).second) {
    events = found->second.events;
  }
  if (const auto added = open_.added.extract(id)) {
    events.insert(events.end(), added.mapped().events.begin(), added.mapped().events.end());
  }
  return events;
}

void DelayedCounts::add_to(Group& group) const {
  const auto found = committed_.find(group.id);
  if (found != committed_.end() && !open_.written.contains(group.id)) add_counts(group, found->second);
  if (const auto added = open_.added.find(group.id); added != open_.added.end()) add_counts(group, added->second);
}

bool DelayedCounts::has(std::int64_t id) const {
  return open_.added.contains(id) || (committed_.contains(id) && !open_.written.contains(id));
}

void DelayedCounts::commit() {
  for (const std::int64_t id : open_.written) {
    const auto written = committed_.find(id);
    committed_events_ -= written->second.events.size();
    committed_.erase(written);
  }
  for (const auto& [id, counts] : open_.added) {
    merge(committed_, id, counts);
    committed_events_ += counts.events.size();
  }
  rollback();
}

void DelayedCounts::rollback() {
  open_.added.clear();
  open_.written.clear();
}

void DelayedCounts::add_committed(std::int64_t id, const std::string& group_id, std::int64_t event,
                                  TimeMs last_full_at) {
  merge(committed_, id, {group_id, {event}, last_full_at});
  ++committed_events_;
}

std::size_t DelayedCounts::open_events() const {
  std::size_t events = 0;
  for (const auto& [id, counts] : open_.added) events += counts.events.size();
  return events;
}

std::vector<DelayedCounts::Waiting> DelayedCounts::next(std::size_t most) {
  std::vector<Waiting> groups;
  auto at = committed_.upper_bound(walked_to_);
  for (std::size_t looked_at = 0; looked_at < committed_.size() && groups.size() < most; ++looked_at) {
    if (at == committed_.end()) {
      at = committed_.begin();
      ++rounds_;
    }
    walked_to_ = at->first;
    if (!open_.written.contains(at->first)) groups.push_back({at->first, at->second.group_id});
    ++at;
  }
  return groups;
}

std::vector<DelayedCounts::Waiting> DelayedCounts::open_with(std::size_t events) const {
  std::vector<Waiting> groups;
  for (const auto& [id, counts] : open_.added) {
    const auto before = committed_.find(id);
    const std::size_t had = before == committed_.end() || open_.written.contains(id) ? 0 : before->second.events.size();
    if (had + counts.events.size() >= events) groups.push_back({id, counts.group_id});
  }
  return groups;
}

std::int64_t DelayedCounts::oldest_left() const {
  std::int64_t oldest = 0;
  const auto look = [&](const Counts& counts) {
    if (oldest == 0 || counts.events.front() < oldest) oldest = counts.events.front();
  };
  for (const auto& [id, counts] : committed_) {
    if (!open_.written.contains(id)) look(counts);
  }
  for (const auto& [id, counts] : open_.added) look(counts);
  return oldest;
}

}  // namespace headroom::sqlite
