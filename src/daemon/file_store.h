#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/store.h"
#include "engine/event_intake.h"
#include "sqlite/database_lock.h"
#include "sqlite/file_place.h"
#include "sqlite/sqlite_storage.h"

namespace headroom {

// A file of this process's own, which its lock says.
class FileStore final : public DaemonStore {
 public:
  // Takes the lock, and no more. Throws DatabaseProblem (another app's, another daemon's).
  explicit FileStore(const Ground& ground);
  ~FileStore() override;

  void open(const std::function<void()>& started, std::function<void()> has_room) override;
  void end_with(StopSteps& steps) override;
  std::unique_ptr<ReadView> view() const override;
  Intake& open_intake(std::function<void()> group_due) override;
  void look() override;
  void measure(MetricsSnapshot& snapshot) const override;

 private:
  std::unique_ptr<SqliteStorage> open_storage(const std::function<void()>& started) const;

  const std::string path_;
  DatabaseLock lock_;
  std::unique_ptr<SqliteStorage> storage_;
  std::unique_ptr<FilePlace> place_;
  std::unique_ptr<EventIntake> intake_;
};

}  // namespace headroom
