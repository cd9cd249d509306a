#pragma once

#include <array>
#include <cstdint>
#include <random>

namespace headroom {

// 0..1, for jitter. Thread-safe.
inline double random_share() {
  thread_local std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

// 128 bits for a name that nobody else has.
inline std::array<std::uint8_t, 16> random_bits() {
  thread_local std::random_device random;
  std::array<std::uint8_t, 16> bits{};
  for (auto& byte : bits) byte = static_cast<std::uint8_t>(random());
  return bits;
}

}  // namespace headroom
