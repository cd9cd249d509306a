#include "config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(ConfigValue, Addresses) {
  EXPECT_EQ(parse_host_port("127.0.0.1:8080"), (HostPort{"127.0.0.1", 8080}));
  EXPECT_EQ(parse_host_port("[::1]:0"), (HostPort{"::1", 0}));
  EXPECT_EQ(parse_host_port("localhost:65535"), (HostPort{"localhost", 65535}));
  for (const char* wrong : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]",
                            "[127.0.0.1]:80", "256.0.0.1:80", "127.0.0.1:000080", "host name:80", "a.example:80"}) {
    EXPECT_EQ(parse_host_port(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(format_host_port({"::1", 80}), "[::1]:80");
  EXPECT_EQ(format_host_port({"127.0.0.1", 80}), "127.0.0.1:80");
}

TEST(ConfigValue, NothingHidesBehindANul) {
  constexpr char kNul = '\0';
  EXPECT_EQ(parse_cidrs(std::string("10.0.0.1") + kNul + "x"), std::nullopt);
  EXPECT_EQ(parse_host_port(std::string("127.0.0.1") + kNul + "x:80"), std::nullopt);
  EXPECT_EQ(parse_host_port(std::string("[::1") + kNul + "]:80"), std::nullopt);
  EXPECT_EQ(parse_base_url(std::string("http://127.0.0.1") + kNul), std::nullopt);
}

TEST(ConfigValue, Cidrs) {
  EXPECT_EQ(parse_cidrs(""), std::vector<std::string>());
  EXPECT_EQ(parse_cidrs(" 10.0.0.0/8 ,::1,fd00::/8 "), (std::vector<std::string>{"10.0.0.0/8", "::1", "fd00::/8"}));
  for (const char* wrong :
       {",", "10.0.0.0/8,", "10.0.0.0/33", "::1/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/08888", "a"}) {
    EXPECT_EQ(parse_cidrs(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigValue, DatabaseUrls) {
  EXPECT_EQ(parse_database_url("sqlite:/var/lib/x.db"), (DatabaseUrl{"/var/lib/x.db", ""}));
  EXPECT_EQ(parse_database_url("sqlite:x.db"), (DatabaseUrl{"x.db", ""}));
  for (const char* server : {"postgresql://db/headroom", "postgresql://headroom@a,b:5433/headroom?connect_timeout=3",
                             "postgresql:///headroom?host=/run/postgresql", "postgresql://[::1]:5432/headroom"}) {
    EXPECT_EQ(parse_database_url(server), (DatabaseUrl{"", server})) << server;
  }
  for (const char* wrong : {"", "sqlite:", "sqlite::memory:", "postgres://x", "/var/lib/x.db", "sqlite:/var/lib/",
                            "postgresql://", "postgresql:db"}) {
    EXPECT_EQ(parse_database_url(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigValue, APasswordIsNotPartOfAnUrl) {
  for (const char* with : {"postgresql://me:hush@db/x", "postgresql://me:hush@a:1,b:2/x", "postgresql://me:@db/x",
                           "postgresql://db/x?password=hush", "postgresql://db/x?a=b&password=hush",
                           "postgresql://db/x?%70assword=hush", "postgresql://db/x?sslpassword=hush"}) {
    EXPECT_EQ(parse_database_url(with), std::nullopt) << with;
    EXPECT_THAT(database_url_hint(with), testing::HasSubstr("database.password_file")) << with;
    EXPECT_THAT(database_url_hint(with), testing::Not(testing::HasSubstr("hush"))) << with;
  }
}

TEST(ConfigValue, PlainHttpOnlyToLoopback) {
  EXPECT_EQ(parse_base_url("https://console.tim.qq.com"), "https://console.tim.qq.com");
  EXPECT_EQ(parse_base_url("https://a.example:8443/"), "https://a.example:8443");
  EXPECT_EQ(parse_base_url("https://a.example:8443/x"), std::nullopt);
  EXPECT_EQ(parse_base_url("http://127.0.0.1:80"), "http://127.0.0.1:80");
  EXPECT_EQ(parse_base_url("http://localhost"), "http://localhost");
  EXPECT_EQ(parse_base_url("http://[::1]:9"), "http://[::1]:9");
  for (const char* wrong : {"",
                            "console.tim.qq.com",
                            "ftp://a.example",
                            "http://a.example",
                            "http://10.0.0.1",
                            "http://127.0.0.1.example",
                            "http://127.example",
                            "http://localhost.example",
                            "http://user@127.0.0.1",
                            "https://user@a.example",
                            "https://",
                            "https:///x",
                            "https://a.example?x=1",
                            "https://a.example#x",
                            "https://a b",
                            "https://a.example:0",
                            "https://a.example:70000",
                            "http://[::2]:9",
                            "http://127.0.0.1@a.example",
                            "https://a.example\\b"}) {
    EXPECT_EQ(parse_base_url(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigValue, PlainText) {
  EXPECT_TRUE(is_plain_text("inactive, \xc3\xa4\xe4\xbd\xa0\xf0\x9f\x98\x80"));
  for (const char* wrong : {"a\nb", "\x7f", "\x1b[0m", "\xc2\x85", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80"}) {
    EXPECT_FALSE(is_plain_text(wrong));
  }
}

}  // namespace
}  // namespace headroom
