#include "http/sha256.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "text/hex.h"

namespace headroom::http {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};

}  // namespace

Sha256 sha256(std::initializer_list<std::string_view> parts) {
  // Kept: with EVP_sha256() OpenSSL 3 searches its providers for each digest, which takes longer than a short digest.
  thread_local const std::unique_ptr<EVP_MD, Free> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  Sha256 digest{};
  bool good = algorithm && context && EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1;
  for (const std::string_view part : parts) {
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return digest;
}

std::string sha256_hex(std::initializer_list<std::string_view> parts) { return hex_of(sha256(parts)); }

}  // namespace headroom::http
