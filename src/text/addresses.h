#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// An IPv4 or IPv6 address; an IPv4-mapped IPv6 address is the IPv4 address.
class IpAddress {
 public:
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const;
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }  // IPv4 as ::ffff:a.b.c.d

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// A list of CIDR blocks; a plain address is a block of one. Bits behind the prefix do not matter.
class CidrList {
 public:
  // Comma separated; white space around the entries is ignored. nullopt, and what is wrong in `error`, when one is
  // none.
  static std::optional<CidrList> parse(std::string_view text, std::string& error);

  bool empty() const { return blocks_.empty(); }
  bool contains(const IpAddress& address) const;
  bool contains(std::string_view address) const;  // false when it is no address

 private:
  struct Block {
    IpAddress base;
    int prefix = 0;  // of the 128 bits
    bool v4 = false;
  };
  static std::optional<Block> parse_block(std::string_view text);

  std::vector<Block> blocks_;
};

}  // namespace headroom
