#include "config/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace headroom {
namespace {

constexpr std::size_t kMaxCidrs = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> times(std::int64_t value, std::int64_t factor) {
  if (value > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return value * factor;
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// Digits and one of the units, nothing between them.
template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const auto number = parse_count(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) == unit.name) return times(*number, unit.factor);
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  // inet_pton stops at a NUL, and would take what stands before it for the whole.
  return text.size() < INET6_ADDRSTRLEN && text.find('\0') == text.npos &&
         ::inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
}

bool is_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool v4 = is_address(AF_INET, address);
  if (!v4 && !is_address(AF_INET6, address)) return false;
  if (slash == std::string_view::npos) return true;
  const auto prefix = text.substr(slash + 1);
  const auto bits = parse_count(prefix);
  return bits && prefix.size() <= 3 && *bits <= (v4 ? 32 : 128);
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

// Bytes of the UTF-8 character at the front, 0 when it is not one (overlong, surrogate, cut off).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool outside = (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : length;
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

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<DurationMs> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  static constexpr std::array<Unit, 5> kUnits{
      {{"ms", 1}, {"s", kSecondMs}, {"m", kMinuteMs}, {"h", kHourMs}, {"d", kDayMs}}};
  return parse_with_unit(text, kUnits);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  static constexpr std::array<Unit, 4> kUnits{{{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}}};
  return parse_with_unit(text, kUnits);
}

std::optional<Share> parse_percent(std::string_view text) {
  constexpr std::int64_t kPerPercent = 10000;
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto point = text.find('.');
  const auto whole = parse_count(text.substr(0, point));
  if (!whole || *whole > 100) return std::nullopt;
  std::int64_t value = *whole * kPerPercent;
  if (point != std::string_view::npos) {
    auto digits = std::string(text.substr(point + 1));
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    digits.resize(4, '0');
    const auto fraction = parse_count(digits);
    if (!fraction) return std::nullopt;
    value += *fraction;
  }
  if (value > 100 * kPerPercent) return std::nullopt;
  return Share{Share::Kind::kPartsPerMillion, value};
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
    if (!is_cidr(item) || cidrs.size() >= kMaxCidrs) return std::nullopt;
    cidrs.emplace_back(item);
    start = end + 1;
  }
  return cidrs;
}

std::optional<std::string> parse_database_url(std::string_view text) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!text.starts_with(kScheme)) return std::nullopt;
  const auto path = text.substr(kScheme.size());
  // A colon in front is SQLite's own notation (":memory:"), which would not survive a restart.
  if (path.empty() || path.front() == ':' || path.back() == '/' || path.size() > 4000 || !is_plain_text(path)) {
    return std::nullopt;
  }
  return std::string(path);
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

std::string format_duration(DurationMs value) {
  if (value == 0) return "0";
  static constexpr std::array<Unit, 4> kUnits{{{"d", kDayMs}, {"h", kHourMs}, {"m", kMinuteMs}, {"s", kSecondMs}}};
  for (const Unit& unit : kUnits) {
    if (value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  return std::to_string(value) + "ms";
}

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_length(text);
    const bool c1_control = length == 2 && lead == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (length == 0 || lead < 0x20 || lead == 0x7f || c1_control) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace headroom
