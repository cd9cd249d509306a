#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headroom/audit.h"

namespace headroom {

// Text that must not reach a log, an error or a metric. It can not be streamed or formatted; only expose() shows it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& expose() const { return text_; }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

// A file with a secret: at most 64 KiB, a byte order mark and white space at the end stripped. `error` is empty when it
// could be read; `warning` is empty unless group or others may read the file. Both are to follow the file's name, and
// show nothing of its content.
struct SecretFile {
  std::optional<Secret> secret;
  std::string error;
  std::string warning;
  bool hidden = false;  // the error is that this process may not read it
};
SecretFile read_secret_file(const std::string& path);

// The first of these files that is there, and otherwise the first of which it can not be told; empty: there is none.
std::string find_secret_file(const std::vector<std::string>& paths);

// What webhooks are signed with: one token, or two lines while the console's is being changed. Empty lines are skipped.
// `error` is empty when it could be read, and shows no token.
struct WebhookTokens {
  std::vector<Secret> tokens;
  std::string error;
};
WebhookTokens parse_webhook_tokens(const Secret& text);

struct AdminToken {
  std::string name;
  AdminRole role = AdminRole::kViewer;
  Secret token;
  bool operator==(const AdminToken&) const = default;
};

// One bare token (name `default`, role operator), or lines `name:role:token`; empty lines and lines that start with #
// are skipped. `errors` show names, never tokens.
struct AdminTokens {
  struct Error {
    std::optional<std::size_t> line;  // absent: of the whole
    std::string what;
  };
  std::vector<AdminToken> tokens;
  std::vector<Error> errors;
};
AdminTokens parse_admin_tokens(const Secret& text);

}  // namespace headroom
