#include "ctl/visible.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>

#include "ctl/answer.h"

namespace headroom::ctl {
namespace {

class Visible : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
};

TEST_F(Visible, WhatMovesATerminalIsShownAndNotObeyed) {
  EXPECT_EQ(visible("\x1b[31mred\x07\n\t\x7f"), "\\x1b[31mred\\x07\\x0a\\x09\\x7f");
  EXPECT_EQ(visible("a\u202eb\u2066c\u200fd\u061ce"), "a\\u202eb\\u2066c\\u200fd\\u061ce");
  EXPECT_EQ(visible("\u009b31m\u2028\ufeff"), "\\u009b31m\\u2028\\ufeff");
  EXPECT_EQ(visible("\U000e0041"), "\\U000e0041");
  EXPECT_EQ(visible("\xff\xc3("), "\\xff\\xc3(");
  EXPECT_EQ(visible(std::string_view("\0", 1)), "\\x00");
}

TEST_F(Visible, EverythingElseStandsForItself) {
  for (const char* text : {"@TGS#_@TGS#A", "100 % / 群组", "שלום", "مرحبا", "👩‍👩‍👧", "a\\b", ""})
    EXPECT_EQ(visible(text), text);
}

TEST_F(Visible, JsonStaysTheSameJson) {
  EXPECT_EQ(visible_json("{\"a\":\"\u202e\u009b\"}"), "{\"a\":\"\\u202e\\u009b\"}");
  EXPECT_EQ(visible_json("\"\U000e0041\""), "\"\\udb40\\udc41\"");
  EXPECT_EQ(visible_json("\"群\\n\""), "\"群\\n\"");
  const std::string text =
      "{\"id\": \"\u202e群\\u001b\",\t\"n\": [1.50, 12345678901234567890123, -0, 1E5], \"t\": true}\n";
  EXPECT_EQ(json_to_show(text), "{\"id\":\"\\u202e群\\u001B\",\"n\":[1.50,12345678901234567890123,-0,1E5],\"t\":true}");
}

TEST_F(Visible, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(width_of("abc"), 3U);
  EXPECT_EQ(width_of("群组"), 4U);
  EXPECT_EQ(width_of("e\u0301"), 1U);
  EXPECT_EQ(width_of("ｆ"), 2U);
  EXPECT_EQ(width_of(""), 0U);
}

TEST_F(Visible, WhatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(cut_to("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to("abcdefg", 6), "abcde…");
  EXPECT_EQ(cut_to("群组群组", 8), "群组群组");
  EXPECT_EQ(cut_to("群组群组", 7), "群组群…");
  EXPECT_EQ(cut_to("群组群组", 6), "群组…") << "half a character is none";
  EXPECT_EQ(cut_to("abc", 1), "…");
  EXPECT_EQ(cut_to("abc", 0), "");
}

TEST(LinesWithin, ArePartedAtSpacesAndNeverTooWide) {
  using testing::ElementsAre;
  ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
  EXPECT_THAT(lines_within("one two  three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(lines_within("abcdefghij", 4), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(lines_within("群组群组群", 5), ElementsAre("群组", "群组", "群"));
  EXPECT_THAT(lines_within("", 5), ElementsAre(""));
  EXPECT_THAT(lines_within("群组", 1), ElementsAre("群", "组")) << "a character that is too wide stands alone";
  EXPECT_THAT(lines_within("群组", 0), ElementsAre("群", "组"));
  EXPECT_THAT(lines_within("ab   ", 3), ElementsAre("ab"));
}

}  // namespace
}  // namespace headroom::ctl
