#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// Two small digits for each byte.
std::string hex_of(std::string_view bytes);
template <std::size_t kSize>
std::string hex_of(const std::array<std::uint8_t, kSize>& bytes) {
  return hex_of(std::string(bytes.begin(), bytes.end()));
}
// The way back; nullopt: half a byte, or another character.
std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace headroom
