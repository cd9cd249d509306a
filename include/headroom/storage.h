#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "headroom/transaction.h"

namespace headroom {

// The one writer, and the transaction that is open in it between begin and commit.
class Store : public Transaction {
 public:
  // An immediate transaction, durable when commit returns. rollback never throws.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  // Inside a transaction: what `body` did is undone when it throws, and the exception goes on.
  virtual void savepoint(const std::function<void()>& body) = 0;

  // What a store does for itself behind the commits, outside a transaction: SQLite moves its log. The first begins what
  // is due after a batch of jobs, the second all that gives room to a full disk. Both throw what came of it, or of what
  // was begun before, and return while the disk may be busy with it.
  struct Batch {
    bool housekeeping = false;
    bool disk_is_full = false;
  };
  virtual void after_batch(const Batch& batch) = 0;
  virtual void make_room() = 0;
  // Something was begun that nobody has finished; and the disk is still busy with it.
  virtual bool has_upkeep() const = 0;
  virtual bool upkeep_running() const = 0;
  // Waits until it is on disk; throws what came of it.
  virtual void finish_upkeep() = 0;
  // For the disk that is busy with it.
  virtual bool commit_would_wait() const = 0;

  // A store may write later than an event how often its group was full, and when last; nobody who asks sees it. Whether
  // it has such; and some of it is written, outside a transaction: throws as commit() does.
  virtual bool has_delayed() const = 0;
  virtual void write_delayed() = 0;

  // Groups that the transactions committed since the last call have made blocked, or blocked for another reason; at
  // most kMaxBlocked of them.
  static constexpr std::size_t kMaxBlocked = 1000;
  virtual std::vector<Group> take_blocked() = 0;
};

}  // namespace headroom
