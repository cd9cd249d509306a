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
  // Moves the log into the database file as far as readers allow, and returns when it is on disk there; outside a
  // transaction.
  virtual void checkpoint() = 0;
  // The same in two parts: the first returns once the pages are moved, the second when they are on disk and throws what
  // came of it. In between commits go on, in the log behind what was moved; only when the log is to begin anew they
  // wait for the disk.
  enum class LogAfter { kGoesOn, kBeginsAnew };
  virtual void start_checkpoint(LogAfter log) = 0;
  virtual void finish_checkpoint() = 0;
  // True while the disk is busy with what start_checkpoint() moved; and when a commit would wait for it.
  virtual bool checkpoint_running() const = 0;
  virtual bool commit_would_wait() const = 0;
  // How much commits have added to the log since the last checkpoint began, and how long it is.
  virtual std::int64_t log_growth_bytes() const = 0;
  virtual std::int64_t log_bytes() const = 0;

  // Groups that the transactions committed since the last call have made blocked, or blocked for another reason; at
  // most kMaxBlocked of them.
  static constexpr std::size_t kMaxBlocked = 1000;
  virtual std::vector<Group> take_blocked() = 0;
};

}  // namespace headroom
