#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatsim {

struct HttpRequest {
  std::string method;
  std::string path;                                         // as sent, without the query
  std::string target;                                       // as sent, with the query
  std::vector<std::pair<std::string, std::string>> query;   // decoded, in order, doubles kept
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case; doubled ones joined by ", "
  std::string body;
  bool keep_alive = true;

  // nullopt when it is absent or stands there more than once.
  std::optional<std::string> query_value(std::string_view name) const;
};

// What goes wrong on the wire while a response is written.
enum class WireFault { kNone, kReset, kTruncatedBody };

struct HttpResponse {
  int status = 200;
  std::string body;
  std::string content_type;  // empty: no such header, as in Chat's samples
  std::int64_t date_skew_ms = 0;
  WireFault fault = WireFault::kNone;
};

enum class HeadError { kNone, kMalformed, kLengthUnknown, kTooLarge };

// Parses a head without its empty last line. `body_size` is what Content-Length says (0 without one).
struct ParsedHead {
  HttpRequest request;
  std::size_t body_size = 0;
  bool expects_continue = false;
  HeadError error = HeadError::kNone;
};
ParsedHead parse_head(std::string_view head, std::size_t max_body);

// `now_ms` is for the Date header.
std::string write_head(const HttpResponse& response, std::int64_t now_ms, bool keep_alive);

}  // namespace chatsim
