#include "headroom/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

const std::string kMark = "\xEF\xBF\xBD";

TEST(JsonText, KnowsUtf8) {
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

TEST(JsonText, WhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(repaired_utf8("a\xFFz"), "a" + kMark + "z");
  EXPECT_EQ(repaired_utf8("\xE4\xBD"), kMark + kMark);
  EXPECT_EQ(repaired_utf8("\xE4\xBD\xA0"), "\xE4\xBD\xA0");
}

TEST(JsonText, OnlyHalvesOfPairsAreChanged) {
  for (const char* json : {R"("\ud83d\ude00")", R"("\\ud83d")", R"("\\\\ud83d")", R"("\u00e9\n")", R"("\ud83")",
                           R"("\uD7FF\uE000")", "\\"}) {
    EXPECT_EQ(readable_json(json), "") << json;
    EXPECT_EQ(repaired_json(json), json);
  }
  const std::pair<const char*, const char*> rows[] = {
      {R"("ab\ud83d")", R"("ab\ufffd")"},
      {R"("\ud83dx\ude00")", R"("\ufffdx\ufffd")"},
      {R"("\uD83D\ud83d\ude00")", R"("\ufffd\ud83d\ude00")"},
      {R"("\ude00\ud83d")", R"("\ufffd\ufffd")"},
      {R"("\\\ud83d")", R"("\\\ufffd")"},
      {R"("\ud83d\n")", R"("\ufffd\n")"},
      {R"("\ud83d\u0041")", R"("\ufffd\u0041")"},
      {R"(\ud83d)", R"(\ufffd)"},
  };
  for (const auto& [json, kept] : rows) EXPECT_EQ(repaired_json(json), kept);
  EXPECT_EQ(readable_json(R"("\ud83dx\ude00\ud83d\ude00")"), R"("\udc00x\udc00\ud83d\ude00")");
  EXPECT_EQ(repaired_json("\"\xE4\xBD\\ud83d\""), "\"" + kMark + kMark + "\\ufffd\"");
}

}  // namespace
}  // namespace headroom
