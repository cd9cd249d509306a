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

  void expect_length(std::uint64_t length, std::size_t max_body);
  void expect_chunks(std::size_t max_body);

  // Consumes bytes, never any behind the body's end. Returns how many.
  std::size_t feed(std::string_view bytes, std::string& body);
  Status status() const { return status_; }
  const char* reason() const { return reason_; }  // when kBad

 private:
  enum class Step { kLength, kChunkSize, kChunkData, kChunkEnd, kTrailer };

  std::size_t take_data(std::string_view bytes, std::string& body);
  std::size_t take_line(std::string_view bytes, std::size_t body_size);
  void end_line(std::size_t body_size);
  void start_chunk(std::size_t body_size);
  void bad(const char* reason);

  Status status_ = Status::kMore;
  Step step_ = Step::kLength;
  const char* reason_ = "";
  std::size_t max_body_ = 0;
  std::uint64_t left_ = 0;  // of the body, or of this chunk
  std::size_t trailer_bytes_ = 0;
  std::string line_;
};

}  // namespace headroom::http
