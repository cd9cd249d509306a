#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace chatsim {

// Unix time in milliseconds; called from many threads.
using Clock = std::function<std::int64_t()>;

inline Clock real_clock() {
  return [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
}

}  // namespace chatsim
