#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom::http {

using Fields = std::vector<std::pair<std::string, std::string>>;
using SteadyTime = std::chrono::steady_clock::time_point;

// A request whose framing was found good. Handlers need no Content-Type: Chat shows none in its samples [34354].
struct Request {
  std::string method;
  std::string path;  // as sent: still percent-encoded, without the query
  Fields query;      // decoded, in order, duplicates kept; parameters that can not be decoded are left out
  bool query_malformed = false;
  Fields headers;  // names in lower case
  std::string body;
  bool body_dropped = false;  // it was read, and not kept: nobody wanted it
  std::string peer;           // IP text; an IPv4-mapped IPv6 address as IPv4
  SteadyTime arrived{};       // when its last byte was read

  // The first header of that (lower-case) name, or nullptr.
  const std::string* header(std::string_view name) const;
  std::vector<std::string> header_values(std::string_view name) const;
  std::vector<std::string> query_values(std::string_view name) const;
};

// As RFC 9110 names a status: of the status line, and the title of a problem.
std::string_view reason_phrase(int status);

struct Response {
  int status = 200;
  std::string content_type;  // empty: none is sent
  std::string body;
  Fields headers;      // further ones; one with control characters is left out
  bool close = false;  // close the connection after it
};

// Takes the answer of one request: from any thread, once, now or later. Later calls do nothing; when the connection has
// gone the answer is dropped; when all copies are destroyed uncalled, the request is answered with 500.
using Respond = std::function<void(Response)>;

}  // namespace headroom::http
