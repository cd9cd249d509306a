// The storage's groups and their events, by far the most of what is written: what is known of them is not read again.
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <utility>

#include "sqlite/sqlite_storage.h"
#include "sqlite/tables/event_queries.h"
#include "sqlite/tables/group_event_queries.h"
#include "sqlite/tables/group_queries.h"
#include "sqlite/tables/run_queries.h"
#include "stored/rows/group_row.h"

namespace headroom {
namespace {

// Of events in a group's row. The more there are, the more rarely they are moved, and the larger is the row.
constexpr std::size_t kMostRecent = 16;
constexpr int kMostOpenRuns = 1000;  // whose groups are kept

}  // namespace

// Whatever another connection has written is to be read again; nobody but this one should.
void SqliteStorage::look_for_others() {
  if (data_version() == data_version_) return;
  forget_known();
  last_event_id_ = std::max(last_event_id_, sqlite::last_event_id(connection()));
}

// Changes with each commit, whoever's it is. Where it can not be told, it is another one.
unsigned SqliteStorage::data_version() noexcept {
  unsigned version = 0;
  const int result = sqlite3_file_control(connection().handle(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
  return result == SQLITE_OK ? version : data_version_ + 1;
}

void SqliteStorage::forget_known() noexcept {
  groups_.clear();
  groups_with_open_runs_.reset();
}

sqlite::GroupRow* SqliteStorage::known_group(const std::string& group_id) {
  if (sqlite::GroupRow* const known = groups_.find(group_id)) return known;
  auto row = sqlite::find_group_row(connection(), group_id);
  if (!row) return nullptr;
  delayed_.add_to(row->group);
  return &groups_.put(std::move(*row));
}

std::optional<Group> SqliteStorage::find_group(const std::string& group_id) {
  if (!connection().in_transaction()) {
    auto group = SqliteReads::find_group(group_id);
    if (group) delayed_.add_to(*group);
    return group;
  }
  return connection().guarded([&]() -> std::optional<Group> {
    const sqlite::GroupRow* const known = known_group(group_id);
    return known == nullptr ? std::nullopt : std::optional(known->group);
  });
}

// Few groups have one, if any; an event of any other need not look for it.
std::optional<Run> SqliteStorage::open_run(const std::string& group_id) {
  if (!connection().in_transaction()) return SqliteReads::open_run(group_id);
  if (!groups_with_open_runs_) {
    auto groups = connection().guarded([&] { return sqlite::groups_with_open_runs(connection(), kMostOpenRuns + 1); });
    if (groups.size() > kMostOpenRuns) return SqliteReads::open_run(group_id);
    groups_with_open_runs_ = std::move(groups);
  }
  return groups_with_open_runs_->contains(group_id) ? SqliteReads::open_run(group_id) : std::nullopt;
}

std::optional<std::int64_t> SqliteStorage::insert_event(const Event& event) {
  const std::int64_t id = last_event_id_ + 1;
  if (!write([&] { return sqlite::insert_event(connection(), event, id); })) return std::nullopt;
  last_event_id_ = id;
  unlisted_[event.group_id].push_back(id);
  tally_.add_event(id, event.received_at);
  return id;
}

// False when the group has no new ones, and its row is as it was. Whoever lists delayed ones writes their counts, too.
bool SqliteStorage::list_new_events(sqlite::GroupRow& row) {
  auto unlisted = delayed_.take(row.group.id);
  if (const auto found = unlisted_.extract(row.group.group_id)) {
    unlisted.insert(unlisted.end(), found.mapped().begin(), found.mapped().end());
  }
  if (unlisted.empty()) return false;
  auto& ids = row.recent_events;
  ids.insert(ids.end(), unlisted.begin(), unlisted.end());
  if (ids.size() < kMostRecent) return true;
  sqlite::insert_group_events(connection(), row.group.group_id, ids);
  ids.clear();
  return true;
}

// Of those whose group was not saved since.
void SqliteStorage::list_new_events() {
  if (unlisted_.empty()) return;
  write([&] {
    for (const auto& [group_id, ids] : std::exchange(unlisted_, {})) {
      if (sqlite::GroupRow* const row = known_group(group_id)) {
        unlisted_[group_id] = ids;
        write_counts(*row);
      } else {
        sqlite::insert_group_events(connection(), group_id, ids);
      }
    }
  });
}

Page<Event> SqliteStorage::events(const EventFilter& filter, const PageRequest& page) {
  list_new_events();
  write_tally();
  // Of the open transaction; what is committed is found by the file.
  if (filter.group_id && connection().in_transaction()) write_counts_of(*filter.group_id);
  return SqliteReads::events(filter, page);
}

std::int64_t SqliteStorage::save_group(const Group& group) {
  const bool is_new = group.id == 0;
  if (!is_new) count_new_groups();
  const bool newly_blocked = group.state == GroupState::kBlocked &&
                             !write([&] { return sqlite::is_blocked_for(connection(), group.id, group.reason); });
  const std::int64_t id = write([&] {
    const std::int64_t saved = sqlite::save_group(connection(), group);
    sqlite::GroupRow* row = is_new ? &groups_.put({group, {}}) : groups_.find(group.group_id);
    const bool has_unlisted = unlisted_.contains(group.group_id) || delayed_.has(saved);
    if (row == nullptr && has_unlisted) row = known_group(group.group_id);
    if (row == nullptr) return saved;
    row->group = group;
    row->group.id = saved;
    row->listed_full_events = group.full_events;
    row->stored_last_full_at = group.last_full_at;
    if (list_new_events(*row)) sqlite::save_recent_events(connection(), *row);
    return saved;
  });
  if (is_new) tally_.add_new_group(group);
  if (newly_blocked && newly_blocked_.size() < kMaxBlocked) newly_blocked_.push_back(group);
  return id;
}

void SqliteStorage::save_full_events(const Group& group) {
  write([&] {
    sqlite::GroupRow* const row = known_group(group.group_id);
    if (row == nullptr || row->group.id != group.id) {
      throw StorageError(StorageError::Kind::kOther, "group " + std::to_string(group.id) + " is not stored");
    }
    const std::int64_t more = group.full_events - row->group.full_events;
    row->group.full_events = group.full_events;
    row->group.last_full_at = group.last_full_at;
    const auto unlisted = unlisted_.find(group.group_id);
    const bool is_one_each = unlisted != unlisted_.end() && static_cast<std::int64_t>(unlisted->second.size()) == more;
    if (is_one_each && group.last_full_at) {
      delayed_.add(group, unlisted->second, *group.last_full_at);
      unlisted_.erase(unlisted);
    } else {
      write_counts(*row);
    }
  });
}

// Its events stay, and may be asked for.
void SqliteStorage::delete_group(const std::string& group_id) {
  count_new_groups();
  write([&] {
    sqlite::GroupRow* const row = known_group(group_id);
    if (row == nullptr) return;
    list_new_events(*row);
    const auto ids = sqlite::still_stored(connection(), row->recent_events);
    if (!ids.empty()) sqlite::insert_group_events(connection(), group_id, ids);
    groups_.erase(group_id);
    sqlite::delete_group(connection(), group_id);
  });
}

int SqliteStorage::evict_unconfirmed_groups(std::int64_t keep, int limit) {
  const std::int64_t excess = write([&] { return sqlite::unconfirmed_groups_beyond(connection(), keep); });
  if (excess <= 0 || limit <= 0) return 0;
  const int most = static_cast<int>(std::min<std::int64_t>(excess, limit));
  const auto oldest = write([&] { return sqlite::oldest_unconfirmed(connection(), most); });
  for (const std::string& group_id : oldest) delete_group(group_id);
  return static_cast<int>(oldest.size());
}

}  // namespace headroom
