#include "text/json_repair.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

const std::string kMark = "\xEF\xBF\xBD";

TEST(JsonRepair, OnlyHalvesOfPairsAreChanged) {
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
