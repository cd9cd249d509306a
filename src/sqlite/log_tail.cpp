#include "sqlite/log_tail.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <vector>

namespace headroom {
namespace {

constexpr std::uint32_t kMagic = 0x377f0682;  // the lowest bit: the checksums are of big-endian words
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kLargestPage = 65536;

using Bytes = std::span<const unsigned char>;

struct Checksum {
  std::uint32_t s0 = 0;
  std::uint32_t s1 = 0;
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

std::uint32_t big(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         std::uint32_t{bytes[at + 3]};
}

std::uint32_t little(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at + 3]} << 24 | std::uint32_t{bytes[at + 2]} << 16 | std::uint32_t{bytes[at + 1]} << 8 |
         std::uint32_t{bytes[at]};
}

// One log: its header, and frame after frame.
class Log {
 public:
  explicit Log(const std::string& path) : file_(path, std::ios::binary) {
    std::array<unsigned char, kHeaderBytes> header{};
    if (!read(header)) return;
    const std::uint32_t magic = big(header, 0);
    page_bytes_ = big(header, 8);
    const bool sane = page_bytes_ >= 512 && page_bytes_ <= kLargestPage && (page_bytes_ & (page_bytes_ - 1)) == 0;
    if ((magic & ~1U) != kMagic || !sane) return;
    words_are_big_ = (magic & 1U) != 0;
    salts_ = {big(header, 16), big(header, 20)};
    so_far_ = add({}, Bytes(header).first(24));
    valid_ = so_far_ == Checksum{big(header, 24), big(header, 28)};
    frame_.resize(kFrameHeaderBytes + page_bytes_);
  }
  bool valid() const { return valid_; }

  struct Frame {
    bool of_this_log = false;  // and not of a former one, whose room it took
    bool is_commit = false;
    bool follows = false;  // its checksum is right for what the frame before it says of its own
  };
  std::optional<Frame> next() {
    if (!read(frame_)) return std::nullopt;
    const Bytes bytes(frame_);
    Frame frame;
    frame.of_this_log = big(bytes, 0) != 0 && big(bytes, 8) == salts_[0] && big(bytes, 12) == salts_[1];
    frame.is_commit = big(bytes, 4) != 0;
    const Checksum said{big(bytes, 16), big(bytes, 20)};
    const Checksum right = add(add(so_far_, bytes.first(8)), bytes.subspan(kFrameHeaderBytes));
    frame.follows = frame.of_this_log && right == said;
    so_far_ = said;
    return frame;
  }

 private:
  bool read(std::span<unsigned char> into) {
    file_.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
    return file_.gcount() == static_cast<std::streamsize>(into.size());
  }
  Checksum add(Checksum sum, Bytes bytes) const {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      sum.s0 += (words_are_big_ ? big(bytes, at) : little(bytes, at)) + sum.s1;
      sum.s1 += (words_are_big_ ? big(bytes, at + 4) : little(bytes, at + 4)) + sum.s0;
    }
    return sum;
  }

  std::ifstream file_;
  std::uint32_t page_bytes_ = 0;
  bool words_are_big_ = false;
  bool valid_ = false;
  std::array<std::uint32_t, 2> salts_{};
  Checksum so_far_;  // as the newest frame says
  std::vector<unsigned char> frame_;
};

}  // namespace

bool hides_commits(const std::string& log) {
  Log frames(log);
  if (!frames.valid()) return false;
  bool readable = true;  // by SQLite, up to here
  int commits = 0;
  while (const auto frame = frames.next()) {
    readable = readable && frame->follows;
    if (!readable && frame->follows && frame->is_commit) ++commits;
  }
  return commits >= 2;
}

}  // namespace headroom
