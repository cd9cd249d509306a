#include "http/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace headroom::http {

Sha256 sha256(std::string_view text) {
  Sha256 digest{};
  unsigned length = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  if (done != 1 || length != digest.size()) throw std::runtime_error("SHA-256 is not available");
  return digest;
}

std::string sha256_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : sha256(text)) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace headroom::http
