#include "chat/user_sig.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>

#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// A UserSig. The first byte of the input says what the rest is: `J` the JSON inside one, `Z` its compressed bytes,
// anything else the text as it stands in a URL.
namespace headroom {
namespace {

constexpr std::size_t kMaxTextBytes = 8192;
constexpr std::size_t kMaxInflatedBytes = 16384;

std::string packed(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  for (char& c : text) c = c == '+' ? '*' : c == '/' ? '-' : c == '=' ? '_' : c;
  return text;
}

std::string compressed(std::string_view json) {
  uLongf length = compressBound(json.size());
  std::string bytes(length, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(bytes.data()), &length, reinterpret_cast<const Bytef*>(json.data()),
                   json.size()) == Z_OK);
  bytes.resize(length);
  return bytes;
}

std::string as_in_url(std::string_view input) {
  const char kind = input.empty() ? ' ' : input.front();
  input.remove_prefix(input.empty() ? 0 : 1);
  if (kind == 'J') return packed(compressed(input));
  return kind == 'Z' ? packed(input) : std::string(input);
}

// What was read can be signed, and that says the same.
void require_signed_again(const UserSig& read) {
  constexpr std::string_view kKey = "a key";
  if (read.identifier.size() > 512) return;  // signed, it could be longer than what is decoded
  const std::string text = sign_user_sig(read.sdk_app_id, read.identifier, kKey, read.time_s, read.expire_s);
  REQUIRE(text.find_first_of("+/=") == text.npos);
  const auto again = decode_user_sig(text);
  REQUIRE(again && again->identifier == read.identifier && again->sdk_app_id == read.sdk_app_id);
  REQUIRE(again->time_s == read.time_s && again->expire_s == read.expire_s);
  REQUIRE(is_signed_with(*again, kKey) && !is_signed_with(*again, "another key"));
  REQUIRE(is_signed_with(read, kKey) == (read.sig == again->sig));
}

}  // namespace
}  // namespace headroom

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  const std::string text = as_in_url(text_of(data, size));
  const auto read = decode_user_sig(text);
  if (!read) return 0;
  REQUIRE(text.size() <= kMaxTextBytes);
  REQUIRE(std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' || c == '-' ||
           c == '_';
  }));
  REQUIRE(read->identifier.size() + read->sig.size() <= kMaxInflatedBytes);
  require_signed_again(*read);
  return 0;
}
