#pragma once

#include <functional>

#include "headroom/storage.h"

namespace headroom {

// Where changes go. `job` runs inside a transaction and may be run twice (the first time undone), so it must set
// what it reports anew each time.
class Committer {
 public:
  using Job = std::function<void(Storage&)>;
  virtual ~Committer() = default;
  // Returns when the job is on disk. Throws StorageError (or what the job threw) when it is not.
  virtual void commit(const Job& job) = 0;
  // The same for work that nobody waits for and that touches pages all over the file: no webhook is to wait for a large
  // checkpoint on its account.
  virtual void commit_housekeeping(const Job& job) { commit(job); }
};

}  // namespace headroom
