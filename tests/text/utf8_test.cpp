#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

const std::string kMark = "\xEF\xBF\xBD";

TEST(Utf8, IsWholeCharacters) {
  for (const char* text : {"", "abc", "\xC3\xA9", "\xE4\xBD\xA0", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF4\x8F\xBF\xBF", "\x7F"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE4\xBD", "\xE0\x80\x80", "\xF0\x9F\x98", "\xF0\x80\x80\x80",
        "\xED\xA0\xBD", "\xED\xB0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xFF", "\xC3\x28"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, WhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(repaired_utf8("a\xFFz"), "a" + kMark + "z");
  EXPECT_EQ(repaired_utf8("\xE4\xBD"), kMark + kMark);
  EXPECT_EQ(repaired_utf8("\xE4\xBD\xA0"), "\xE4\xBD\xA0");
}

TEST(Utf8, HoldsNul) { EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3))); }

TEST(Utf8, PlainTextHasNoControlCharacters) {
  for (const char* plain : {"", "on holiday, caf\xC3\xA9", "\xC2\xA0", "\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(is_plain_text(plain)) << plain;
  }
  for (const char* bad : {"a\nb", "a\tb", "\x7f", "\xFF", "\xC2\x85", "a\xC2\x9B", "\x1b[2J"}) {
    EXPECT_FALSE(is_plain_text(bad)) << bad;
  }
}

TEST(Utf8, SpaceAtAnEnd) {
  for (const char* text : {" a", "a ",
                           "\xE3\x80\x80"
                           "a",
                           "a\xC2\xA0",
                           "\xEF\xBB\xBF"
                           "a",
                           "a\xE2\x80\x8B"}) {
    EXPECT_TRUE(has_space_at_an_end(text)) << text;
  }
  for (const char* text : {"", "a", "a b", "caf\xC3\xA9", "a\xFF"}) EXPECT_FALSE(has_space_at_an_end(text)) << text;
}

// Wherever a character stands among the bytes that are looked at together.
TEST(Utf8, IsSeenAtEachPlaceOfALongText) {
  for (std::size_t length = 0; length < 40; ++length) {
    EXPECT_TRUE(is_utf8(std::string(length, 'a'))) << length;
    for (std::size_t at = 0; at <= length; ++at) {
      const std::string ascii(length, 'a');
      EXPECT_TRUE(is_utf8(ascii.substr(0, at) + "\xE7\xBE\xA4" + ascii.substr(at))) << length << " " << at;
      EXPECT_FALSE(is_utf8(ascii.substr(0, at) + "\xE7\xBE" + ascii.substr(at))) << length << " " << at;
      EXPECT_FALSE(is_utf8(ascii.substr(0, at) + "\x80" + ascii.substr(at))) << length << " " << at;
    }
  }
}

}  // namespace
}  // namespace headroom
