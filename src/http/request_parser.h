#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_parser_body.h"
#include "http/server_message.h"

namespace headroom::http {

struct ParserLimits {
  std::size_t line = 8 * 1024;
  std::size_t head = 16 * 1024;
  std::size_t headers = 64;
};

// Reads one HTTP/1.1 or HTTP/1.0 request at a time out of a byte stream, and nothing that two readers could understand
// differently: every doubt about where a request ends is an error, after which nothing more is read [RFC 9112].
//
// It stops behind the head (kHeadRead) until read_body says how large a body may be, and behind the request (kComplete)
// until reset.
class RequestParser {
 public:
  enum class Status { kHead, kHeadRead, kBody, kComplete, kError };

  explicit RequestParser(const ParserLimits& limits) : limits_(limits) {}

  // Returns how many bytes were consumed; the others belong to what follows.
  std::size_t feed(std::string_view bytes);
  void read_body(std::size_t max_body, bool keep = true);
  void reset();

  Status status() const { return status_; }
  bool started() const { return started_; }  // a byte of this request has come
  Request& request() { return request_; }

  // Of a head that was read.
  bool keep_alive() const { return keep_alive_; }
  bool expects_continue() const { return expects_continue_; }
  bool has_body() const { return chunked_ || content_length_.value_or(0) > 0; }

  // Of an error: an HTTP status and a sentence for the client.
  int error_status() const { return error_status_; }
  const std::string& error_reason() const { return error_reason_; }

 private:
  std::size_t feed_head(std::string_view bytes);
  void end_line();
  void parse_request_line();
  bool parse_target(std::string_view target);
  void parse_header();
  void take_header(const std::string& name, std::string_view value);
  void take_content_length(std::string_view value);
  void take_connection(std::string_view value);
  void end_head();
  void settle_body();
  void fail(int status, std::string reason);

  ParserLimits limits_;
  Status status_ = Status::kHead;
  bool started_ = false;
  bool blank_seen_ = false;  // the empty line that is forgiven ahead of a request
  bool line_read_ = false;   // the request line
  std::string line_;
  std::size_t head_bytes_ = 0;
  Request request_;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool expects_continue_ = false;
  int hosts_ = 0;
  bool chunked_ = false;
  std::optional<std::uint64_t> content_length_;
  BodyDecoder body_;
  int error_status_ = 0;
  std::string error_reason_;
};

}  // namespace headroom::http
