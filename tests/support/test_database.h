#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/writer.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/reason_words.h"
#include "tests/support/temp_dir.h"

namespace headroom::support {

inline constexpr TimeMs kNow = 1'790'000'000'000;

// A migrated database in a folder that goes with it, and its one writer without a thread.
class TestDatabase final : public Writer {
 public:
  // `now`: the store's clock; empty: the machine's.
  explicit TestDatabase(std::function<TimeMs()> now = {}) {
    Migrator(path()).up({.sdk_app_id = 1400000000, .now = 1});
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{.path = path(), .now = std::move(now)});
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // Twice, the first time undone, as the commit queue may do it.
  void commit(const Job& job) override {
    if (const auto others = std::exchange(before_commit, nullptr)) others();
    if (failures > 0) {
      --failures;
      storage_->begin();
      job(*storage_);
      storage_->rollback();
      throw std::runtime_error("database or disk is full");
    }
    storage_->begin();
    try {
      job(*storage_);
    } catch (...) {
      storage_->rollback();
      throw;
    }
    storage_->rollback();
    storage_->begin();
    job(*storage_);
    storage_->commit();
    ++commits;
  }
  std::unique_ptr<ReadView> open_view() const {
    return std::make_unique<SqliteReadView>(SqliteReadViewOptions{path(), "", std::chrono::milliseconds(1000), {}});
  }
  ReadView& view() { return *storage_; }
  Store& storage() { return *storage_; }  // for a commit queue, which is the one writer then
  std::string path() const { return folder_.file("db"); }

  bool works() const override { return writes; }

  std::function<void()> before_commit;  // what others store meanwhile; once
  bool writes = true;                   // as seen by who asks before
  int commits = 0;
  int failures = 0;  // of the next commits: what the job did is undone

 private:
  const test::TempDir folder_;
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace headroom::support
