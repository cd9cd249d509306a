#include "http/request_parser_body.h"

#include <algorithm>
#include <charconv>

namespace headroom::http {

namespace {

constexpr std::size_t kMaxChunkLine = 256;  // size and extensions
constexpr std::size_t kMaxTrailer = 4 * 1024;
constexpr std::size_t kMaxSizeDigits = 8;

bool is_clean(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

}  // namespace

void BodyDecoder::expect_length(std::uint64_t length, std::size_t max_body, bool keep) {
  *this = BodyDecoder();
  keep_ = keep;
  left_ = length;
  max_body_ = max_body;
  if (length > max_body) {
    status_ = Status::kTooLarge;
  } else if (length == 0) {
    status_ = Status::kDone;
  }
}

void BodyDecoder::expect_chunks(std::size_t max_body, bool keep) {
  *this = BodyDecoder();
  keep_ = keep;
  step_ = Step::kChunkSize;
  max_body_ = max_body;
}

std::size_t BodyDecoder::feed(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (status_ == Status::kMore && used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    used += step_ == Step::kLength || step_ == Step::kChunkData ? take_data(rest, body) : take_line(rest);
  }
  return used;
}

std::size_t BodyDecoder::take_data(std::string_view bytes, std::string& body) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (keep_) body.append(bytes.substr(0, taken));
  size_ += taken;
  left_ -= taken;
  if (left_ > 0) return taken;
  if (step_ == Step::kLength) {
    status_ = Status::kDone;
  } else {
    step_ = Step::kChunkEnd;
  }
  return taken;
}

std::size_t BodyDecoder::take_line(std::string_view bytes) {
  const std::size_t newline = bytes.find('\n');
  const std::size_t taken = newline == bytes.npos ? bytes.size() : newline + 1;
  const std::size_t most = step_ == Step::kTrailer ? kMaxTrailer : kMaxChunkLine;
  if (line_.size() + taken > most) {
    bad("a chunk's line is too long");
    return taken;
  }
  line_.append(bytes.substr(0, taken));
  if (newline == bytes.npos) return taken;
  if (line_.size() < 2 || line_[line_.size() - 2] != '\r') {
    bad("a chunk's line does not end with CRLF");
    return taken;
  }
  line_.resize(line_.size() - 2);
  end_line();
  line_.clear();
  return taken;
}

void BodyDecoder::end_line() {
  if (!is_clean(line_)) return bad("control character in a chunk's line");
  if (step_ == Step::kChunkSize) return start_chunk();
  if (step_ == Step::kChunkEnd) {
    if (!line_.empty()) return bad("a chunk is longer than its size");
    step_ = Step::kChunkSize;
    return;
  }
  // Trailers are allowed and mean nothing here.
  if (line_.empty()) {
    status_ = Status::kDone;
    return;
  }
  trailer_bytes_ += line_.size();
  if (trailer_bytes_ > kMaxTrailer) bad("the trailer is too long");
}

void BodyDecoder::start_chunk() {
  const std::string_view digits = std::string_view(line_).substr(0, line_.find(';'));
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size()) return bad("bad chunk size");
  if (digits.size() > kMaxSizeDigits || size > max_body_ - size_) {
    status_ = Status::kTooLarge;
    return;
  }
  left_ = size;
  step_ = size == 0 ? Step::kTrailer : Step::kChunkData;
}

void BodyDecoder::bad(const char* reason) {
  status_ = Status::kBad;
  reason_ = reason;
}

}  // namespace headroom::http
