#include "admin/cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace headroom::admin::admin_test {
namespace {

TEST(AdminCursor, ComesBackAndIsUrlSafe) {
  const CursorScope scope{"runs", "state=4:full;"};
  for (const std::int64_t id :
       {std::int64_t{1}, std::int64_t{50}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
    const std::string cursor = encode_cursor(scope, {id});
    EXPECT_THAT(cursor, testing::MatchesRegex("[A-Za-z0-9_-]+"));
    EXPECT_EQ(decode_cursor(scope, cursor), CursorPlace{id});
  }
}

TEST(AdminCursor, MayHaveARank) {
  const CursorScope scope{"groups", "sort=6:oldest;"};
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t rank : {std::int64_t{0}, std::int64_t{-1}, kMost, std::numeric_limits<std::int64_t>::min()}) {
    const std::string cursor = encode_cursor(scope, {7, rank});
    EXPECT_THAT(cursor, testing::MatchesRegex("[A-Za-z0-9_-]+"));
    EXPECT_EQ(decode_cursor(scope, cursor), (CursorPlace{7, rank}));
    for (std::size_t i = 0; i < cursor.size(); ++i) {
      std::string altered = cursor;
      altered[i] = altered[i] == 'A' ? 'B' : 'A';
      EXPECT_EQ(decode_cursor(scope, altered), std::nullopt) << altered;
    }
    EXPECT_EQ(decode_cursor(scope, cursor.substr(0, 24)), std::nullopt);
    EXPECT_EQ(decode_cursor({"groups", ""}, cursor), std::nullopt);
  }
  EXPECT_NE(encode_cursor(scope, {7, 0}).substr(0, 24), encode_cursor(scope, {7}));
}

TEST(AdminCursor, BelongsToItsListAndFilters) {
  const std::string cursor = encode_cursor({"runs", "a"}, {7});
  EXPECT_EQ(decode_cursor({"events", "a"}, cursor), std::nullopt);
  EXPECT_EQ(decode_cursor({"runs", "b"}, cursor), std::nullopt);
  EXPECT_EQ(decode_cursor({"runs", ""}, cursor), std::nullopt);
}

TEST(AdminCursor, EveryAlteredCharacterIsSeen) {
  const CursorScope scope{"runs", "a"};
  const std::string cursor = encode_cursor(scope, {7});
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    for (const char c : {'A', 'z', '0', '-', '_'}) {
      std::string altered = cursor;
      altered[i] = c;
      EXPECT_EQ(decode_cursor(scope, altered).has_value(), altered == cursor) << altered;
    }
  }
}

TEST(AdminCursor, RefusesGarbage) {
  const CursorScope scope{"runs", "a"};
  const std::string cursor = encode_cursor(scope, {7});
  for (const std::string& text : {std::string(), std::string("7"), cursor + "A", cursor.substr(1),
                                  cursor + "====", " " + cursor.substr(1), std::string(24, '\0'), std::string(24, '='),
                                  std::string(24, '+'), std::string(5000, 'A'), std::string(24, '\xFF')}) {
    EXPECT_EQ(decode_cursor(scope, text), std::nullopt) << text;
  }
  EXPECT_EQ(decode_cursor(scope, encode_cursor(scope, {0})), std::nullopt);
  EXPECT_EQ(decode_cursor(scope, encode_cursor(scope, {-1})), std::nullopt);
}

}  // namespace
}  // namespace headroom::admin::admin_test
