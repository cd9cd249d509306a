#include "doctor/url.h"

#include <algorithm>

namespace headroom::doctor {
namespace {

constexpr std::size_t kMostBytes = 2000;

bool is_visible(char c) { return c > ' ' && c < 0x7f && c != '#' && c != '\\' && c != '"'; }

// "host", "host:8443", "[::1]:8443": the host, or empty.
std::string host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? "" : std::string(authority.substr(1, end - 1));
  }
  return std::string(authority.substr(0, authority.find(':')));
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.secure = text.starts_with("https://");
  if (!url.secure && !text.starts_with("http://")) return std::nullopt;
  if (text.size() > kMostBytes || !std::ranges::all_of(text, is_visible)) return std::nullopt;
  const auto start = text.find("://") + 3;
  const auto end = std::min(text.find_first_of("/?", start), text.size());
  const auto authority = text.substr(start, end - start);
  url.host = host_of(authority);
  if (url.host.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
  url.base = text.substr(0, end);
  const auto question = std::min(text.find('?', end), text.size());
  url.path = text.substr(end, question - end);
  if (url.path.empty()) url.path = "/";
  if (question < text.size()) url.query = text.substr(question + 1);
  return url;
}

}  // namespace headroom::doctor
