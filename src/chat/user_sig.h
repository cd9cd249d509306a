#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// UserSig, the credential of every REST call: TLS sig API v2, HMAC-SHA256 [34385].
namespace headroom {

struct UserSig {
  std::string identifier;
  std::uint64_t sdk_app_id = 0;
  std::int64_t time_s = 0;    // when it was signed, Unix seconds
  std::int64_t expire_s = 0;  // for how long it is valid
  std::string sig;            // what hmac_sig gives for the rest
};

// The key is used as it stands, never hex-decoded. Throws std::runtime_error when a library fails.
std::string hmac_sig(std::string_view identifier, std::uint64_t sdk_app_id, std::int64_t time_s, std::int64_t expire_s,
                     std::string_view secret_key);
std::string sign_user_sig(std::uint64_t sdk_app_id, std::string_view identifier, std::string_view secret_key,
                          std::int64_t now_s, std::int64_t expire_s);

// nullopt for what is no UserSig. Says nothing about who signed it, or when it expires.
std::optional<UserSig> decode_user_sig(std::string_view text);
// Whether its HMAC was made with this key; takes the same time for every wrong one.
bool is_signed_with(const UserSig& user_sig, std::string_view secret_key);

}  // namespace headroom
