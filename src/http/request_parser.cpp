#include "http/request_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/uri.h"

namespace headroom::http {

namespace {

constexpr std::size_t kMaxMethod = 32;
constexpr std::size_t kMaxLengthDigits = 18;  // fits 64 bits

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

// A name, an address or `[v6]`, and perhaps a port. Empty is allowed: a target without an authority has it so.
bool is_host(std::string_view text) {
  std::string_view name = text;
  if (const std::size_t colon = text.rfind(':'); colon != text.npos && text.back() != ']') {
    const std::string_view port = text.substr(colon + 1);
    if (port.size() > 5 || (!port.empty() && !is_digits(port))) return false;
    int number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    if (number > 65535) return false;
    name = text.substr(0, colon);
  }
  const bool bracketed = name.size() > 2 && name.front() == '[' && name.back() == ']';
  if (bracketed) name = name.substr(1, name.size() - 2);
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return (is_token_char(c) && c != '#' && c != '^' && c != '`' && c != '|') || (bracketed && c == ':');
  });
}

}  // namespace

std::size_t RequestParser::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && status_ == Status::kHead) used += feed_head(bytes.substr(used));
  if (status_ == Status::kBody) {
    used += body_.feed(bytes.substr(used), request_.body);
    settle_body();
  }
  return used;
}

void RequestParser::read_body(std::size_t max_body, bool keep) {
  if (status_ != Status::kHeadRead) return;
  status_ = Status::kBody;
  request_.body_dropped = !keep;
  if (chunked_) {
    body_.expect_chunks(max_body, keep);
  } else {
    body_.expect_length(content_length_.value_or(0), max_body, keep);
  }
  settle_body();
}

void RequestParser::reset() {
  const ParserLimits limits = limits_;
  *this = RequestParser(limits);
}

std::size_t RequestParser::feed_head(std::string_view bytes) {
  const std::size_t newline = bytes.find('\n');
  const std::size_t taken = newline == bytes.npos ? bytes.size() : newline + 1;
  started_ = true;
  head_bytes_ += taken;
  if (line_.size() + taken > limits_.line) {
    fail(line_read_ ? 431 : 414, line_read_ ? "a header line is too long" : "the request line is too long");
    return taken;
  }
  if (head_bytes_ > limits_.head) {
    fail(431, "the headers are too long");
    return taken;
  }
  line_.append(bytes.substr(0, taken));
  if (newline == bytes.npos) return taken;
  if (line_.size() < 2 || line_[line_.size() - 2] != '\r') {
    fail(400, "a line does not end with CRLF");
    return taken;
  }
  line_.resize(line_.size() - 2);
  end_line();
  line_.clear();
  return taken;
}

void RequestParser::end_line() {
  if (line_read_) {
    if (line_.empty()) return end_head();
    return parse_header();
  }
  if (line_.empty() && !blank_seen_) {  // [RFC 9112, 2.2]: some clients end a body with one CRLF too many
    blank_seen_ = true;
    started_ = false;
    return;
  }
  parse_request_line();
}

void RequestParser::parse_request_line() {
  line_read_ = true;
  const std::string_view line = line_;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return fail(400, "the request line is not METHOD TARGET VERSION");
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (method.size() > kMaxMethod || !is_token(method)) return fail(400, "bad method");
  request_.method = std::string(method);
  if (version == "HTTP/1.0") {
    http_1_0_ = true;
    keep_alive_ = false;
  } else if (version != "HTTP/1.1") {
    const bool other_version = version.size() == 8 && version.substr(0, 5) == "HTTP/" && version[6] == '.' &&
                               is_digits(version.substr(5, 1)) && is_digits(version.substr(7));
    return fail(other_version ? 505 : 400, "the version is not HTTP/1.1");
  }
  if (!parse_target(line.substr(first + 1, last - first - 1))) fail(400, "bad request target");
}

bool RequestParser::parse_target(std::string_view target) {
  const bool printable = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable || target.empty() || target.find('#') != target.npos) return false;
  if (target.front() != '/') {
    if (target == "*" && request_.method == "OPTIONS") {
      request_.path = "*";
      return true;
    }
    if (lowered(target.substr(0, 7)) != "http://") return false;  // absolute form, as to a proxy
    const std::size_t path = target.find_first_of("/?", 7);
    if (!is_host(target.substr(7, path == target.npos ? path : path - 7))) return false;
    target = path == target.npos ? std::string_view{} : target.substr(path);
  }
  const std::size_t mark = target.find('?');
  request_.path = std::string(target.substr(0, mark));
  if (request_.path.empty()) request_.path = "/";
  if (mark != target.npos) {
    Query query = parse_query(target.substr(mark + 1));
    request_.query = std::move(query.parameters);
    request_.query_malformed = query.malformed;
  }
  return true;
}

void RequestParser::parse_header() {
  const std::string_view line = line_;
  if (line.front() == ' ' || line.front() == '\t') return fail(400, "a header is folded");
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return fail(400, "a header line has no colon");
  if (!is_token(line.substr(0, colon))) return fail(400, "bad header name");
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_text(value)) return fail(400, "control character in a header");
  if (request_.headers.size() >= limits_.headers) return fail(431, "too many headers");
  std::string name = lowered(line.substr(0, colon));
  take_header(name, value);
  request_.headers.emplace_back(std::move(name), std::string(value));
}

void RequestParser::take_header(const std::string& name, std::string_view value) {
  if (name == "content-length") {
    take_content_length(value);
  } else if (name == "transfer-encoding") {
    if (chunked_) return fail(400, "Transfer-Encoding is doubled");
    if (lowered(value) != "chunked") return fail(501, "Transfer-Encoding is not chunked");
    chunked_ = true;
  } else if (name == "host") {
    ++hosts_;
    if (!is_host(value)) fail(400, "bad Host");
  } else if (name == "connection") {
    take_connection(value);
  } else if (name == "expect") {
    if (lowered(value) != "100-continue") return fail(417, "Expect is not 100-continue");
    expects_continue_ = !http_1_0_;
  }
}

void RequestParser::take_content_length(std::string_view value) {
  if (content_length_) return fail(400, "Content-Length is doubled");
  if (!is_digits(value)) return fail(400, "Content-Length is no number");
  if (value.size() > kMaxLengthDigits) {
    if (value.find_first_not_of('0') == value.npos) return fail(400, "Content-Length is no number");
    content_length_ = UINT64_MAX;  // more than any body may have: 413 in its turn
    return;
  }
  std::uint64_t length = 0;
  std::from_chars(value.data(), value.data() + value.size(), length);
  content_length_ = length;
}

void RequestParser::take_connection(std::string_view value) {
  while (true) {
    const std::size_t comma = value.find(',');
    if (lowered(trim(value.substr(0, comma))) == "close") keep_alive_ = false;
    if (comma == value.npos) return;
    value.remove_prefix(comma + 1);
  }
}

void RequestParser::end_head() {
  if (hosts_ > 1) return fail(400, "Host is doubled");
  if (hosts_ == 0 && !http_1_0_) return fail(400, "Host is missing");
  if (chunked_ && content_length_) return fail(400, "both Content-Length and Transfer-Encoding");
  if (chunked_ && http_1_0_) return fail(400, "Transfer-Encoding in HTTP/1.0");
  status_ = Status::kHeadRead;
}

void RequestParser::settle_body() {
  switch (body_.status()) {
    case BodyDecoder::Status::kMore:
      return;
    case BodyDecoder::Status::kDone:
      status_ = Status::kComplete;
      return;
    case BodyDecoder::Status::kBad:
      return fail(400, body_.reason());
    case BodyDecoder::Status::kTooLarge:
      return fail(413, "the body is too large");
  }
}

void RequestParser::fail(int status, std::string reason) {
  status_ = Status::kError;
  error_status_ = status;
  error_reason_ = std::move(reason);
  keep_alive_ = false;
}

}  // namespace headroom::http
