#include "headroom/globs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace headroom {
namespace {

struct Case {
  std::string pattern;
  std::string id;
  bool matches;
};

TEST(Globs, MatchTheWholeId) {
  std::string last_of_any(128, 'x');
  last_of_any.back() = '?';
  const std::vector<Case> cases = {
      {"a", "a", true},
      {"a", "A", false},
      {"a", "ab", false},
      {"b", "ab", false},
      {"*", "", true},
      {"*", "@TGS#2J4SZEAEL", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"team-*", "team-", true},
      {"team-*", "team-7", true},
      {"team-*", "Team-7", false},
      {"team-*", "my-team-7", false},
      {"*-team", "a-team-team", true},
      {"*-team", "a-teams", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-c-b", false},
      {"a**c", "ac", true},
      {"a?*", "a", false},
      {"a*?", "ab", true},
      {"?群", "大群", true},
      {"??", "大群", true},
      {"?", "大群", false},
      {"群*", "群聊", true},
      {"*\xF0\x9F\x90\x88*", "cat \xF0\x9F\x90\x88 cat", true},
      {"?", "\xF0\x9F\x90\x88", true},
      {"a\\*", "a*", true},
      {"a\\*", "ab", false},
      {"a\\?", "ab", false},
      {"a\\\\", "a\\", true},
      {"\\a", "a", true},
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"a,b", "a,b", true},
      {std::string(128, 'x'), std::string(128, 'x'), true},
      {last_of_any, std::string(128, 'x'), true},
      {std::string(128, '?'), std::string(128, 'x'), true},
      {std::string(128, '?'), std::string(127, 'x'), false},
  };
  for (const Case& c : cases) EXPECT_EQ(glob_matches(c.pattern, c.id), c.matches) << c.pattern << " / " << c.id;
}

// By trying every way to share the id among the stars this takes for ever.
TEST(Globs, ManyStarsCostNoMoreThanTheProductOfTheLengths) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(128, 'a')));
  EXPECT_TRUE(glob_matches(pattern, std::string(128, 'a')));
}

TEST(Globs, AreReadFromAListAndWrittenAgain) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"  ", ""},
      {"a", "a"},
      {" a , b*,c ", "a, b*, c"},
      {"a\\,b, c", "a\\,b, c"},
      {"a\\ , b", "a\\ , b"},
      {"two words", "two words"},
      {"a\\\\, b", "a\\\\, b"},
  };
  for (const auto& [text, written] : cases) {
    const auto globs = Globs::parse(text);
    ASSERT_TRUE(globs) << text;
    EXPECT_EQ(globs->text(), written);
    EXPECT_EQ(Globs::parse(globs->text()), globs) << text;
  }
  EXPECT_TRUE(Globs::parse("a\\,b")->match("a,b"));
  EXPECT_TRUE(Globs::parse("a\\ ")->match("a "));
  EXPECT_FALSE(Globs::parse("")->match(""));
  EXPECT_TRUE(Globs::parse("x, team-*")->match("team-1"));
}

TEST(Globs, WhatIsNoListIsRefused) {
  std::string many = "a";
  for (std::size_t i = 0; i < Globs::kMost; ++i) many += ",a";
  std::vector<std::string> refused = {",", "a,,b", "a,", "a\\", "a\nb", "\xff"};
  refused.emplace_back(Globs::kLongest + 1, 'a');
  refused.push_back(many);
  for (const std::string& text : refused) {
    EXPECT_FALSE(Globs::parse(text)) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace headroom
