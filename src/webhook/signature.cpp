#include "webhook/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <stdexcept>

#include "headroom/names.h"

namespace headroom::http {

namespace {

using Digest = std::array<unsigned char, 32>;

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

Digest sha256(std::initializer_list<std::string_view> parts) {
  // Kept: with EVP_sha256() OpenSSL 3 searches its providers for each digest, which takes longer than a short digest.
  thread_local const std::unique_ptr<EVP_MD, Free> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  Digest digest{};
  bool good = algorithm && context && EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1;
  for (const std::string_view part : parts) {
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return digest;
}

std::string hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

}  // namespace

bool is_signed(std::string_view token, std::string_view request_time, std::string_view sign) {
  const std::string expected = hex(sha256({token, request_time}));
  if (sign.size() != expected.size()) return false;
  std::string given(sign);
  std::transform(given.begin(), given.end(), given.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  return CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
}

Fingerprint fingerprint_of(const Event& event, std::string_view body) {
  constexpr std::string_view kEnd{"\0", 1};
  const std::string time = std::to_string(event.event_time.value_or(0));
  const Digest digest = sha256({name_of(event.command), kEnd, event.group_id, kEnd, time, kEnd, body});
  Fingerprint fingerprint{};
  std::copy_n(digest.begin(), fingerprint.size(), fingerprint.begin());
  return fingerprint;
}

}  // namespace headroom::http
