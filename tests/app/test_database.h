#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/committer.h"
#include "sqlite/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"

namespace headroom::app_test {

// A migrated database in a folder that goes with it, and its one writer without a thread.
class TestDatabase final : public Committer {
 public:
  TestDatabase() {
    std::string pattern = (std::filesystem::temp_directory_path() / "headroom-app-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    MigrateOptions options;
    options.now = 1;
    Migrator(path()).up(options);
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path(), ""});
  }
  ~TestDatabase() override {
    storage_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // Twice, the first time undone, as the commit queue may do it.
  void commit(const Job& job) override {
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
  std::string path() const { return (folder_ / "db").string(); }

  int commits = 0;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace headroom::app_test
