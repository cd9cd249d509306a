// Every hazard of Pistache's own HTTP layer that was measured, from the outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server.h"
#include "tests/http/test_server.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class FramingTest : public testing::Test {
 protected:
  FramingTest() { server_.start(); }

  ScriptedHandler handler_;
  Server server_{ServerOptions{}, handler_};
};

TEST_F(FramingTest, PipelinedRequestsAreAnsweredInOrder) {
  RawClient client(server_.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += i % 3 == 0 ? get("/thread") : post("/n" + std::to_string(i), "x");
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 50; ++i) {
    const auto response = client.receive();
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->body, i % 3 == 0 ? "thread" : "POST /n" + std::to_string(i) + " x");
  }
}

TEST_F(FramingTest, TheNextRequestWaitsForTheAnswer) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(get("/hold") + get("/second")));
  ASSERT_TRUE(handler_.wait_for_held(1));
  EXPECT_EQ(RawClient(server_.port()).ask(get("/other"))->status, 200);
  EXPECT_EQ(handler_.seen().size(), 2U);
  handler_.release(Response{200, "", "first", {}, false});
  EXPECT_EQ(client.receive()->body, "first");
  EXPECT_EQ(client.receive()->body, "GET /second ");
}

TEST_F(FramingTest, SplitAtEveryByte) {
  RawClient client(server_.port());
  for (const char byte : post("/slow", "abc")) ASSERT_TRUE(client.send(std::string_view(&byte, 1)));
  EXPECT_EQ(client.receive()->body, "POST /slow abc");
}

TEST_F(FramingTest, ChunkedBodies) {
  RawClient client(server_.port());
  const std::string head = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.ask(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")->body, "POST /c abcde");
  EXPECT_EQ(client.ask(head + "0\r\n\r\n")->body, "POST /c ");
  EXPECT_EQ(client.ask(head + "ffffffff\r\n")->status, 413);
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(FramingTest, ExpectIsAnsweredBeforeTheBody) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 100);
  EXPECT_EQ(client.ask("abc")->body, "POST /e abc");
  // Refused before the body is sent.
  ASSERT_TRUE(client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 413);
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(FramingTest, ExpectWithoutABodyIsNotAnswered100) {
  RawClient client(server_.port());
  EXPECT_EQ(client.ask(get("/e", "Expect: 100-continue\r\n"))->status, 200);
}

TEST_F(FramingTest, ErrorsAreAnsweredOnceAndNothingBehindThemIsRead) {
  const std::string smuggled = get("/smuggled");
  const std::pair<std::string, int> cases[] = {
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n" + smuggled, 400},
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 123xyz\r\n\r\n" + smuggled, 400},
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" + smuggled, 400},
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n" + smuggled, 400},
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 8589934592\r\n\r\n" + smuggled, 413},
      {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
       400},
      {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled, 501},
      {"GET / H\r\n\r\n" + smuggled, 400},
      {"GET / HTTP/1.1\r\n\r\n" + smuggled, 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n" + smuggled, 400},
      {std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29) + smuggled, 400},
      {"GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled, 414},
      {post("/a", std::string(1001, 'x')) + smuggled, 413},
      {post("/early", std::string(900, 'x')) + smuggled, 404},
  };
  for (const auto& [bytes, status] : cases) {
    RawClient client(server_.port());
    ASSERT_TRUE(client.send(bytes));
    const std::string all = client.receive_all();
    EXPECT_THAT(all, StartsWith("HTTP/1.1 " + std::to_string(status))) << bytes.substr(0, 100);
    EXPECT_EQ(all.find("HTTP/1.1 ", 1), std::string::npos) << all;
    EXPECT_THAT(all, HasSubstr("Connection: close")) << all;
  }
  EXPECT_TRUE(handler_.seen().empty());
}

TEST_F(FramingTest, OversizedBodiesGetTheirAnswerAndNoReset) {
  RawClient client(server_.port());
  // More than the receive buffers: without the wait before the close, the answer would be lost in a reset.
  client.send(post("/a", std::string(600000, 'x')));
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
}

TEST_F(FramingTest, FloodsAreCutOff) {
  RawClient client(server_.port());
  const std::string flood(1 << 20, 'x');
  ASSERT_TRUE(client.send(post("/hold", "")));
  ASSERT_TRUE(handler_.wait_for_held(1));
  bool cut = false;
  for (int i = 0; i < 64 && !cut; ++i) cut = !client.send(flood);
  EXPECT_TRUE(cut);
  handler_.release(Response{});
  EXPECT_EQ(RawClient(server_.port()).ask(get("/a"))->status, 200);
}

TEST_F(FramingTest, TooMuchAheadOfAnAnswerIsRefusedNotDropped) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(get("/hold")));
  ASSERT_TRUE(handler_.wait_for_held(1));
  std::string ahead;
  while (ahead.size() < 300 * 1024) ahead += post("/n", std::string(900, 'x'));
  ASSERT_TRUE(client.send(ahead));
  handler_.release(Response{200, "", "held", {}, false});
  const std::string all = client.receive_all();
  EXPECT_THAT(all, HasSubstr("held"));
  EXPECT_THAT(all, HasSubstr("HTTP/1.1 413"));
  EXPECT_GT(handler_.seen().size(), 100U);
}

TEST_F(FramingTest, AHalfClosedClientsRequestIsStillHandled) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send(post("/half", "x")));
  client.half_close();
  EXPECT_TRUE(handler_.wait_for_seen("/half"));
}

TEST_F(FramingTest, EarlyAnswersKeepTheConnectionWhenThereIsNoBody) {
  RawClient client(server_.port());
  EXPECT_EQ(client.ask(get("/early"))->status, 404);
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
}

TEST_F(FramingTest, OneBlankLineBetweenRequestsIsForgiven) {
  RawClient client(server_.port());
  EXPECT_EQ(client.ask(post("/a", "x") + "\r\n")->status, 200);
  EXPECT_EQ(client.ask(post("/a", "x"))->status, 200);
}

}  // namespace
}  // namespace headroom::http
