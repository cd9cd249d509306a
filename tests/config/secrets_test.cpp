#include "config/secrets.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <ostream>
#include <type_traits>

#include "tests/config/config_files.h"

namespace headroom {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Streamable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(SecretFile, EndIsStripped) {
  const ConfigFiles files;
  const SecretFile read = read_secret_file(files.write("key", " se cret \r\n\t\n"));
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.warning, "");
  EXPECT_EQ(read.secret->expose(), " se cret");
}

TEST(SecretFile, Errors) {
  const ConfigFiles files;
  EXPECT_NE(read_secret_file(files.path("none")).error, "");
  EXPECT_NE(read_secret_file(files.write("empty", "")).error, "");
  EXPECT_NE(read_secret_file(files.write("blank", " \n\n")).error, "");
  EXPECT_NE(read_secret_file(files.write("large", std::string(64 * 1024 + 1, 'x'))).error, "");
  EXPECT_NE(read_secret_file(files.write("nul", std::string("a\0b", 3))).error, "");
  EXPECT_NE(read_secret_file(files.path("")).error, "");
  ::mkfifo(files.path("fifo").c_str(), 0600);
  EXPECT_NE(read_secret_file(files.path("fifo")).error, "");
  EXPECT_EQ(read_secret_file(files.write("largest", std::string(64 * 1024, 'x'))).error, "");
}

TEST(SecretFile, WarnsWhenOthersMayRead) {
  const ConfigFiles files;
  EXPECT_EQ(read_secret_file(files.write("a", "x", 0400)).warning, "");
  EXPECT_NE(read_secret_file(files.write("b", "x", 0640)).warning, "");
  EXPECT_NE(read_secret_file(files.write("c", "x", 0604)).warning, "");
}

TEST(SecretFile, AByteOrderMarkIsNoPartOfIt) {
  const ConfigFiles files;
  EXPECT_EQ(read_secret_file(files.write("bom", "\xEF\xBB\xBFtoken\r\n")).secret->expose(), "token");
  EXPECT_NE(read_secret_file(files.write("only", "\xEF\xBB\xBF\n")).error, "");
}

TEST(WebhookTokens, OneOrTwoWhileItIsChanged) {
  const auto tokens = [](const std::string& text) { return parse_webhook_tokens(Secret(text)).tokens; };
  EXPECT_EQ(tokens("one"), std::vector{Secret("one")});
  EXPECT_EQ(tokens("one\ntwo"), (std::vector{Secret("one"), Secret("two")}));
  EXPECT_EQ(tokens("\none \r\n\n two"), (std::vector{Secret("one"), Secret("two")}));
  EXPECT_EQ(tokens("one\none"), std::vector{Secret("one")});
  EXPECT_EQ(tokens("one two"), std::vector{Secret("one two")});
}

TEST(WebhookTokens, ErrorsShowNone) {
  for (const char* text : {"s3cret\ns3cret2\ns3cret3", "s3cret\x01", "s3cret\xff", "", "\n"}) {
    const WebhookTokens parsed = parse_webhook_tokens(Secret(text));
    EXPECT_TRUE(parsed.tokens.empty()) << text;
    EXPECT_NE(parsed.error, "") << text;
    EXPECT_EQ(parsed.error.find("s3cret"), std::string::npos);
  }
}

TEST(AdminTokens, OneBareToken) {
  const AdminTokens parsed = parse_admin_tokens(Secret("only-one"));
  EXPECT_TRUE(parsed.errors.empty());
  ASSERT_EQ(parsed.tokens.size(), 1u);
  EXPECT_EQ(parsed.tokens[0], (AdminToken{"default", AdminRole::kOperator, Secret("only-one")}));
}

TEST(AdminTokens, Lines) {
  const AdminTokens parsed = parse_admin_tokens(Secret("# who\nann:operator:t1\r\n\nbob:viewer:t2:with:colons"));
  EXPECT_TRUE(parsed.errors.empty());
  ASSERT_EQ(parsed.tokens.size(), 2u);
  EXPECT_EQ(parsed.tokens[0], (AdminToken{"ann", AdminRole::kOperator, Secret("t1")}));
  EXPECT_EQ(parsed.tokens[1], (AdminToken{"bob", AdminRole::kViewer, Secret("t2:with:colons")}));
}

TEST(AdminTokens, EveryWrongLineIsNamedWithoutItsToken) {
  const AdminTokens parsed = parse_admin_tokens(
      Secret("a:operator:s3cret\nb:root:s3cret2\n:viewer:s3cret3\nc:viewer:\nnonsense s3cret4\na:viewer:s3cret5\n"
             "d:viewer:s3cret\ne:viewer:has space s3cret6"));
  ASSERT_EQ(parsed.errors.size(), 7u);
  for (std::size_t i = 0; i < parsed.errors.size(); ++i) {
    EXPECT_EQ(parsed.errors[i].line, i + 2);
    EXPECT_EQ(parsed.errors[i].what.find("s3cret"), std::string::npos) << parsed.errors[i].what;
  }
}

TEST(AdminTokens, NoToken) {
  EXPECT_FALSE(parse_admin_tokens(Secret("# nobody\n# yet")).errors.empty());
  EXPECT_FALSE(parse_admin_tokens(Secret("two words")).errors.empty());
}

}  // namespace
}  // namespace headroom
