#include "ctl/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>
#include <sstream>

#include "ctl/visible.h"

namespace headroom::ctl {
namespace {

class Tables : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }

  const std::vector<Column> columns_ = {{"GROUP"}, {"N", true}, {"NAME", false, true}};
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(Tables, StandInColumnsWhateverTheWidthOfACharacter) {
  Table table(columns_, std::nullopt);
  EXPECT_EQ(table.part({{"群", "7", "one"}, {"abc", "1234", ""}}),
            "GROUP     N  NAME\n"
            "群        7  one\n"
            "abc    1234  -\n");
}

TEST_F(Tables, OnATerminalOneColumnGivesWayAndNothingWraps) {
  Table table(columns_, 30);
  const std::string name = "群组群组群组群组群组群组群组";
  const auto lines = lines_of(table.part({{"@TGS#1234567", "100", name}, {"@TGS#2", "1", "short"}}));
  ASSERT_EQ(lines.size(), 3U);
  for (const std::string& line : lines) EXPECT_LE(width_of(line), 30U) << line;
  EXPECT_THAT(lines[1], testing::StartsWith("@TGS#1234567  100  群组群组"));
  EXPECT_THAT(lines[1], testing::EndsWith("…"));
  EXPECT_EQ(lines[2], "@TGS#2          1  short");
}

TEST_F(Tables, TheWidestColumnGivesWayFirst) {
  Table table({{"ACCOUNT", false, true}, {"GROUP", false, true}, {"AFTERWARDS"}}, 50);
  const auto lines = lines_of(table.part({{std::string(60, 'a'), std::string(12, 'g'), "came back 2026-01-31"}}));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], "aaaaaaaaaaaaa…  gggggggggggg  came back 2026-01-31");
}

TEST_F(Tables, ASentenceGoesOnInTheNextLine) {
  const std::vector<Column> columns = {{"RULE"}, {"VERDICT"}, {"BECAUSE", false, false, true}};
  const Row row = {"reader", "keeps", "read to message 4990 of 5001 群组群组群组群组群组"};
  EXPECT_EQ(Table(columns, 40).part({row, {"online", "off", "no"}}),
            "RULE    VERDICT  BECAUSE\n"
            "reader  keeps    read to message 4990 of\n"
            "                 5001\n"
            "                 群组群组群组群组群组\n"
            "online  off      no\n");
  EXPECT_THAT(Table(columns, std::nullopt).part({row}), testing::HasSubstr(row[2])) << "not in a pipe";
}

TEST_F(Tables, ATerminalThatIsFarTooNarrowCutsTheLine) {
  Table table(columns_, 10);
  for (const std::string& line : lines_of(table.part({{"@TGS#1234567", "100", "a long name"}}))) {
    EXPECT_LE(width_of(line), 10U) << line;
  }
}

TEST_F(Tables, InAPipeNothingIsCut) {
  Table table(columns_, std::nullopt);
  const std::string name(500, 'x');
  EXPECT_THAT(table.part({{"g", "1", name}}), testing::HasSubstr(name));
}

TEST_F(Tables, LaterPagesHaveNoTitlesAndAreNoNarrower) {
  Table table(columns_, std::nullopt);
  table.part({{"abcdefgh", "1", "x"}});
  EXPECT_EQ(table.part({{"a", "2", "y"}}), "a         2  y\n");
  EXPECT_EQ(table.part({{"abcdefghij", "33", "z"}}), "abcdefghij  33  z\n");
}

TEST_F(Tables, CellsObeyNobody) {
  Table table({{"ID"}}, 40);
  EXPECT_EQ(table.part({{"\x1b[2J\u202e\n"}}), "ID\n\\x1b[2J\\u202e\\x0a\n");
}

}  // namespace
}  // namespace headroom::ctl
