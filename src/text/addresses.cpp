#include "text/addresses.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "text/units.h"

namespace headroom {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

std::optional<int> parse_prefix(std::string_view text, int most) {
  int prefix = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), prefix);
  if (text.empty() || text.front() == '-' || failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return prefix <= most ? std::optional<int>(prefix) : std::nullopt;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != text.npos) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  IpAddress address;
  if (inet_pton(AF_INET6, buffer, address.bytes_.data()) == 1) return address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes_.begin());
  if (inet_pton(AF_INET, buffer, address.bytes_.data() + kMappedPrefix.size()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin()); }

std::optional<CidrList::Block> CidrList::parse_block(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto base = IpAddress::parse(host);
  if (!base) return std::nullopt;
  const bool dotted_only = host.find(':') == host.npos;
  Block block{*base, 128, base->is_v4()};
  if (slash != text.npos) {
    const auto prefix = parse_prefix(text.substr(slash + 1), dotted_only ? 32 : 128);
    if (!prefix) return std::nullopt;
    block.prefix = dotted_only ? kMappedBits + *prefix : *prefix;
  }
  // A block wider than the mapped range, `::ffff:0:0/64` say, is one of IPv6 addresses.
  block.v4 = block.v4 && block.prefix >= kMappedBits;
  return block;
}

std::optional<CidrList> CidrList::parse(std::string_view text, std::string& error) {
  CidrList list;
  if (trim(text).empty()) return list;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view entry = trim(text.substr(0, comma));
    const auto block = parse_block(entry);
    if (!block) {
      error = "'" + std::string(entry) + "' is no address or CIDR block";
      return std::nullopt;
    }
    list.blocks_.push_back(*block);
    if (comma == text.npos) return list;
    text.remove_prefix(comma + 1);
  }
}

bool CidrList::contains(const IpAddress& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    if (block.v4 != address.is_v4()) return false;  // `::/0` means every IPv6 address, not IPv4's too
    const auto whole = static_cast<std::size_t>(block.prefix / 8);
    const auto& left = block.base.bytes();
    const auto& right = address.bytes();
    if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(whole), right.begin())) return false;
    const int rest = block.prefix % 8;
    return rest == 0 || (left[whole] >> (8 - rest)) == (right[whole] >> (8 - rest));
  });
}

bool CidrList::contains(std::string_view address) const {
  const auto parsed = IpAddress::parse(address);
  return parsed && contains(*parsed);
}

}  // namespace headroom
