#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace headroom::http {

using Sha256 = std::array<std::uint8_t, 32>;
// Throws std::runtime_error when OpenSSL has no SHA-256.
Sha256 sha256(std::string_view text);
std::string sha256_hex(std::string_view text);

}  // namespace headroom::http
