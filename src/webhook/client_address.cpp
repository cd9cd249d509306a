#include "webhook/client_address.h"

#include <string_view>

#include "text/units.h"

namespace headroom::webhook {

std::string client_address(const std::string& peer, const std::vector<std::string>& forwarded_for,
                           const CidrList& trusted) {
  std::string client = peer;
  if (!trusted.contains(peer)) return client;
  for (auto line = forwarded_for.rbegin(); line != forwarded_for.rend(); ++line) {
    std::string_view rest = *line;
    while (true) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view entry = trim(comma == rest.npos ? rest : rest.substr(comma + 1));
      const auto address = IpAddress::parse(entry);
      if (!address) return client;
      client = std::string(entry);
      if (!trusted.contains(*address)) return client;
      if (comma == rest.npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace headroom::webhook
