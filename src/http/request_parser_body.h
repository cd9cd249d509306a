#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headroom::http {

// Takes a request's body out of the stream: so many bytes, or chunks [RFC 9112, 7.1]. Never holds more than `max_body`
// bytes of body, and of a chunk's frame one short line.
class BodyDecoder {
 public:
  enum class Status { kMore, kDone, kBad, kTooLarge };

  // `keep`: false when it is only to be read.
  void expect_length(std::uint64_t length, std::size_t max_body, bool keep);
  void expect_chunks(std::size_t max_body, bool keep);

  // Consumes bytes, never any behind the body's end. Returns how many.
  std::size_t feed(std::string_view bytes, std::string& body);
  Status status() const { return status_; }
  const char* reason() const { return reason_; }  // when kBad

 private:
  enum class Step { kLength, kChunkSize, kChunkData, kChunkEnd, kTrailer };

  std::size_t take_data(std::string_view bytes, std::string& body);
  std::size_t take_line(std::string_view bytes);
  void end_line();
  void start_chunk();
  void bad(const char* reason);

  Status status_ = Status::kMore;
  Step step_ = Step::kLength;
  const char* reason_ = "";
  std::size_t max_body_ = 0;
  bool keep_ = true;
  std::size_t size_ = 0;    // of the body, so far
  std::uint64_t left_ = 0;  // of the body, or of this chunk
  std::size_t trailer_bytes_ = 0;
  std::string line_;
};

}  // namespace headroom::http
