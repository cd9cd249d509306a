#include "http/uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

TEST(Uri, PathTextKeepsPlus) {
  EXPECT_THAT(decode_path_text("a+b%20c%2B"), Optional(std::string("a+b c+")));
  EXPECT_THAT(decode_path_text(""), Optional(std::string()));
  EXPECT_THAT(decode_path_text("%00"), Optional(std::string(1, '\0')));
}

TEST(Uri, QueryTextTurnsPlusIntoSpace) {
  EXPECT_THAT(decode_query_text("a+b%2Bc%20d"), Optional(std::string("a b+c d")));
  EXPECT_THAT(decode_query_text("%40TGS%23"), Optional(std::string("@TGS#")));
  EXPECT_THAT(decode_query_text("%e7%BE%a4"), Optional(std::string("\xe7\xbe\xa4")));
}

TEST(Uri, EncodedTextIsOneSegmentAndDecodesToItself) {
  EXPECT_EQ(encode_text("@TGS#2J4"), "%40TGS%232J4");
  EXPECT_EQ(encode_text("a/b%c d+e?f&g"), "a%2Fb%25c%20d%2Be%3Ff%26g");
  EXPECT_EQ(encode_text("Az09-._~"), "Az09-._~");
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_THAT(decode_path_text(encode_text(every)), Optional(every));
  EXPECT_THAT(decode_query_text(encode_text(every)), Optional(every));
}

TEST(Uri, BadEscapesAreErrors) {
  for (const char* text : {"%", "%1", "a%", "%zz", "%1g", "%-1", "% 1", "%%20", "%0x"}) {
    EXPECT_EQ(decode_path_text(text), std::nullopt) << text;
    EXPECT_EQ(decode_query_text(text), std::nullopt) << text;
  }
}

TEST(Uri, PathSplitsBeforeItIsDecoded) {
  EXPECT_THAT(split_path("/"), Optional(ElementsAre("")));
  EXPECT_THAT(split_path("/a/b"), Optional(ElementsAre("a", "b")));
  EXPECT_THAT(split_path("/groups/%40TGS%23a%2Fb+c/runs"), Optional(ElementsAre("groups", "@TGS#a/b+c", "runs")));
  EXPECT_THAT(split_path("/a//b/"), Optional(ElementsAre("a", "", "b", "")));
  EXPECT_EQ(split_path("a/b"), std::nullopt);
  EXPECT_EQ(split_path(""), std::nullopt);
  EXPECT_EQ(split_path("/a/%4"), std::nullopt);
}

TEST(Uri, QueryKeepsOrderAndDuplicates) {
  const Query query = parse_query("b=2&a=1&&b=&c&=x&a%3D=%26");
  EXPECT_FALSE(query.malformed);
  EXPECT_THAT(query.parameters, ElementsAre(Pair("b", "2"), Pair("a", "1"), Pair("b", ""), Pair("c", ""), Pair("", "x"),
                                            Pair("a=", "&")));
  EXPECT_THAT(parse_query("").parameters, IsEmpty());
  EXPECT_THAT(parse_query("a=b=c").parameters, ElementsAre(Pair("a", "b=c")));
}

TEST(Uri, QueryLeavesOutWhatCanNotBeDecoded) {
  const Query query = parse_query("a=1&b=%zz&%=2&c=3");
  EXPECT_TRUE(query.malformed);
  EXPECT_THAT(query.parameters, ElementsAre(Pair("a", "1"), Pair("c", "3")));
}

}  // namespace
}  // namespace headroom::http
