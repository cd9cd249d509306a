#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "headroom/storage_error.h"

namespace headroom::postgres {

// How often a whole transaction is tried that another was in the way of.
inline constexpr int kTries = 6;

// Somewhere between nothing and a limit that doubles with each try: two that met do not meet again.
std::chrono::milliseconds pause_before(int attempt);
void sleep_for(std::chrono::milliseconds pause);

// `call` is a whole transaction, which its failure has undone.
template <typename Call>
auto tried_again(Call&& call, const std::function<void(std::chrono::milliseconds)>& pause = sleep_for) {
  for (int attempt = 1;; ++attempt) {
    try {
      return std::forward<Call>(call)();
    } catch (const StorageError& error) {
      if (error.kind() != StorageError::Kind::kConflict || attempt == kTries) throw;
    }
    pause(pause_before(attempt));
  }
}

}  // namespace headroom::postgres
