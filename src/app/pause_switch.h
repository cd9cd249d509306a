#pragma once

#include <mutex>
#include <string>

#include "headroom/storage.h"

namespace headroom {

// Whether the scheduler is paused: by an operator, by the daemon itself, or both. Kept in the database, so that it
// survives a restart; this object shows what is on disk.
class PauseSwitch {
 public:
  struct State {
    std::string operator_reason;  // empty: not paused by an operator
    std::string own_reason;       // empty: not paused by itself
    std::string own_group;        // whose run met the cause: asked again to see whether it is gone

    bool paused() const { return !operator_reason.empty() || !own_reason.empty(); }
    const std::string& reason() const { return operator_reason.empty() ? own_reason : operator_reason; }
  };

  static State read(ReadView& view);
  static void write(Storage& storage, const State& state);

  State state() const;
  // After what it shows has been committed.
  void show(State state);

 private:
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace headroom
