#pragma once

#include <mutex>
#include <set>
#include <string>

#include "headroom/reason.h"
#include "headroom/storage.h"

namespace headroom {

// The reason of a pause that is not kept: without a store nothing can be planned or removed.
inline constexpr const char* kStorageFailing = "storage_failing";

// Whether the scheduler is paused: by an operator, by the daemon itself, or both. Kept in the database, so that it
// survives a restart; this object shows what is on disk.
class PauseSwitch {
 public:
  struct State {
    std::string operator_reason;  // empty: not paused by an operator
    Reason own_reason;            // kNone: not paused by itself
    std::string own_group;        // whose run met the cause: asked again to see whether it is gone

    void take_own(const State& other) {
      own_reason = other.own_reason;
      own_group = other.own_group;
    }
    bool has_own_of(const State& other) const { return own_reason == other.own_reason && own_group == other.own_group; }
    bool paused() const { return !operator_reason.empty() || !own_reason.empty(); }
    // For people: the operator's words, or the word of its own reason.
    std::string reason() const { return operator_reason.empty() ? name_of(own_reason) : operator_reason; }
  };

  static std::set<PauseCause> causes_of(const State& state);
  static State read(ReadView& view);
  static void write(Transaction& storage, const State& state);

  State state() const;
  // After what it shows has been committed.
  void show(State state);

 private:
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace headroom
