#include "webhook/client_address.h"

#include <algorithm>

#include "config/values.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"
#include "text/addresses.h"

// Who sent a request: on the first line of the input the trusted proxies, on the second the peer, on each further one
// the value of an X-Forwarded-For.
namespace headroom::webhook {
namespace {

// The configuration has its own check of the lists that it hands on.
void require_agreement_with_the_configuration(std::string_view text, const std::optional<CidrList>& list) {
  const auto configured = parse_cidrs(text);
  if (!configured) return;
  std::string joined, error;
  for (const std::string& block : *configured) joined += (joined.empty() ? "" : ",") + block;
  REQUIRE(list && CidrList::parse(joined, error));
  REQUIRE(list->empty() == configured->empty());
  REQUIRE(parse_cidrs(joined) == configured);
}

void require_block_holds_its_base(std::string_view block) {
  std::string error;
  const auto list = CidrList::parse(block, error);
  if (!list || list->empty() || block.find(',') != block.npos) return;
  const std::string_view base = block.substr(0, block.find('/'));
  const std::size_t start = base.find_first_not_of(" \t\r\n");
  const std::size_t end = base.find_last_not_of(" \t\r\n");
  const std::string_view address = base.substr(start, end - start + 1);
  REQUIRE(IpAddress::parse(address).has_value());
  // `::ffff:0:0/64` and the like are blocks of IPv6 addresses, though their base is an IPv4 one.
  REQUIRE(list->contains(address) || block.find('/') != block.npos);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : ",") + line;
  return all;
}

void require_client(const std::string& peer, const std::vector<std::string>& lines, const CidrList& trusted) {
  const std::string client = client_address(peer, lines, trusted);
  if (!trusted.contains(peer)) {
    REQUIRE(client == peer);
    return;
  }
  REQUIRE(client == peer || IpAddress::parse(client));
  // Several headers are one, with commas between them [RFC 9110, 5.3].
  const bool blank = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.empty(); });
  if (!blank && !lines.empty()) REQUIRE(client_address(peer, {joined(lines)}, trusted) == client);
  // What a client writes ahead of the addresses that the proxies add changes nothing.
  if (!trusted.contains(client)) {
    std::vector<std::string> spoofed = lines;
    spoofed.front().insert(0, "192.0.2.1, ");
    REQUIRE(client_address(peer, spoofed, trusted) == client);
  }
  REQUIRE(client_address(peer, {}, trusted) == peer);
}

}  // namespace
}  // namespace headroom::webhook

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  using namespace headroom::webhook;
  std::string_view input = headroom::text_of(data, size);
  const std::string_view proxies = headroom::take_line(input);
  const std::string peer(headroom::take_line(input));
  std::vector<std::string> lines;
  while (!input.empty() && lines.size() < 64) lines.emplace_back(headroom::take_line(input));
  std::string error;
  const auto trusted = CidrList::parse(proxies, error);
  require_agreement_with_the_configuration(proxies, trusted);
  require_block_holds_its_base(proxies);
  REQUIRE(trusted.has_value() == error.empty());
  if (trusted) require_client(peer, lines, *trusted);
  return 0;
}
