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
};

// A read-only connection beside the writer, which may count events later than it stores them: here they are counted.
// Each call sees one committed state and ends within `max_read` (then
// StorageError kTimeout). Never checkpoints, not on close either.
class SqliteReadView final : public SqliteReads<ReadView> {
 public:
  // Throws DatabaseProblem.
  explicit SqliteReadView(const SqliteReadViewOptions& options);

  std::optional<Group> find_group(const std::string& group_id) override;
  Page<Group> groups(const GroupFilter& filter, const PageRequest& page) override;
};

}  // namespace headroom
