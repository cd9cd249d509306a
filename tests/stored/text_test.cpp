#include "stored/text.h"

#include <gtest/gtest.h>

namespace headroom::stored {
namespace {

TEST(StoredTextTest, IsUtf8WithoutNul) {
  const std::string fit = "it's \xE7\xBE\xA4 \xF0\x9F\x98\x80\n";
  EXPECT_TRUE(is_storable(fit));
  EXPECT_EQ(storable(fit), fit);
  EXPECT_TRUE(is_storable(""));
  for (const auto& [odd, stored] : {std::pair{std::string("a\0b", 3),
                                              "a\xEF\xBF\xBD"
                                              "b"},
                                    {std::string("\0", 1), "\xEF\xBF\xBD"},
                                    {std::string("\xE7\xBE"), "\xEF\xBF\xBD\xEF\xBF\xBD"},
                                    {std::string("\xED\xA0\x80"
                                                 "x"),
                                     "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx"}}) {
    EXPECT_FALSE(is_storable(odd));
    EXPECT_EQ(storable(odd), stored);
    EXPECT_TRUE(is_storable(storable(odd)));
  }
}

}  // namespace
}  // namespace headroom::stored
