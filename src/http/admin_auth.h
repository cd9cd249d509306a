#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server_message.h"

namespace headroom::http {

enum class AdminRole { kViewer, kOperator };

struct AdminToken {
  std::string name;
  AdminRole role = AdminRole::kViewer;
  std::string token;  // secret; an empty one opens nothing
};

// Who may use the API. Keeps no token, only digests: they are of one length and say nothing about the token, so that
// neither the time that a comparison takes nor a dump of them helps to guess it.
class AdminAuth {
 public:
  explicit AdminAuth(const std::vector<AdminToken>& tokens);

  // The role of the request's bearer token; nullopt when it has none, more than one, or a wrong one.
  std::optional<AdminRole> role_of(const Request& request) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Entry {
    Digest digest{};
    AdminRole role = AdminRole::kViewer;
  };
  static std::optional<Digest> digest_of(std::string_view token);

  std::vector<Entry> entries_;
};

}  // namespace headroom::http
