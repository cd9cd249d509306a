#include "admin/etag.h"

#include <string>
#include <string_view>
#include <utility>

#include "http/sha256.h"

namespace headroom::admin {
namespace {

constexpr std::size_t kTagDigits = 32;

// Whether one of the tags of "a list, W/"of" "tags"" is that one; weak ones compare alike here. What is no list names
// nothing more.
bool names(std::string_view list, std::string_view tag) {
  if (list == "*") return true;
  for (;;) {
    const std::size_t start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    list.remove_prefix(start);
    if (list.substr(0, 3) == "W/\"") list.remove_prefix(2);
    const std::size_t end = list.front() == '"' ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == tag) return true;
    list.remove_prefix(end + 1);
  }
}

}  // namespace

Response tagged(const Fields& request_headers, Response response) {
  if (response.status != 200) return response;
  const std::string tag = '"' + http::sha256_hex({response.body}).substr(0, kTagDigits) + '"';
  for (auto& [name, value] : response.headers) {
    if (name == "Cache-Control") value = "private, no-cache";  // kept by who asked, and asked about each time
  }
  response.headers.emplace_back("ETag", tag);
  for (const auto& [name, value] : request_headers) {
    if (name != "if-none-match" || !names(value, tag)) continue;
    response.status = 304;
    response.body.clear();
    response.content_type.clear();
    break;
  }
  return response;
}

}  // namespace headroom::admin
