#include "http/request_parser.h"

#include <algorithm>
#include <vector>

#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// A connection's bytes, with pipelined requests. The first line of the input says how they are cut and which limits
// apply; the rest is what the client sends.
namespace headroom::http {
namespace {

using Status = RequestParser::Status;

struct Plan {
  unsigned seed = 0;            // of the sizes of the pieces
  std::size_t most = SIZE_MAX;  // bytes in a piece
  ParserLimits limits;
  std::size_t max_body = 64;
};

Plan read_plan(std::string_view line) {
  const auto at = [&](std::size_t i) { return i < line.size() ? static_cast<unsigned char>(line[i]) : 0u; };
  Plan plan{at(0), 1 + at(1) % 32, {}, 16 * at(3)};
  if (at(2) % 2 == 1) plan.limits = {.line = 32 + at(2), .head = 128 + at(2), .headers = 1 + at(2) % 8};
  return plan;
}

struct Read {
  std::vector<Request> requests;
  std::vector<bool> keep_alive;
  Status status = Status::kHead;
  int error = 0;
  bool started = false;
};

void require_request(const Request& request, const Plan& plan) {
  REQUIRE(!request.method.empty() && request.method.find_first_of(" \t:") == request.method.npos);
  REQUIRE(request.path == "*" || request.path.front() == '/');
  REQUIRE(request.path.find_first_of("?# ") == request.path.npos && !has_control(request.path));
  REQUIRE(request.headers.size() <= plan.limits.headers);
  REQUIRE(request.body.size() <= plan.max_body);
  std::size_t head = request.method.size() + request.path.size();
  for (const auto& [name, value] : request.headers) {
    REQUIRE(!name.empty() && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
    REQUIRE(name.find_first_of(" \t\r\n:") == name.npos && value.find_first_of("\r\n") == value.npos);
    REQUIRE(value.empty() || (value.front() != ' ' && value.back() != ' '));
    head += name.size() + value.size();
  }
  REQUIRE(head <= plan.limits.head);
  REQUIRE(request.header_values("content-length").size() + request.header_values("transfer-encoding").size() <= 1);
  REQUIRE(request.header_values("host").size() <= 1);
}

// Feeds one piece; false behind an error.
bool feed(RequestParser& parser, std::string_view piece, const Plan& plan, Read& read) {
  while (true) {
    const std::size_t used = parser.feed(piece);
    REQUIRE(used <= piece.size());
    piece.remove_prefix(used);
    if (parser.status() == Status::kHeadRead) parser.read_body(plan.max_body);
    if (parser.status() == Status::kError) return false;
    if (parser.status() == Status::kComplete) {
      require_request(parser.request(), plan);
      read.requests.push_back(parser.request());
      read.keep_alive.push_back(parser.keep_alive());
      parser.reset();
    } else {
      REQUIRE(used > 0 || piece.empty() || parser.status() == Status::kBody);
    }
    if (piece.empty()) return true;
  }
}

template <typename NextSize>
Read read_in_pieces(std::string_view bytes, const Plan& plan, NextSize next_size) {
  RequestParser parser(plan.limits);
  Read read;
  while (!bytes.empty()) {
    const std::size_t size = std::min(next_size(), bytes.size());
    if (!feed(parser, bytes.substr(0, size), plan, read)) break;
    bytes.remove_prefix(size);
  }
  read.status = parser.status();
  read.error = parser.error_status();
  read.started = parser.started();
  REQUIRE((read.status == Status::kError) == (read.error != 0));
  REQUIRE(read.error == 0 || (!parser.keep_alive() && !parser.error_reason().empty()));
  REQUIRE(parser.request().headers.size() <= plan.limits.headers && parser.request().body.size() <= plan.max_body);
  return read;
}

void require_same(const Request& one, const Request& other) {
  REQUIRE(one.method == other.method && one.path == other.path && one.query == other.query);
  REQUIRE(one.query_malformed == other.query_malformed && one.headers == other.headers && one.body == other.body);
}

// What was understood, written down plainly, is understood in the same way.
void require_rewritten(const Request& request) {
  if (request.query_malformed) return;
  std::string text = request.method + " " + request.path;
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    text += mark;
    mark = '&';
    text += percent_encoded(name) + "=" + percent_encoded(value);
  }
  text += " HTTP/1.1\r\n";
  if (request.header("host") == nullptr) text += "Host: x\r\n";
  for (const auto& [name, value] : request.headers) {
    if (name != "content-length" && name != "transfer-encoding") text += name + ": " + value + "\r\n";
  }
  text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  RequestParser parser({.line = SIZE_MAX / 2, .head = SIZE_MAX / 2, .headers = SIZE_MAX});
  std::size_t used = parser.feed(text);
  parser.read_body(request.body.size());
  used += parser.feed(std::string_view(text).substr(used));
  REQUIRE(used == text.size() && parser.status() == Status::kComplete);
  REQUIRE(parser.request().method == request.method && parser.request().path == request.path);
  REQUIRE(parser.request().query == request.query && parser.request().body == request.body);
}

}  // namespace
}  // namespace headroom::http

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::http;
  std::string_view bytes = headroom::text_of(data, size);
  const Plan plan = read_plan(headroom::take_line(bytes));
  const Read whole = read_in_pieces(bytes, plan, [] { return SIZE_MAX; });
  unsigned state = plan.seed;
  const Read pieces = read_in_pieces(bytes, plan, [&] {
    state = state * 1103515245 + 12345;
    return 1 + (state >> 16) % plan.most;
  });
  REQUIRE(whole.status == pieces.status && whole.error == pieces.error && whole.started == pieces.started);
  REQUIRE(whole.requests.size() == pieces.requests.size() && whole.keep_alive == pieces.keep_alive);
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    require_same(whole.requests[i], pieces.requests[i]);
    require_rewritten(whole.requests[i]);
  }
  return 0;
}
