#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/units.h"
#include "text/utf8.h"

// The kinds of values in the configuration that have no home in src/text. Each returns nullopt for what is not of its
// kind; ranges are the key's.
namespace headroom {

struct HostPort {
  std::string host;  // IPv4, IPv6 without brackets, or `localhost`
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

std::optional<bool> parse_bool(std::string_view text);                       // true false
std::optional<HostPort> parse_host_port(std::string_view text);              // HOST:PORT [v6]:PORT
std::optional<std::vector<std::string>> parse_cidrs(std::string_view text);  // comma separated; empty: none

// `sqlite:PATH`: the path.
// A file, or a server: one of the two is empty.
struct DatabaseUrl {
  std::string path;
  std::string server;  // libpq's URI
  bool operator==(const DatabaseUrl&) const = default;
};
std::optional<DatabaseUrl> parse_database_url(std::string_view text);
std::string format_database_url(const DatabaseUrl& url);
// What looks like a server's URI. Such a text may hold a password, and is not shown unless it is one that is allowed.
bool names_server(std::string_view url);
// What to do about one that is not allowed; shows nothing of it.
std::string database_url_hint(std::string_view text);
// https://HOST[:PORT], or http:// to a loopback address; without the slash that may stand at its end.
std::optional<std::string> parse_base_url(std::string_view text);
// 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view host);
// "127.0.0.1:80", "[::1]:80".
std::string format_host_port(const HostPort& value);

}  // namespace headroom
