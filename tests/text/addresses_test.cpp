#include "text/addresses.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

CidrList list(std::string_view text) {
  std::string error;
  const auto parsed = CidrList::parse(text, error);
  EXPECT_TRUE(parsed) << error;
  return parsed.value_or(CidrList());
}

TEST(Cidr, MatchesByPrefix) {
  const struct {
    const char* block;
    const char* address;
    bool inside;
  } rows[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.1.2.3/8", "10.9.9.9", true},  // bits behind the prefix do not matter
      {"192.168.1.128/25", "192.168.1.127", false},
      {"192.168.1.128/25", "192.168.1.129", true},
      {"1.2.3.4", "1.2.3.4", true},
      {"1.2.3.4", "1.2.3.5", false},
      {"1.2.3.4/32", "1.2.3.4", true},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "8.8.8.8", false},
      {"::/0", "::ffff:8.8.8.8", false},
      {"::1", "::1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"10.0.0.0/8", "::ffff:10.1.1.1", true},  // mapped: the IPv4 address
      {"::ffff:10.0.0.0/104", "10.1.1.1", true},
      {"::ffff:10.0.0.0/104", "11.1.1.1", false},
      {"::ffff:0:0/95", "10.1.1.1", false},
      {"10.0.0.0/8", "10.0.0", false},
      {"10.0.0.0/8", "", false},
      {"10.0.0.0/8", "localhost", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(list(row.block).contains(std::string_view(row.address)), row.inside) << row.block << ' ' << row.address;
  }
}

TEST(Cidr, ListsAreCommaSeparated) {
  const CidrList both = list(" 127.0.0.0/8 , ::1\t");
  EXPECT_TRUE(both.contains("127.3.2.1"));
  EXPECT_TRUE(both.contains("::1"));
  EXPECT_FALSE(both.contains("::2"));
  EXPECT_TRUE(list("").empty());
  EXPECT_TRUE(list("  ").empty());
  EXPECT_FALSE(list("").contains("127.0.0.1"));
}

TEST(Cidr, BadEntriesAreNamed) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "10.0.0/8", "foo", "/8",
                           "1.2.3.4,", ",1.2.3.4", "1.2.3.4 5.6.7.8", "10.0.0.0/+8", "010.0.0.1/33", "1.2.3.4:80"}) {
    std::string error;
    EXPECT_FALSE(CidrList::parse(text, error)) << text;
    EXPECT_NE(error.find("is no address or CIDR block"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace headroom
