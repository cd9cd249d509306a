#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headroom::doctor {

struct Url {
  std::string base;   // "https://host:8443"
  std::string host;   // an IPv6 address without its brackets
  std::string path;   // "/path", at least the slash
  std::string query;  // without the question mark
  bool secure = false;
};

// http:// or https://, a host, and what may follow; no user, no fragment, no white space. nullopt: it is none.
std::optional<Url> parse_url(std::string_view text);

}  // namespace headroom::doctor
