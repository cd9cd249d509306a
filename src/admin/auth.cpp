#include "admin/auth.h"

#include <openssl/crypto.h>

#include <utility>

namespace headroom::admin {
namespace {

constexpr std::string_view kScheme = "bearer";

// The credentials of "Bearer TOKEN"; the scheme's case does not matter [RFC 9110, 11.1].
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  if (authorization.size() <= kScheme.size() || authorization[kScheme.size()] != ' ') return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if ((authorization[i] | 0x20) != kScheme[i]) return std::nullopt;
  }
  const std::size_t start = authorization.find_first_not_of(' ', kScheme.size());
  if (start == std::string_view::npos) return std::nullopt;
  return authorization.substr(start);
}

}  // namespace

void AdminAuth::set(const std::vector<AdminToken>& tokens) {
  std::vector<Entry> entries;
  for (const AdminToken& token : tokens) {
    if (token.token.empty()) continue;
    entries.push_back({http::sha256({token.token}), {token.name, token.role}});
  }
  const std::lock_guard lock(mutex_);
  entries_ = std::move(entries);
}

std::optional<AdminAuth::Identity> AdminAuth::identify(const Request& request) const {
  const auto headers = request.header_values("authorization");
  if (headers.size() != 1) return std::nullopt;
  const auto token = bearer_token(headers.front());
  if (!token) return std::nullopt;
  const http::Sha256 digest = http::sha256({*token});
  const std::lock_guard lock(mutex_);
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {  // all of them: the time must not say which one was close
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) found = &entry;
  }
  return found == nullptr ? std::nullopt : std::optional(found->identity);
}

}  // namespace headroom::admin
