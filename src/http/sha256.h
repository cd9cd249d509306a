#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace headroom::http {

using Sha256 = std::array<std::uint8_t, 32>;
// Of the parts, one behind the other. Throws std::runtime_error when OpenSSL has no SHA-256.
Sha256 sha256(std::initializer_list<std::string_view> parts);
// The same in 64 small letters and digits.
std::string sha256_hex(std::initializer_list<std::string_view> parts);

}  // namespace headroom::http
