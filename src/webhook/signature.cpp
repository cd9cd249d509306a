#include "webhook/signature.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "headroom/names.h"
#include "http/sha256.h"

namespace headroom::webhook {

bool is_signed(std::string_view token, std::string_view request_time, std::string_view sign) {
  const std::string expected = http::sha256_hex({token, request_time});
  if (sign.size() != expected.size()) return false;
  std::string given(sign);
  std::transform(given.begin(), given.end(), given.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  return CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

Fingerprint fingerprint_of(const Event& event, std::string_view body) {
  constexpr std::string_view kEnd{"\0", 1};
  const std::string time = std::to_string(event.event_time.value_or(0));
  const http::Sha256 digest = http::sha256({name_of(event.command), kEnd, event.group_id, kEnd, time, kEnd, body});
  Fingerprint fingerprint{};
  std::copy_n(digest.begin(), fingerprint.size(), fingerprint.begin());
  return fingerprint;
}

}  // namespace headroom::webhook
