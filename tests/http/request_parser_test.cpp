#include "http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace headroom::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Status = RequestParser::Status;

constexpr std::size_t kMaxBody = 100;

// Feeds everything, as many bytes at a time; returns what was not consumed.
std::string feed(RequestParser& parser, std::string_view bytes, std::size_t step) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, step);
    const std::size_t used = parser.feed(piece);
    bytes.remove_prefix(used);
    if (parser.status() == Status::kHeadRead) parser.read_body(kMaxBody);
    if (parser.status() == Status::kComplete || parser.status() == Status::kError) break;
  }
  return std::string(bytes);
}

struct Row {
  const char* name;
  std::string bytes;
  int status;  // 0: a good request
};

std::string head(const std::string& line, const std::string& headers = "Host: a\r\n") {
  return line + "\r\n" + headers + "\r\n";
}

std::vector<Row> rows() {
  using namespace std::string_literals;
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  return {
      {"get", head("GET / HTTP/1.1"), 0},
      {"old", head("GET / HTTP/1.0", ""), 0},
      {"length", post + "Content-Length: 3\r\n\r\nabc", 0},
      {"zero length", post + "Content-Length: 0\r\n\r\n", 0},
      {"leading zeros", post + "Content-Length: 003\r\n\r\nabc", 0},
      {"chunked", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=\"y\"\r\nc\r\n0\r\nTrailer: x\r\n\r\n", 0},
      {"chunked in capitals", post + "TRANSFER-ENCODING: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", 0},
      {"blank line ahead", "\r\n" + head("GET / HTTP/1.1"), 0},
      {"absolute form", head("GET http://a:80/x?y=z HTTP/1.1"), 0},
      {"asterisk", head("OPTIONS * HTTP/1.1"), 0},
      {"high bytes in a header", head("GET / HTTP/1.1", "Host: a\r\nX: \xc3\xa9\r\n"), 0},
      {"empty host", head("GET / HTTP/1.1", "Host:\r\n"), 0},
      {"v6 host", head("GET / HTTP/1.1", "Host: [::1]:8080\r\n"), 0},
      {"tab", head("GET / HTTP/1.1", "Host:\ta\t\r\n"), 0},
      {"expect", post + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na", 0},

      {"two blank lines ahead", "\r\n\r\n" + head("GET / HTTP/1.1"), 400},
      {"no version", head("GET /"), 400},
      {"version 1", head("GET / H"), 400},
      {"version 2", head("GET / HTTP/2.0"), 505},
      {"version 1.2", head("GET / HTTP/1.2"), 505},
      {"version in small letters", head("GET / http/1.1"), 400},
      {"version with more", head("GET / HTTP/1.1x"), 400},
      {"two spaces", head("GET  / HTTP/1.1"), 400},
      {"space in the target", head("GET /a b HTTP/1.1"), 400},
      {"tab in the target", head("GET /a\tb HTTP/1.1"), 400},
      {"high byte in the target", head("GET /\xc3\xa9 HTTP/1.1"), 400},
      {"fragment", head("GET /a#b HTTP/1.1"), 400},
      {"relative target", head("GET a HTTP/1.1"), 400},
      {"authority form", head("CONNECT a:1 HTTP/1.1"), 400},
      {"asterisk of GET", head("GET * HTTP/1.1"), 400},
      {"bad method", head("G(T / HTTP/1.1"), 400},
      {"no method", head(" / HTTP/1.1"), 400},
      {"long method", head(std::string(33, 'A') + " / HTTP/1.1"), 400},
      {"NUL in the line", head("GET /\0 HTTP/1.1"s), 400},
      {"TLS hello", "\x16\x03\x01\x02\x00\x01\n"s, 400},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare LF in headers", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"bare CR in a header", head("GET / HTTP/1.1", "Host: a\r\nX: a\rb\r\n"), 400},
      {"NUL in a header", head("GET / HTTP/1.1", "Host: a\r\nX: a\0b\r\n"s), 400},
      {"DEL in a header", head("GET / HTTP/1.1", "Host: a\r\nX: a\x7f\r\n"), 400},
      {"folded", head("GET / HTTP/1.1", "Host: a\r\nX: a\r\n b\r\n"), 400},
      {"no colon", head("GET / HTTP/1.1", "Host: a\r\nX\r\n"), 400},
      {"space before colon", head("GET / HTTP/1.1", "Host: a\r\nX : y\r\n"), 400},
      {"empty name", head("GET / HTTP/1.1", "Host: a\r\n: y\r\n"), 400},
      {"no host", head("GET / HTTP/1.1", ""), 400},
      {"two hosts", head("GET / HTTP/1.1", "Host: a\r\nHost: a\r\n"), 400},
      {"host port", head("GET / HTTP/1.1", "Host: a:99999\r\n"), 400},
      {"host port letters", head("GET / HTTP/1.1", "Host: a:x\r\n"), 400},
      {"host path", head("GET / HTTP/1.1", "Host: a/b\r\n"), 400},
      {"host with @", head("GET / HTTP/1.1", "Host: a@b\r\n"), 400},
      {"length abc", post + "Content-Length: abc\r\n\r\n", 400},
      {"length 123xyz", post + "Content-Length: 3xyz\r\n\r\nabc", 400},
      {"length +5", post + "Content-Length: +3\r\n\r\nabc", 400},
      {"length -5", post + "Content-Length: -3\r\n\r\nabc", 400},
      {"length list", post + "Content-Length: 3,3\r\n\r\nabc", 400},
      {"length empty", post + "Content-Length:\r\n\r\n", 400},
      {"length hex", post + "Content-Length: 0x3\r\n\r\nabc", 400},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
      {"length too large", post + "Content-Length: 101\r\n\r\n", 413},
      {"length 8 GB", post + "Content-Length: 8589934592\r\n\r\n", 413},
      {"length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
      {"length and chunked", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunk size x", post + "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400},
      {"chunk size empty", post + "Transfer-Encoding: chunked\r\n\r\n\r\n", 400},
      {"chunk size 0x1", post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400},
      {"chunk size -1", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
      {"chunk size with space", post + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n", 400},
      {"chunk size 4 GB", post + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413},
      {"chunk size beyond 64 bits", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {"chunks too large", post + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n64\r\n", 413},
      {"chunk longer than its size", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400},
      {"chunk line with bare LF", post + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", 400},
      {"endless chunk line", post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'x'), 400},
      {"endless trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(5000, 'x'), 400},
      {"control in a trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: \x01\r\n\r\n", 400},
      {"other expectation", post + "Expect: beer\r\nContent-Length: 1\r\n\r\na", 417},
      {"endless line", "GET /" + std::string(9000, 'a'), 414},
      {"endless header", "GET / HTTP/1.1\r\nX: " + std::string(9000, 'a'), 431},
      {"large head",
       "GET / HTTP/1.1\r\nA: " + std::string(6000, 'a') + "\r\nB: " + std::string(6000, 'b') +
           "\r\nC: " + std::string(6000, 'c'),
       431},
  };
}

TEST(RequestParser, EveryDoubtIsAnErrorWhereverTheBytesAreSplit) {
  for (const Row& row : rows()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100000}}) {
      RequestParser parser{ParserLimits()};
      const std::string rest = feed(parser, row.bytes, step);
      const Status expected = row.status == 0 ? Status::kComplete : Status::kError;
      EXPECT_EQ(parser.status(), expected) << row.name << " step " << step << ": " << parser.error_reason();
      EXPECT_EQ(parser.error_status(), row.status) << row.name << " step " << step;
      if (row.status == 0) {
        EXPECT_EQ(rest, "") << row.name;
      } else {
        EXPECT_NE(parser.error_reason(), "") << row.name;
        EXPECT_FALSE(parser.keep_alive()) << row.name;
      }
    }
  }
}

TEST(RequestParser, IsTheSameForEverySplitInTwo) {
  const std::string bytes =
      "POST /a%20b?x=1&x=+%2B HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    RequestParser parser{ParserLimits()};
    EXPECT_EQ(feed(parser, bytes.substr(0, split), bytes.size()), "");
    EXPECT_EQ(feed(parser, bytes.substr(split), bytes.size()), "");
    ASSERT_EQ(parser.status(), Status::kComplete) << split;
    EXPECT_EQ(parser.request().body, "abcde");
    EXPECT_EQ(parser.request().path, "/a%20b");
    EXPECT_THAT(parser.request().query, ElementsAre(Pair("x", "1"), Pair("x", " +")));
  }
}

TEST(RequestParser, LeavesTheNextRequestAlone) {
  RequestParser parser{ParserLimits()};
  const std::string second = head("GET /second HTTP/1.1");
  const std::string first = "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";
  EXPECT_EQ(feed(parser, first + second, 100000), second);
  EXPECT_EQ(parser.request().path, "/first");
  EXPECT_EQ(parser.request().body, "ab");
  parser.reset();
  EXPECT_FALSE(parser.started());
  EXPECT_EQ(feed(parser, second, 100000), "");
  EXPECT_EQ(parser.request().path, "/second");
  EXPECT_EQ(parser.request().body, "");
  EXPECT_THAT(parser.request().headers, ElementsAre(Pair("host", "a")));
}

TEST(RequestParser, ReadsNothingBehindAnError) {
  RequestParser parser{ParserLimits()};
  const std::string rest = feed(parser, "GET / HTTP/1.1\r\nbad\r\n" + head("GET /smuggled HTTP/1.1"), 100000);
  EXPECT_EQ(parser.error_status(), 400);
  EXPECT_EQ(rest, head("GET /smuggled HTTP/1.1"));
  EXPECT_EQ(parser.feed(rest), 0U);
}

TEST(RequestParser, KnowsWhetherTheConnectionGoesOn) {
  const struct {
    const char* line;
    const char* headers;
    bool keep_alive;
  } cases[] = {
      {"GET / HTTP/1.1", "Host: a\r\n", true},
      {"GET / HTTP/1.1", "Host: a\r\nConnection: keep-alive\r\n", true},
      {"GET / HTTP/1.1", "Host: a\r\nConnection: close\r\n", false},
      {"GET / HTTP/1.1", "Host: a\r\nConnection: x, CLOSE\r\n", false},
      {"GET / HTTP/1.0", "", false},
      {"GET / HTTP/1.0", "Connection: keep-alive\r\n", false},
  };
  for (const auto& one : cases) {
    RequestParser parser{ParserLimits()};
    feed(parser, head(one.line, one.headers), 100000);
    EXPECT_EQ(parser.keep_alive(), one.keep_alive) << one.line << one.headers;
  }
}

TEST(RequestParser, LimitsTheHeaders) {
  RequestParser parser{ParserLimits{1000, 10000, 3}};
  feed(parser, head("GET / HTTP/1.1", "Host: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n"), 100000);
  EXPECT_EQ(parser.error_status(), 431);
}

TEST(RequestParser, StopsAtTheHead) {
  RequestParser parser{ParserLimits()};
  parser.feed("POST /a?b=%zz&c=d HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
  EXPECT_EQ(parser.status(), Status::kHeadRead);
  EXPECT_TRUE(parser.has_body());
  EXPECT_TRUE(parser.request().query_malformed);
  EXPECT_THAT(parser.request().query, ElementsAre(Pair("c", "d")));
  EXPECT_THAT(parser.request().body, IsEmpty());
}

TEST(RequestParser, RequestFindsItsFields) {
  RequestParser parser{ParserLimits()};
  feed(parser, head("GET /?a=1&b=2&a=3 HTTP/1.1", "Host: a\r\nX-Y: 1\r\nx-y: 2\r\n"), 100000);
  const Request& request = parser.request();
  ASSERT_NE(request.header("x-y"), nullptr);
  EXPECT_EQ(*request.header("x-y"), "1");
  EXPECT_EQ(request.header("z"), nullptr);
  EXPECT_THAT(request.header_values("x-y"), ElementsAre("1", "2"));
  EXPECT_THAT(request.query_values("a"), ElementsAre("1", "3"));
  EXPECT_THAT(request.query_values("z"), IsEmpty());
}

}  // namespace
}  // namespace headroom::http
