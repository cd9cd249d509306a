#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http_names.h"
#include "headroom/audit.h"
#include "http/sha256.h"

namespace headroom::admin {

struct AdminToken {
  std::string name;
  AdminRole role = AdminRole::kViewer;
  std::string token;  // secret; an empty one opens nothing
};

// Who may use the API. Keeps no token, only digests: they are of one length and say nothing about the token, so that
// neither the time that a comparison takes nor a dump of them helps to guess it. Thread-safe.
class AdminAuth {
 public:
  explicit AdminAuth(const std::vector<AdminToken>& tokens) { set(tokens); }
  // In place of all others.
  void set(const std::vector<AdminToken>& tokens);

  struct Identity {
    std::string name;
    AdminRole role = AdminRole::kViewer;
    bool operator==(const Identity&) const = default;
  };
  // Whose the request's bearer token is; nullopt when it has none, more than one, or a wrong one.
  std::optional<Identity> identify(const Request& request) const;

 private:
  struct Entry {
    http::Sha256 digest{};
    Identity identity;
  };

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // guarded by mutex_
};

}  // namespace headroom::admin
