#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "daemon/threads/commit_queue.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

namespace headroom {

class CommitQueueTest : public testing::Test {
 protected:
  CommitQueueTest() {
    MigrateOptions options;
    options.now = 1;
    Migrator(path()).up(options);
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path(), ""});
  }
  // Instead of the one that is there.
  SqliteStorage& open(const sqlite::CheckpointLimits& checkpoints, const std::string& vfs = "") {
    storage_.reset();
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path(), vfs, checkpoints});
    return *storage_;
  }
  std::string path() const { return folder_.file("db"); }
  std::optional<std::string> stored(const std::string& key) const {
    return SqliteReadView({path(), "", std::chrono::milliseconds(1000)}).setting(key);
  }
  static CommitQueue::Job put(const std::string& key) {
    return [key](Transaction& storage) { storage.put_setting(key, "yes"); };
  }
  static CommitQueue::Job failing(StorageError::Kind kind) {
    return [kind](Transaction& storage) {
      storage.put_setting("bad", "yes");
      throw StorageError(kind, "injected");
    };
  }
  // Holds the queue's thread until told to go on, so that what follows makes one batch.
  struct Gate {
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();
    CommitQueue::Job job() {
      return [opened = opened](Transaction&) { opened.wait(); };
    }
  };

  const test::TempDir folder_{"queue"};
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace headroom
