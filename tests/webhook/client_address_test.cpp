#include "webhook/client_address.h"

#include <gtest/gtest.h>

namespace headroom::webhook {
namespace {

CidrList list(std::string_view text) {
  std::string error;
  const auto parsed = CidrList::parse(text, error);
  EXPECT_TRUE(parsed) << error;
  return parsed.value_or(CidrList());
}

TEST(ClientAddress, IsTheRightmostUntrustedOne) {
  const CidrList trusted = list("127.0.0.0/8, ::1, 10.0.0.0/8");
  const struct {
    const char* peer;
    std::vector<std::string> forwarded;
    const char* client;
  } rows[] = {
      {"1.2.3.4", {"9.9.9.9"}, "1.2.3.4"},  // an untrusted peer is believed nothing
      {"127.0.0.1", {}, "127.0.0.1"},
      {"127.0.0.1", {"9.9.9.9"}, "9.9.9.9"},
      {"127.0.0.1", {"6.6.6.6, 9.9.9.9"}, "9.9.9.9"},
      {"127.0.0.1", {"6.6.6.6, 9.9.9.9, 10.0.0.5"}, "9.9.9.9"},
      {"127.0.0.1", {"6.6.6.6", "9.9.9.9,10.0.0.5"}, "9.9.9.9"},
      {"127.0.0.1", {"10.0.0.7, 10.0.0.5"}, "10.0.0.7"},  // all trusted: the leftmost
      {"127.0.0.1", {"9.9.9.9, unknown, 10.0.0.5"}, "10.0.0.5"},
      {"127.0.0.1", {"9.9.9.9, "}, "127.0.0.1"},
      {"127.0.0.1", {"9.9.9.9:80"}, "127.0.0.1"},
      {"::ffff:127.0.0.1", {"9.9.9.9"}, "9.9.9.9"},
      {"::1", {"2001:db8::1"}, "2001:db8::1"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(client_address(row.peer, row.forwarded, trusted), row.client)
        << row.peer << ' ' << (row.forwarded.empty() ? "" : row.forwarded.back());
  }
}

}  // namespace
}  // namespace headroom::webhook
