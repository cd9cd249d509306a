#include "http/date_header.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom {
namespace {

TEST(DateHeader, ReadsTheThreeFormsOfHttp) {
  constexpr TimeMs kExpected = 784111777000;
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), kExpected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), kExpected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), kExpected);
}

TEST(DateHeader, RefusesEverythingElse) {
  const std::string refused[] = {"",
                                 "now",
                                 "Sun, 06 Nov 1994",
                                 "1994-11-06T08:49:37.000000Z",
                                 "Sun, 06 Nov 1994 08:49 GMT      ",
                                 "Sun, 36 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Foo 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 38:49:37 GMT",
                                 "Sun, 06 Nov 999999999 08:49:37 GMT",

                                 std::string(100'000, '9'),
                                 std::string("Sun\0 06 Nov 1994 08:49:37 GMT", 29)};
  for (const std::string& text : refused) EXPECT_EQ(parse_http_date(text), std::nullopt) << text.substr(0, 50);
}

TEST(DateHeader, OffsetIsTheNearestToZeroThatTheSecondAllows) {
  EXPECT_EQ(clock_offset_of(10'000, 10'000), 0);
  EXPECT_EQ(clock_offset_of(10'000, 10'999), 0);
  EXPECT_EQ(clock_offset_of(10'000, 11'000), -1);
  EXPECT_EQ(clock_offset_of(10'000, 9'999), 1);
  EXPECT_EQ(clock_offset_of(310'000, 10'000), 300'000);
}

}  // namespace
}  // namespace headroom
