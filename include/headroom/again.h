#pragma once

#include <utility>

#include "headroom/storage_error.h"

namespace headroom {

// How often a whole transaction is tried that another was in the way of.
inline constexpr int kTries = 6;

// `call` is a whole transaction, which its failure has undone. `pause` waits before the next try, and is told how many
// there were.
template <typename Call, typename Pause>
auto tried_again(Call&& call, const Pause& pause) {
  for (int attempt = 1;; ++attempt) {
    try {
      return std::forward<Call>(call)();
    } catch (const StorageError& error) {
      if (error.kind() != StorageError::Kind::kConflict || attempt == kTries) throw;
    }
    pause(attempt);
  }
}

}  // namespace headroom
