#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>

#include "headroom/storage.h"

namespace headroom {

// Where changes go. `job` runs inside a transaction and may be run several times (all but the last undone), so it
// must set what it reports anew each time.
class Writer {
 public:
  using Job = std::function<void(Transaction&)>;
  virtual ~Writer() = default;
  // Returns when the job is on disk. Throws StorageError (or what the job threw) when it is not.
  virtual void commit(const Job& job) = 0;
  // The same for work that nobody waits for and that touches pages all over the file: no webhook is to wait for a large
  // checkpoint on its account.
  virtual void commit_housekeeping(const Job& job) { commit(job); }
  // False while nothing can be stored: then nothing is to be decided.
  virtual bool works() const = 0;
};

// The same for those who do not wait.
class WriteQueue : public Writer {
 public:
  // Null when the job is on disk, else why not.
  using Completion = std::function<void(std::exception_ptr)>;
  // False when the queue is full or stopping: then neither is ever called. The completion runs on the queue's thread.
  // `bytes`: about what both hold.
  virtual bool submit(Job job, Completion completion, std::size_t bytes = 0) = 0;
  virtual bool stopping() const = 0;
  // Why nothing can be written any more; empty while it can.
  virtual std::string failure() const = 0;
  // Why nothing can be written now, though it will heal: the disk is full. Else empty.
  virtual std::string full() const = 0;
};

}  // namespace headroom
