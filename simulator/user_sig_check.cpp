#include "simulator/user_sig_check.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rapidjson/document.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace chatsim {
namespace {

constexpr std::size_t kMaxText = 4096;

bool is_sig_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '*' || c == '-' || c == '_';
}

// Base64 with `*-_` in place of `+/=`; the standard characters do not belong into a UserSig.
std::optional<std::vector<unsigned char>> decode(std::string_view text) {
  if (text.empty() || text.size() > kMaxText || text.size() % 4 != 0 ||
      !std::all_of(text.begin(), text.end(), is_sig_char)) {
    return std::nullopt;
  }
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '*', '+');
  std::replace(standard.begin(), standard.end(), '-', '/');
  std::replace(standard.begin(), standard.end(), '_', '=');
  std::vector<unsigned char> bytes(standard.size() / 4 * 3);
  const int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(standard.data()),
                                   static_cast<int>(standard.size()));
  if (size < 0) return std::nullopt;
  const auto padding = std::count(standard.begin(), standard.end(), '=');
  if (padding > 2) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size - padding));
  return bytes;
}

std::optional<std::string> inflate_text(const std::vector<unsigned char>& bytes) {
  std::string text(kMaxText, '\0');
  uLongf size = kMaxText;
  uLong used = static_cast<uLong>(bytes.size());
  const int result = uncompress2(reinterpret_cast<Bytef*>(text.data()), &size, bytes.data(), &used);
  if (result != Z_OK || used != bytes.size()) return std::nullopt;
  text.resize(size);
  return text;
}

struct Claims {
  std::string identifier;
  std::string sig;
  std::uint64_t sdk_app_id = 0;
  std::int64_t time_s = 0;
  std::int64_t expire_s = 0;
};

std::optional<Claims> parse(const std::string& text) {
  rapidjson::Document json;
  json.Parse(text.data(), text.size());
  if (json.HasParseError() || !json.IsObject()) return std::nullopt;
  const rapidjson::Value& object = json;
  const auto string_at = [&](const char* name) -> std::optional<std::string> {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsString()) return std::nullopt;
    return std::string(found->value.GetString(), found->value.GetStringLength());
  };
  const auto number_at = [&](const char* name) -> std::optional<std::int64_t> {
    const auto found = object.FindMember(name);
    if (found == object.MemberEnd() || !found->value.IsInt64() || found->value.GetInt64() < 0) return std::nullopt;
    return found->value.GetInt64();
  };
  const auto identifier = string_at("TLS.identifier");
  const auto sig = string_at("TLS.sig");
  const auto app = number_at("TLS.sdkappid");
  const auto time = number_at("TLS.time");
  const auto expire = number_at("TLS.expire");
  if (string_at("TLS.ver") != "2.0" || !identifier || !sig || !app || !time || !expire) return std::nullopt;
  return Claims{*identifier, *sig, static_cast<std::uint64_t>(*app), *time, *expire};
}

std::string sign(const Claims& claims, const std::string& key) {
  const std::string text =
      "TLS.identifier:" + claims.identifier + "\nTLS.sdkappid:" + std::to_string(claims.sdk_app_id) +
      "\nTLS.time:" + std::to_string(claims.time_s) + "\nTLS.expire:" + std::to_string(claims.expire_s) + "\n";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)};
}

}  // namespace

int check_user_sig(std::string_view user_sig, const ExpectedSignature& expected) {
  const auto bytes = decode(user_sig);
  const auto text = bytes ? inflate_text(*bytes) : std::nullopt;
  const auto claims = text ? parse(*text) : std::nullopt;
  if (!claims || claims->expire_s > std::numeric_limits<std::int64_t>::max() - claims->time_s) return 70003;
  if (claims->identifier != expected.identifier) return 70013;
  if (claims->sdk_app_id != expected.sdk_app_id) return 70014;
  if (expected.now_s > claims->time_s + claims->expire_s) return 70001;
  const std::string right = sign(*claims, expected.key);
  const bool same =
      right.size() == claims->sig.size() && CRYPTO_memcmp(right.data(), claims->sig.data(), right.size()) == 0;
  return same ? 0 : 70009;
}

}  // namespace chatsim
