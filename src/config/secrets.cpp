#include "config/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "config/values.h"

namespace headroom {
namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;
constexpr std::size_t kMaxWebhookTokens = 2;  // the present one, and the next or the last
constexpr std::size_t kMaxTokens = 1000;
constexpr std::size_t kMaxTokenName = 64;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

std::string_view strip(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\v\f");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n\v\f") - first + 1);
}

// The rest of the file, or an errno; EFBIG when there is more than a secret may have.
int read_all(int fd, std::string& text) {
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return 0;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > kMaxSecretBytes) return EFBIG;
  }
}

constexpr char kQuoted[] = "stands in quotes, which are part of it";

bool is_quoted(std::string_view text) {
  return text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

// What an Authorization header can carry: visible ASCII.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_token_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxTokenName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@';
  });
}

// The error of the line, or an empty string.
std::string parse_line(std::string_view line, std::vector<AdminToken>& tokens) {
  const auto first = line.find(':');
  const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos) return "is not name:role:token";
  AdminToken token;
  token.name = line.substr(0, first);
  const auto role = line.substr(first + 1, second - first - 1);
  const auto value = line.substr(second + 1);
  if (!is_token_name(token.name)) return "has a name that is not 1 to 64 letters, digits, '.', '_', '-' or '@'";
  if (role != "viewer" && role != "operator") return "has a role that is neither viewer nor operator";
  if (!is_token(value)) return "has a token that is empty or not visible ASCII";
  token.role = role == "operator" ? AdminRole::kOperator : AdminRole::kViewer;
  token.token = Secret(std::string(value));
  for (const AdminToken& other : tokens) {
    if (other.name == token.name) return "repeats the name " + token.name;
    if (other.token == token.token) return "repeats the token of " + other.name;
  }
  tokens.push_back(std::move(token));
  return {};
}

}  // namespace

SecretFile read_secret_file(const std::string& path) {
  SecretFile result;
  // Without O_NONBLOCK a FIFO would hang the start.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    result.hidden = errno == EACCES || errno == EPERM;
    result.error = std::string("can not be read: ") + std::strerror(errno);
    return result;
  }
  if (!S_ISREG(status.st_mode)) {
    result.error = "is not a regular file";
    return result;
  }
  std::string text;
  if (const int error = read_all(file.get(), text); error != 0) {
    result.error = error == EFBIG ? "is larger than 64 KiB" : std::string("can not be read: ") + std::strerror(error);
    return result;
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  text.erase(text.find_last_not_of(" \t\r\n\v\f") + 1);
  if (text.empty()) {
    result.error = "is empty";
  } else if (text.find('\0') != std::string::npos) {
    result.error = "contains a NUL byte";
  } else {
    result.secret = Secret(text);
  }
  if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0) result.warning = "can be read by group or others";
  if (is_quoted(text)) result.warning += std::string(result.warning.empty() ? "" : ", and ") + kQuoted;
  return result;
}

std::string find_secret_file(const std::vector<std::string>& paths) {
  std::string unknown;
  for (const std::string& path : paths) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return path;
    if (errno != ENOENT && unknown.empty()) unknown = path;
  }
  return unknown;
}

WebhookTokens parse_webhook_tokens(const Secret& text) {
  WebhookTokens result;
  const std::string_view all = text.expose();
  for (std::size_t start = 0; start <= all.size();) {
    const auto end = std::min(all.find('\n', start), all.size());
    const auto line = strip(all.substr(start, end - start));
    start = end + 1;
    if (line.empty()) continue;
    if (!is_plain_text(line)) return {{}, "contains a control character, or is no UTF-8"};
    const Secret token{std::string(line)};
    if (std::find(result.tokens.begin(), result.tokens.end(), token) != result.tokens.end()) continue;
    if (result.tokens.size() == kMaxWebhookTokens)
      return {{}, "has more than two lines: the present token and the next"};
    result.tokens.push_back(token);
  }
  if (result.tokens.empty()) result.error = "has no token in it";
  return result;
}

AdminTokens parse_admin_tokens(const Secret& text) {
  AdminTokens result;
  const std::string_view all = text.expose();
  const auto whole = strip(all);
  if (whole.find('\n') == std::string_view::npos && whole.find(':') == std::string_view::npos) {
    if (is_token(whole)) {
      result.tokens.push_back({"default", AdminRole::kOperator, Secret(std::string(whole))});
    } else {
      result.errors.push_back({std::nullopt, "the token is not visible ASCII"});
    }
    return result;
  }
  std::size_t number = 0;
  for (std::size_t start = 0; start <= all.size();) {
    const auto end = std::min(all.find('\n', start), all.size());
    const auto line = strip(all.substr(start, end - start));
    start = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string error = result.tokens.size() < kMaxTokens ? parse_line(line, result.tokens)
                                                                : "is one more than the 1000 that are allowed";
    if (!error.empty()) result.errors.push_back({number, error});
    if (result.tokens.size() >= kMaxTokens && !error.empty()) break;
  }
  if (result.tokens.empty() && result.errors.empty()) result.errors.push_back({std::nullopt, "no token in it"});
  return result;
}

}  // namespace headroom
