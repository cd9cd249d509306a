#include "admin/cursor.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "http/sha256.h"

namespace headroom::admin {
namespace {

// An id, maybe a rank, and a check sum, of so many bytes in all that their text needs no padding.
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kPlainBytes = 18;
constexpr std::size_t kRankedBytes = 27;
constexpr std::size_t characters(std::size_t bytes) { return bytes / 3 * 4; }
using Bytes = std::array<unsigned char, kRankedBytes>;

void put_number(std::int64_t number, unsigned char* to) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    to[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * (kNumberBytes - 1 - i)));
  }
}

std::int64_t number_at(const unsigned char* from) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) number = number << 8 | from[i];
  return static_cast<std::int64_t>(number);
}

std::size_t length_of(const CursorPlace& place) { return place.rank ? kRankedBytes : kPlainBytes; }

Bytes bytes_of(const CursorScope& scope, const CursorPlace& place) {
  Bytes bytes{};
  put_number(place.before_id, bytes.data());
  if (place.rank) put_number(*place.rank, bytes.data() + kNumberBytes);
  const std::string rank = place.rank ? "\n" + std::to_string(*place.rank) : "";
  const http::Sha256 digest =
      http::sha256({scope.kind, "\n", scope.filters, "\n", std::to_string(place.before_id), rank});
  const std::size_t numbers = place.rank ? 2 * kNumberBytes : kNumberBytes;
  std::copy_n(digest.begin(), length_of(place) - numbers, bytes.begin() + static_cast<std::ptrdiff_t>(numbers));
  return bytes;
}

bool is_url_safe(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string encode_cursor(const CursorScope& scope, const CursorPlace& place) {
  const Bytes bytes = bytes_of(scope, place);
  std::array<unsigned char, characters(kRankedBytes) + 1> encoded{};  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(encoded.data(), bytes.data(), static_cast<int>(length_of(place)));
  std::string text(encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(characters(length_of(place))));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<CursorPlace> decode_cursor(const CursorScope& scope, std::string_view cursor) {
  const bool ranked = cursor.size() == characters(kRankedBytes);
  if (!ranked && cursor.size() != characters(kPlainBytes)) return std::nullopt;
  if (!std::all_of(cursor.begin(), cursor.end(), is_url_safe)) return std::nullopt;
  std::array<unsigned char, characters(kRankedBytes)> text{};
  std::transform(cursor.begin(), cursor.end(), text.begin(), [](char c) {
    return static_cast<unsigned char>(c == '-' ? '+' : c == '_' ? '/' : c);
  });
  Bytes bytes{};
  const std::size_t length = ranked ? kRankedBytes : kPlainBytes;
  if (EVP_DecodeBlock(bytes.data(), text.data(), static_cast<int>(cursor.size())) != static_cast<int>(length)) {
    return std::nullopt;
  }
  CursorPlace place{number_at(bytes.data())};
  if (ranked) place.rank = number_at(bytes.data() + kNumberBytes);
  if (place.before_id <= 0 || bytes != bytes_of(scope, place)) return std::nullopt;
  return place;
}

}  // namespace headroom::admin
