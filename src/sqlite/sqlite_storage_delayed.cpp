// Counters that are written later than the events that they count, and found again where that did not come to be.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <utility>

#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/tables/delayed_queries.h"
#include "sqlite/tables/group_queries.h"
#include "stored/group_walk.h"
#include "stored/rows/group_row.h"

namespace headroom {
namespace {

// A group that many try to join at once is written with them: its list is not to grow for ever.
constexpr std::size_t kMostOfOne = 64;
constexpr std::size_t kMoreThanCome = 8;
constexpr std::size_t kShareWithFew = 256;  // of those that wait
constexpr std::size_t kAtOnce = 1024;       // by themselves: a webhook that comes then waits for their commit

}  // namespace

// Only reads: a disk that has no room is no reason not to start.
void SqliteStorage::find_delayed() {
  connection().guarded([&] {
    delayed_from_ = sqlite::delayed_from(connection());
    sqlite::visit_uncounted(connection(), nullptr, [&](const Group& group, std::int64_t event, TimeMs at) {
      delayed_.add_committed(group.id, group.group_id, event, at);
    });
  });
}

void SqliteStorage::forget_open_delays() noexcept {
  delayed_.rollback();
  open_delayed_from_ = delayed_from_;
}

void SqliteStorage::write_counts(sqlite::GroupRow& row) {
  list_new_events(row);
  if (stored::is_listed_anew(row.listed_full_events, row.group.full_events, row.stored_last_full_at,
                             row.group.last_full_at)) {
    row.listed_full_events = row.group.full_events;
  }
  sqlite::save_full_events(connection(), row);
  row.stored_last_full_at = row.group.last_full_at;
}

void SqliteStorage::write_counts_of(const std::vector<sqlite::DelayedCounts::Waiting>& groups) {
  write([&] {
    for (const auto& [id, group_id] : groups) {
      sqlite::GroupRow* const row = known_group(group_id);
      if (row != nullptr && row->group.id == id) {
        write_counts(*row);
      } else {
        delayed_.take(id);  // somebody else has deleted it
      }
    }
  });
}

void SqliteStorage::write_counts_of(const std::string& group_id) {
  if (delayed_.empty()) return;
  write([&] {
    sqlite::GroupRow* const row = known_group(group_id);
    if (row != nullptr && delayed_.has(row->group.id)) write_counts(*row);
  });
}

// Where one event comes after the other its group's row is written with it. Under load it is written later, unless it
// has enough of them: more than come where as many wait as may, and some of them where the load is over.
void SqliteStorage::write_due_counts() {
  const bool few = delayed_.open_events() < delay_from_;
  const std::size_t come = delayed_.open_groups();
  const std::size_t waiting = delayed_.committed_groups();
  write_counts_of(delayed_.open_with(few && waiting == 0 ? 1 : kMostOfOne));
  if (waiting == 0) return;
  if (few) {
    write_counts_of(delayed_.next(waiting / kShareWithFew + kMoreThanCome));
  } else if (delayed_.committed_events() >= most_delayed_) {
    write_counts_of(delayed_.next(come + kMoreThanCome));
  }
}

// So that whoever opens the database next finds them. The older it is, the more is looked at then, and no more is
// missed: it moves once a round.
void SqliteStorage::note_delayed() {
  if (delayed_.leaves_none()) {
    if (open_delayed_from_) put_setting(sqlite::kDelayedFrom, std::nullopt);
    open_delayed_from_.reset();
  } else if (!open_delayed_from_ || noted_rounds_ != delayed_.rounds()) {
    open_delayed_from_ = delayed_.oldest_left();
    noted_rounds_ = delayed_.rounds();
    put_setting(sqlite::kDelayedFrom, std::to_string(*open_delayed_from_));
  }
}

void SqliteStorage::write_delayed() {
  begin();
  try {
    write_counts_of(delayed_.next(kAtOnce));
    commit();
  } catch (...) {
    rollback();
    throw;
  }
}

std::vector<Group> SqliteStorage::with_delayed(std::vector<Group> groups) const {
  for (Group& group : groups) delayed_.add_to(group);
  return groups;
}

std::vector<Group> SqliteStorage::due_groups(TimeMs now, int limit) {
  return with_delayed(SqliteReads::due_groups(now, limit));
}

std::vector<Group> SqliteStorage::unconfirmed_groups(std::int64_t after_id, std::int64_t beyond, int limit) {
  return with_delayed(SqliteReads::unconfirmed_groups(after_id, beyond, limit));
}

std::vector<Group> SqliteStorage::groups_due_after(const TimePosition& after, int limit) {
  return with_delayed(SqliteReads::groups_due_after(after, limit));
}

Page<Group> SqliteStorage::groups(const GroupFilter& filter, const PageRequest& page) {
  auto found = SqliteReads::groups(filter, page);
  found.items = with_delayed(std::move(found.items));
  stored::put_in_order(filter, found.items);
  return found;
}

void sqlite::write_delayed(const std::string& path) {
  bool has_delayed = false;
  read_quietly(path, [&](SQLite::Database& database) {
    SQLite::Statement found(database, "SELECT 1 FROM setting WHERE key = ?");
    found.bind(1, kDelayedFrom);
    has_delayed = found.executeStep();
  });
  if (!has_delayed) return;
  SqliteStorage storage({.path = path});
  while (storage.has_delayed()) storage.write_delayed();
}

}  // namespace headroom
