#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/policy.h"
#include "headroom/types.h"

// The kinds of values in the configuration. Each returns nullopt for what is not of its kind; ranges are the key's.
namespace headroom {

struct HostPort {
  std::string host;  // IPv4, IPv6 without brackets, or `localhost`
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

std::optional<bool> parse_bool(std::string_view text);                       // true false
std::optional<std::int64_t> parse_count(std::string_view text);              // decimal digits
std::optional<DurationMs> parse_duration(std::string_view text);             // 500ms 30s 10m 2h 7d, and 0
std::optional<std::int64_t> parse_size(std::string_view text);               // bytes: 4096 64KiB 1MiB
std::optional<Share> parse_percent(std::string_view text);                   // 5% 0.5%, to four digits, up to 100%
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
// The shortest exact way to write it: "90m", "1500ms".
std::string format_duration(DurationMs value);

// Valid UTF-8 without control characters.
bool is_plain_text(std::string_view text);

}  // namespace headroom
