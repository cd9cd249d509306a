#include "chat/user_sig.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "chat/json_fields.h"

namespace headroom {
namespace {

constexpr std::size_t kMaxTextBytes = 8192;       // of a UserSig as it stands in a URL
constexpr std::size_t kMaxInflatedBytes = 16384;  // a real one has under 400

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string base64(std::string_view text) {
  if (text.size() > kMaxInflatedBytes) throw std::runtime_error("UserSig: too long");
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
  const int length = EVP_EncodeBlock(bytes(encoded), bytes(text), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

std::optional<std::string> unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string decoded(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(bytes(decoded), bytes(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  // EVP_DecodeBlock counts the zeros that stand for padding.
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  decoded.resize(static_cast<std::size_t>(length) - padding);
  return decoded;
}

std::string deflate(std::string_view text) {
  uLongf length = compressBound(static_cast<uLong>(text.size()));
  std::string compressed(length, '\0');
  if (compress(bytes(compressed), &length, bytes(text), static_cast<uLong>(text.size())) != Z_OK) {
    throw std::runtime_error("UserSig: zlib failed");
  }
  compressed.resize(length);
  return compressed;
}

std::optional<std::string> inflate(std::string_view compressed) {
  std::string text(kMaxInflatedBytes, '\0');
  uLongf length = static_cast<uLongf>(text.size());
  if (uncompress(bytes(text), &length, bytes(compressed), static_cast<uLong>(compressed.size())) != Z_OK) {
    return std::nullopt;
  }
  text.resize(length);
  return text;
}

// The alphabet that stands in URLs, and back.
std::string escape(std::string text) {
  for (char& c : text) c = c == '+' ? '*' : c == '/' ? '-' : c == '=' ? '_' : c;
  return text;
}
std::optional<std::string> unescape(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  for (char& c : plain) c = c == '*' ? '+' : c == '-' ? '/' : c == '_' ? '=' : c;
  return plain;
}

}  // namespace

std::string hmac_sig(std::string_view identifier, std::uint64_t sdk_app_id, std::int64_t time_s, std::int64_t expire_s,
                     std::string_view secret_key) {
  if (secret_key.size() > std::numeric_limits<int>::max()) throw std::runtime_error("UserSig: key too long");
  std::string text = "TLS.identifier:" + std::string(identifier) + "\n";
  text += "TLS.sdkappid:" + std::to_string(sdk_app_id) + "\n";
  text += "TLS.time:" + std::to_string(time_s) + "\n";
  text += "TLS.expire:" + std::to_string(expire_s) + "\n";
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), secret_key.data(), static_cast<int>(secret_key.size()), bytes(std::string_view(text)),
           text.size(), bytes(digest), &length) == nullptr) {
    throw std::runtime_error("UserSig: HMAC failed");
  }
  digest.resize(length);
  return base64(digest);
}

std::string sign_user_sig(std::uint64_t sdk_app_id, std::string_view identifier, std::string_view secret_key,
                          std::int64_t now_s, std::int64_t expire_s) {
  const std::string sig = hmac_sig(identifier, sdk_app_id, now_s, expire_s, secret_key);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("TLS.ver");
  writer.String("2.0");
  writer.Key("TLS.identifier");
  writer.String(identifier.data(), static_cast<rapidjson::SizeType>(identifier.size()));
  writer.Key("TLS.sdkappid");
  writer.Uint64(sdk_app_id);
  writer.Key("TLS.expire");
  writer.Int64(expire_s);
  writer.Key("TLS.time");
  writer.Int64(now_s);
  writer.Key("TLS.sig");
  writer.String(sig);
  writer.EndObject();
  return escape(base64(deflate({buffer.GetString(), buffer.GetSize()})));
}

std::optional<UserSig> decode_user_sig(std::string_view text) {
  if (text.size() > kMaxTextBytes) return std::nullopt;
  const std::optional<std::string> plain = unescape(text);
  if (!plain) return std::nullopt;
  const std::optional<std::string> compressed = unbase64(*plain);
  if (!compressed) return std::nullopt;
  const std::optional<std::string> json = inflate(*compressed);
  if (!json) return std::nullopt;

  rapidjson::Document document;
  if (!parse_json_object(*json, document)) return std::nullopt;
  const std::optional<std::string> version = string_field(document, "TLS.ver");
  const std::optional<std::string> identifier = string_field(document, "TLS.identifier");
  const std::optional<std::uint64_t> sdk_app_id = unsigned_field(document, "TLS.sdkappid");
  const std::optional<std::int64_t> time_s = integer_field(document, "TLS.time");
  const std::optional<std::int64_t> expire_s = integer_field(document, "TLS.expire");
  const std::optional<std::string> sig = string_field(document, "TLS.sig");
  if (version != "2.0" || !identifier || !sdk_app_id || !time_s || !expire_s || !sig) return std::nullopt;
  return UserSig{*identifier, *sdk_app_id, *time_s, *expire_s, *sig};
}

bool is_signed_with(const UserSig& user_sig, std::string_view secret_key) {
  const std::string expected =
      hmac_sig(user_sig.identifier, user_sig.sdk_app_id, user_sig.time_s, user_sig.expire_s, secret_key);
  return expected.size() == user_sig.sig.size() &&
         CRYPTO_memcmp(expected.data(), user_sig.sig.data(), expected.size()) == 0;
}

}  // namespace headroom
