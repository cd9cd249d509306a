#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "app/committer.h"
#include "sqlite/migrator.h"
#include "sqlite/sqlite_storage.h"
#include "tests/storage/temp_dir.h"

namespace headroom {

// A store of its own, in a folder that goes with the test. Commits in the caller's thread.
class StoreFixture : public testing::Test, public Committer {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  StoreFixture() {
    Migrator(path_).up({.sdk_app_id = 1400000000, .now = kNow});
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{.path = path_});
  }

 public:
  static constexpr TimeMs kNow = 1'790'000'000'000;

  void commit(const Job& job) override {
    storage_->begin();
    try {
      job(*storage_);
    } catch (...) {
      storage_->rollback();
      throw;
    }
    storage_->commit();
  }

 protected:
  test::TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace headroom
