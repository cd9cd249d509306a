#include "admin/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::http::admin_test {
namespace {

TEST(AdminText, KnowsUtf8) {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE7\xBE\xA4", "\xF0\x9F\x98\x80"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\xFF", "\xC3", "a\xE7\xBE", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(AdminText, ReplacesWhatIsNone) {
  EXPECT_EQ(replace_invalid_utf8("a\xFF"
                                 "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(replace_invalid_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_TRUE(is_utf8(replace_invalid_utf8("\xE7\xBE")));
}

TEST(AdminText, PlainTextHasNoControlCharacters) {
  EXPECT_TRUE(is_plain_text("on holiday, caf\xC3\xA9"));
  for (const char* bad : {"a\nb", "a\tb", "\x7f", "\xFF"}) EXPECT_FALSE(is_plain_text(bad)) << bad;
}

TEST(AdminText, SubjectsAreOfOneTo128Bytes) {
  EXPECT_TRUE(is_valid_subject("@TGS#2J4SZEAEL"));
  EXPECT_TRUE(is_valid_subject(std::string(128, 'x')));
  EXPECT_FALSE(is_valid_subject(""));
  EXPECT_FALSE(is_valid_subject(std::string(129, 'x')));
  EXPECT_FALSE(is_valid_subject("a\x01"));
  EXPECT_FALSE(is_valid_subject("a\xFF"));
}

}  // namespace
}  // namespace headroom::http::admin_test
