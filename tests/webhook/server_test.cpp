// The webhook's handler behind its server, over sockets.
#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/support/raw_client.h"
#include "tests/webhook/fake_intake.h"
#include "webhook/handler.h"

namespace headroom::webhook {
namespace {

using http::post;
using http::RawClient;
using http::Server;
using http::ServerOptions;
using testing::HasSubstr;

const std::string kTarget = "/chat/webhook?SdkAppid=7";
const std::string kBody = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":5})";

class WebhookServerTest : public testing::Test {
 protected:
  WebhookServerTest() { server_.start(); }

  static WebhookOptions options() {
    WebhookOptions given;
    given.sdk_app_id = 7;
    given.max_body = 1024;
    return given;
  }

  WebhookHandler::Hooks hooks() {
    WebhookHandler::Hooks hooks;
    hooks.answered = [this](WebhookResult, double) { ++answers_; };
    return hooks;
  }

  FakeIntake intake_;
  support::FixedClock clock_{1000};
  std::atomic<int> answers_ = 0;
  WebhookHandler handler_{options(), intake_, clock_, hooks()};
  Server server_{ServerOptions{}, handler_};
};

TEST_F(WebhookServerTest, RecordsOverOneConnection) {
  RawClient client(server_.port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.ask(post(kTarget, kBody));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})");
    EXPECT_EQ(response->headers.at("content-type"), "application/json");
  }
  EXPECT_EQ(intake_.events().size(), 3U);
  EXPECT_EQ(answers_, 3);
}

// Pistache's own reading of these headers ends in 415 and 500.
TEST_F(WebhookServerTest, HeadersThatMeanNothingHereAreNotJudged) {
  for (const char* header : {"Content-Type:", "Content-Type: /", "Content-Type: text/xml; charset", "Accept:",
                             "Accept: ///;q=x", "Date: yesterday", "Cookie: ;==;\xff", "Cache-Control: max-age=many",
                             "Authorization: x", "Content-Encoding: br", "Upgrade: h2c"}) {
    const auto response = RawClient(server_.port()).ask(post(kTarget, kBody, std::string(header) + "\r\n"));
    ASSERT_TRUE(response) << header;
    EXPECT_EQ(response->status, 200) << header;
  }
}

TEST_F(WebhookServerTest, ASlowDiskIsAnswered503InTime) {
  intake_.hold();
  RawClient client(server_.port());
  const auto start = std::chrono::steady_clock::now();
  const auto response = client.ask(post(kTarget, kBody));
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_THAT(response->body, HasSubstr("FAIL"));
  EXPECT_GE(took, std::chrono::milliseconds(1150));
  EXPECT_LT(took, std::chrono::milliseconds(1500));
  intake_.release(Recorded::kRecorded);
  EXPECT_EQ(client.ask(post("/chat/webhook", kBody))->status, 403);
  EXPECT_EQ(answers_, 2);
}

TEST_F(WebhookServerTest, BadHeadsAreRefusedBeforeTheBodyComes) {
  const struct {
    const char* bytes;
    int status;
  } rows[] = {
      {"GET /chat/webhook HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", 404},
      {"PUT /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", 405},
      {"POST /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n", 413},
      {"POST /chat/webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n", 413},
      {"POST /chat/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400},
  };
  for (const auto& row : rows) {
    RawClient client(server_.port());
    const auto response = client.ask(row.bytes);
    ASSERT_TRUE(response) << row.bytes;
    EXPECT_EQ(response->status, row.status) << row.bytes;
    EXPECT_THAT(response->body, HasSubstr(R"("ActionStatus":"FAIL")"));
    EXPECT_EQ(response->headers.count("allow"), row.status == 405 ? 1U : 0U);
  }
  EXPECT_EQ(answers_, 6);
}

TEST_F(WebhookServerTest, HeadIs405WithoutABody) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send("HEAD /chat/webhook HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto response = client.receive(true);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 405);
  EXPECT_EQ(client.ask(post(kTarget, kBody))->status, 200);
}

TEST_F(WebhookServerTest, StoppingAnswersWhatWaitsAndRefusesWhatComes) {
  intake_.hold();
  RawClient waiting(server_.port());
  ASSERT_TRUE(waiting.send(post(kTarget, kBody)));
  ASSERT_TRUE(intake_.wait_for_events(1));
  RawClient late(server_.port());
  const std::string request = post(kTarget, kBody);
  ASSERT_TRUE(late.send(request.substr(0, 20)));
  ASSERT_EQ(RawClient(server_.port()).ask(post("/x", ""))->status, 404);  // `late` has been read by now
  handler_.drain();
  server_.stop_accepting();
  const auto refused = late.ask(request.substr(20));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  intake_.release(Recorded::kRecorded);
  const auto response = waiting.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_TRUE(server_.shutdown(10000));
  EXPECT_EQ(intake_.events().size(), 1U);
}

}  // namespace
}  // namespace headroom::webhook
