#include "admin/cursor.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "http/sha256.h"

namespace headroom::http {
namespace {

// 8 bytes of id and 10 of check sum: 24 characters without padding.
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kBytes = 18;
constexpr std::size_t kCharacters = 24;
using Bytes = std::array<unsigned char, kBytes>;

Bytes bytes_of(const CursorScope& scope, std::int64_t before_id) {
  Bytes bytes{};
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(before_id) >> (8 * (kIdBytes - 1 - i)));
  }
  const Sha256 digest = sha256({scope.kind, "\n", scope.filters, "\n", std::to_string(before_id)});
  std::copy_n(digest.begin(), kBytes - kIdBytes, bytes.begin() + kIdBytes);
  return bytes;
}

bool is_url_safe(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string encode_cursor(const CursorScope& scope, std::int64_t before_id) {
  const Bytes bytes = bytes_of(scope, before_id);
  std::array<unsigned char, kCharacters + 1> encoded{};  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(encoded.data(), bytes.data(), static_cast<int>(bytes.size()));
  std::string text(encoded.begin(), encoded.begin() + kCharacters);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::int64_t> decode_cursor(const CursorScope& scope, std::string_view cursor) {
  if (cursor.size() != kCharacters || !std::all_of(cursor.begin(), cursor.end(), is_url_safe)) return std::nullopt;
  std::array<unsigned char, kCharacters> text{};
  std::transform(cursor.begin(), cursor.end(), text.begin(), [](char c) {
    return static_cast<unsigned char>(c == '-' ? '+' : c == '_' ? '/' : c);
  });
  Bytes bytes{};
  if (EVP_DecodeBlock(bytes.data(), text.data(), kCharacters) != static_cast<int>(kBytes)) return std::nullopt;
  std::uint64_t id = 0;
  for (std::size_t i = 0; i < kIdBytes; ++i) id = id << 8 | bytes[i];
  const auto before_id = static_cast<std::int64_t>(id);
  if (before_id <= 0 || bytes != bytes_of(scope, before_id)) return std::nullopt;
  return before_id;
}

}  // namespace headroom::http
