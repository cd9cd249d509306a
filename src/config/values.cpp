#include "config/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "text/addresses.h"
#include "text/units.h"
#include "text/utf8.h"

namespace headroom {
namespace {

constexpr std::size_t kMaxCidrs = 1000;

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  // inet_pton stops at a NUL, and would take what stands before it for the whole.
  return text.size() < INET6_ADDRSTRLEN && text.find('\0') == text.npos &&
         ::inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_count(text);
  if (!port || text.size() > 5 || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
         });
}

// The host of HOST, HOST:PORT, [v6] or [v6]:PORT without brackets; nullopt when it is none of them.
std::optional<std::string> host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos || !is_address(AF_INET6, authority.substr(1, end - 1))) return std::nullopt;
    const auto rest = authority.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || parse_port(rest.substr(1)).value_or(0) == 0)) return std::nullopt;
    return std::string(authority.substr(1, end - 1));
  }
  const auto colon = authority.find(':');
  if (colon != std::string_view::npos && parse_port(authority.substr(colon + 1)).value_or(0) == 0) return std::nullopt;
  const auto host = authority.substr(0, colon);
  if (!is_host_name(host)) return std::nullopt;
  return std::string(host);
}

}  // namespace

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (is_address(AF_INET, host) && host.starts_with("127."));
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!is_address(AF_INET6, host)) return std::nullopt;
  } else if (host != "localhost" && !is_address(AF_INET, host)) {
    return std::nullopt;
  }
  return HostPort{std::string(host), *port};
}

std::optional<std::vector<std::string>> parse_cidrs(std::string_view text) {
  std::vector<std::string> cidrs;
  if (trim(text).empty()) return cidrs;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto item = trim(text.substr(start, end - start));
    std::string error;
    const bool is_one = !item.empty() && CidrList::parse(item, error).has_value();
    if (!is_one || cidrs.size() >= kMaxCidrs) return std::nullopt;
    cidrs.emplace_back(item);
    start = end + 1;
  }
  return cidrs;
}

namespace {

constexpr std::string_view kFileScheme = "sqlite:";
constexpr std::string_view kServerScheme = "postgresql://";

// postgresql://USER:PASSWORD@…, or a parameter that holds one. Names of parameters are plain: libpq would decode them.
bool holds_password(std::string_view uri) {
  const auto rest = uri.substr(std::min(uri.size(), kServerScheme.size()));
  const auto end_of_authority = std::min(rest.find_first_of("/?"), rest.size());
  const auto at = rest.substr(0, end_of_authority).rfind('@');
  if (at != std::string_view::npos && rest.substr(0, at).find(':') != std::string_view::npos) return true;
  std::string_view parameters = rest.substr(std::min(rest.find('?'), rest.size()));
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    const auto parameter = parameters.substr(0, parameters.find('&'));
    const auto name = parameter.substr(0, parameter.find('='));
    if (name.find("password") != std::string_view::npos || name.find('%') != std::string_view::npos) return true;
    parameters.remove_prefix(parameter.size());
  }
  return false;
}

}  // namespace

bool names_server(std::string_view url) { return url.starts_with("postgres"); }

std::string database_url_hint(std::string_view text) {
  if (!names_server(text)) return {};
  if (!text.starts_with(kServerScheme)) return "a server's URL begins with postgresql://";
  return holds_password(text) ? "a password does not belong in it, but in database.password_file (credential "
                                "database-password)"
                              : "";
}

std::optional<DatabaseUrl> parse_database_url(std::string_view text) {
  if (text.size() > 4000 || !is_plain_text(text)) return std::nullopt;
  if (text.starts_with(kServerScheme)) {
    const bool is_fine = text.size() > kServerScheme.size() && !holds_password(text);
    return is_fine ? std::optional(DatabaseUrl{{}, std::string(text)}) : std::nullopt;
  }
  if (!text.starts_with(kFileScheme)) return std::nullopt;
  const auto path = text.substr(kFileScheme.size());
  // A colon in front is SQLite's own notation (":memory:"), which would not survive a restart.
  if (path.empty() || path.front() == ':' || path.back() == '/') return std::nullopt;
  return DatabaseUrl{std::string(path), {}};
}

std::string format_database_url(const DatabaseUrl& url) {
  return url.server.empty() ? std::string(kFileScheme) + url.path : url.server;
}

std::optional<std::string> parse_base_url(std::string_view text) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  const bool secure = text.starts_with(kHttps);
  if ((!secure && !text.starts_with(kHttp)) || text.size() > 1000) return std::nullopt;
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!visible || text.find_first_of("?#\\\"<>") != std::string_view::npos) return std::nullopt;
  const auto rest = text.substr(secure ? kHttps.size() : kHttp.size());
  const auto path = std::min(rest.find('/'), rest.size());
  const auto host = host_of(rest.substr(0, path));
  if (!host || (!secure && !is_loopback(*host))) return std::nullopt;
  if (rest.find_first_not_of('/', path) != std::string_view::npos) return std::nullopt;
  return std::string(text.substr(0, text.find_last_not_of('/') + 1));
}

std::string format_host_port(const HostPort& value) {
  const bool v6 = value.host.find(':') != std::string::npos;
  return (v6 ? "[" + value.host + "]" : value.host) + ":" + std::to_string(value.port);
}

}  // namespace headroom
