#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "sqlite/sqlite_reads.h"

namespace headroom {

struct SqliteReadViewOptions {
  std::string path;
  std::string vfs = {};  // empty: the default one
  std::chrono::milliseconds max_read{1000};
  // Called, by whoever reads, when the disk fails or the file is damaged: the daemon has to end.
  std::function<void(const std::string&)> broken = {};
  // Called before what a store may have delayed is read: how often groups were full, and which events are theirs.
  std::function<void()> before_counts = {};
};

// A read-only connection beside the writer. Each call sees one committed state and ends within `max_read` (then
// StorageError kTimeout). Never checkpoints, not on close either.
class SqliteReadView final : public SqliteReads<ReadView> {
 public:
  // Throws DatabaseProblem.
  explicit SqliteReadView(const SqliteReadViewOptions& options);

  std::optional<Group> find_group(const std::string& group_id) override;
  Page<Group> groups(const GroupFilter& filter, const PageRequest& page) override;
  Page<Event> events(const EventFilter& filter, const PageRequest& page) override;

 private:
  void get_ready() const {
    if (before_counts_) before_counts_();
  }

  const std::function<void()> before_counts_;
};

}  // namespace headroom
