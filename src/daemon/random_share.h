#pragma once

#include <random>

namespace headroom {

// 0..1, for jitter. Thread-safe.
inline double random_share() {
  thread_local std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

}  // namespace headroom
