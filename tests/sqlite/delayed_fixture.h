#pragma once

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {

inline constexpr int kGroups = 12;

inline std::string group_name(int number) { return "g" + std::to_string(number); }

// An SQLite store that may be ended at any moment, and what its file says.
class DelayingDatabase {
 public:
  explicit DelayingDatabase(SqliteStorageOptions options) : options_(std::move(options)) {
    options_.path = dir_.file("headroom.db");
    Migrator(options_.path).up({.now = kNow});
    open();
  }
  SqliteStorage& operator*() { return *storage_; }
  SqliteStorage* operator->() { return storage_.get(); }
  // Nothing more is written before.
  void end_and_start() {
    storage_.reset();
    open();
  }
  template <typename Work>
  void write(Work&& work) {
    storage_->begin();
    work(*storage_);
    storage_->commit();
  }
  std::int64_t number(const std::string& sql) const {
    SQLite::Database database(options_.path, SQLite::OPEN_READONLY, 1000);
    return database.execAndGet(sql).getInt64();
  }
  std::string text(const std::string& sql) const {
    SQLite::Database database(options_.path, SQLite::OPEN_READONLY, 1000);
    return database.execAndGet("SELECT coalesce((" + sql + "), '')").getString();
  }
  void write_delayed() {
    while (storage_->has_delayed()) storage_->write_delayed();
  }
  const std::string& path() const { return options_.path; }

 private:
  void open() { storage_ = std::make_unique<SqliteStorage>(options_); }

  TempDir dir_;
  SqliteStorageOptions options_;
  std::unique_ptr<SqliteStorage> storage_;
};

// As a webhook does it.
inline void count_event(Transaction& s, const std::string& group_id, TimeMs at) {
  const Event event = full_event(group_id, at);
  s.insert_event(event);
  Group group = s.find_group(group_id).value_or(full_group(group_id));
  ++group.full_events;
  group.last_full_at = std::max(group.last_full_at.value_or(0), state_time(event));
  if (group.id == 0) {
    s.save_group(group);
  } else {
    s.save_full_events(group);
  }
}

inline std::vector<std::int64_t> ids(const std::vector<Event>& events) {
  std::vector<std::int64_t> found;
  for (const Event& event : events) found.push_back(event.id);
  return found;
}

}  // namespace headroom::test
