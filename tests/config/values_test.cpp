#include "config/values.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(ConfigValue, Durations) {
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("500ms"), 500);
  EXPECT_EQ(parse_duration("30s"), 30000);
  EXPECT_EQ(parse_duration("10m"), 600000);
  EXPECT_EQ(parse_duration("2h"), 7200000);
  EXPECT_EQ(parse_duration("7d"), 7 * kDayMs);
  for (const char* wrong : {"", "5", "s", "-1s", "+1s", "1 s", "1.5s", "1S", "1w", "1s ", "0x1s", "99999999999999999d",
                            "9223372036854775807s", "1ss", "1m30s"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigValue, DurationsAreWrittenAsRead) {
  for (const char* text : {"0", "500ms", "90s", "10m", "36h", "7d", "1500ms"}) {
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  }
  EXPECT_EQ(format_duration(60000), "1m");
}

TEST(ConfigValue, Sizes) {
  EXPECT_EQ(parse_size("4096"), 4096);
  EXPECT_EQ(parse_size("64KiB"), 65536);
  EXPECT_EQ(parse_size("1MiB"), 1048576);
  for (const char* wrong :
       {"", "KiB", "1kb", "1 KiB", "-1", "1.5KiB", "9999999999999999999KiB", "9223372036854775807KiB"}) {
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigValue, Percentages) {
  EXPECT_EQ(parse_percent("5%")->value, 50000);
  EXPECT_EQ(parse_percent("100%")->value, 1000000);
  EXPECT_EQ(parse_percent("0.5%")->value, 5000);
  EXPECT_EQ(parse_percent("12.3456%")->value, 123456);
  for (const char* wrong : {"", "%", "5", "5 %", "-5%", "100.0001%", "101%", "1.%", "1.23456%", ".5%", "1e1%"}) {
    EXPECT_EQ(parse_percent(wrong), std::nullopt) << wrong;
  }
}

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
  EXPECT_EQ(parse_database_url("sqlite:/var/lib/x.db"), "/var/lib/x.db");
  EXPECT_EQ(parse_database_url("sqlite:x.db"), "x.db");
  for (const char* wrong : {"", "sqlite:", "sqlite::memory:", "postgres://x", "/var/lib/x.db", "sqlite:/var/lib/"}) {
    EXPECT_EQ(parse_database_url(wrong), std::nullopt) << wrong;
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
