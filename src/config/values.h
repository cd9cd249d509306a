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
std::optional<std::string> parse_database_url(std::string_view text);
// https://HOST[:PORT], or http:// to a loopback address; without the slash that may stand at its end.
std::optional<std::string> parse_base_url(std::string_view text);
// 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view host);
// "127.0.0.1:80", "[::1]:80".
std::string format_host_port(const HostPort& value);

}  // namespace headroom
