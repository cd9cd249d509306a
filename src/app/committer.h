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
};

}  // namespace headroom
