#pragma once

#include <array>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "headroom/storage.h"

namespace headroom {

// Why a scheduler stands still, as a closed set: for the metrics.
enum class PauseCause { kOperator, kCredentialsRejected, kOperatorNeeded, kClockSkew, kStorageFailing };
inline constexpr std::array kPauseCauses{PauseCause::kOperator, PauseCause::kCredentialsRejected,
                                         PauseCause::kOperatorNeeded, PauseCause::kClockSkew,
                                         PauseCause::kStorageFailing};
std::string_view name_of(PauseCause value);

// The reason of a pause that is not kept: without a store nothing can be planned or removed.
inline constexpr const char* kStorageFailing = "storage_failing";

// Whether the scheduler is paused: by an operator, by the daemon itself, or both. Kept in the database, so that it
// survives a restart; this object shows what is on disk.
class PauseSwitch {
 public:
  struct State {
    std::string operator_reason;  // empty: not paused by an operator
    std::string own_reason;       // empty: not paused by itself
    std::string own_group;        // whose run met the cause: asked again to see whether it is gone

    void take_own(const State& other) {
      own_reason = other.own_reason;
      own_group = other.own_group;
    }
    bool paused() const { return !operator_reason.empty() || !own_reason.empty(); }
    const std::string& reason() const { return operator_reason.empty() ? own_reason : operator_reason; }
  };

  static std::set<PauseCause> causes_of(const State& state);
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
