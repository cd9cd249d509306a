#include "webhook/handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/webhook/fixture.h"

namespace headroom::webhook {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(WebhookTest, RecordsAFullGroup) {
  const Response response = send(kQuery, kFull);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, kOk);
  EXPECT_EQ(response.content_type, "application/json");
  const auto events = intake_.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].command, Command::kGroupFull);
  EXPECT_EQ(events[0].group_id, "@TGS#2J4SZEAEL");
  EXPECT_EQ(events[0].event_time, 1670574414123);
  EXPECT_EQ(events[0].received_at, kRequestTimeMs);
  EXPECT_EQ(events[0].source, EventSource::kWebhook);
  EXPECT_EQ(events[0].client_ip, "127.0.0.9");
  EXPECT_EQ(events[0].platform, "RESTAPI");
  EXPECT_EQ(events[0].body, kFull);
  EXPECT_TRUE(events[0].fingerprint);
  EXPECT_THAT(results(), ElementsAre(WebhookResult::kRecorded));
}

TEST_F(WebhookTest, EveryCompletionHasItsAnswer) {
  const struct {
    Recorded recorded;
    int status;
    std::string body;
    WebhookResult result;
  } rows[] = {
      {Recorded::kRecorded, 200, kOk, WebhookResult::kRecorded},
      {Recorded::kDuplicate, 200, kOk, WebhookResult::kDuplicate},
      {Recorded::kSpooled, 200, kOk, WebhookResult::kSpooled},
      {Recorded::kOverloaded, 503, fail("too much waits to be stored"), WebhookResult::kOverloaded},
      {Recorded::kSpoolFull, 503, fail("the spool is full"), WebhookResult::kOverloaded},
      {Recorded::kStopping, 503, fail("stopping"), WebhookResult::kOverloaded},
      {Recorded::kFailed, 500, fail("the event could not be stored"), WebhookResult::kFailed},
  };
  for (const auto& row : rows) {
    intake_.result = row.recorded;
    const Response response = send(kQuery, kFull);
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(response.body, row.body);
    EXPECT_EQ(observed_.back().first, row.result);
    EXPECT_GE(observed_.back().second, 0);
  }
}

TEST_F(WebhookTest, AnswersNothingBeforeTheIntakeDoes) {
  intake_.hold();
  EXPECT_EQ(ask(post(kPath + kQuery, kFull)), std::nullopt);
  EXPECT_THAT(results(), IsEmpty());
}

TEST_F(WebhookTest, IgnoresOtherCommands) {
  const std::string body = R"({"CallbackCommand":"Group.CallbackAfterSendMsg","GroupId":7})";
  const Response response = send("?SdkAppid=1400000001", body);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, kOk);
  EXPECT_THAT(results(), ElementsAre(WebhookResult::kIgnored));
  EXPECT_THAT(intake_.events(), IsEmpty());
}

TEST_F(WebhookTest, FollowsTheOrderOfTheContract) {
  options_.tokens = {kToken};
  options_.allow_from = blocks("10.0.0.0/8");
  handler().drain();
  const std::string large(options_.max_body + 1, 'x');
  // Everything is wrong; one thing after the other is mended.
  EXPECT_EQ(ask("GET /other HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n")->status, 404);
  const auto method = ask("PUT " + kPath + " HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n");
  EXPECT_EQ(method->status, 405);
  EXPECT_THAT(method->headers, ElementsAre(std::make_pair("Allow", "POST")));
  EXPECT_EQ(ask(post(kPath, large))->status, 413);
  EXPECT_EQ(ask(post(kPath, "nonsense"))->body, fail("this peer is not allowed"));
  EXPECT_EQ(ask(post(kPath, "nonsense"), "10.0.0.1")->body, fail("SdkAppid is missing"));
  EXPECT_EQ(ask(post(kPath + kQuery, "nonsense"), "10.0.0.1")->body, fail("Sign is missing"));
  const std::string query = kQuery + "&Sign=" + kSign + "&RequestTime=1669872112";
  EXPECT_EQ(ask(post(kPath + query, "nonsense"), "10.0.0.1")->status, 400);
  EXPECT_EQ(ask(post(kPath + query, kFull), "10.0.0.1")->status, 503);
  EXPECT_THAT(intake_.events(), IsEmpty());
}

TEST_F(WebhookTest, FindsItsPathOnly) {
  for (const char* path : {"/chat/webhook", "/chat/web%68ook"}) {
    EXPECT_EQ(ask(post(path + kQuery, kFull))->status, 200) << path;
  }
  for (const char* path : {"/", "/chat/webhook/", "/chat//webhook", "/chat%2Fwebhook", "/Chat/webhook",
                           "/chat/webhook%", "/chat/webhook%00", "/chat/web+hook"}) {
    EXPECT_EQ(ask(post(path + kQuery, kFull))->status, 404) << path;
    EXPECT_EQ(refused_.back().reason, RefusalReason::kPath);
    EXPECT_EQ(observed_.back().first, WebhookResult::kInvalid);
  }
}

TEST_F(WebhookTest, NeedsAPath) {
  options_.path = "no path";
  EXPECT_THROW(handler(), std::invalid_argument);
}

TEST_F(WebhookTest, KeepsOddIdsAsTheyAre) {
  const std::string body =
      R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"a b/%2F+\"\\#?é","EventTime":"5"})";
  EXPECT_EQ(
      send("?SdkAppid=1400000001&CallbackCommand=Group%2ECallbackAfterGroupFull&ClientIP=%3A%3A1&OptPlatform=a+b", body)
          .status,
      200);
  const Event event = intake_.events().at(0);
  EXPECT_EQ(event.group_id, "a b/%2F+\"\\#?é");
  EXPECT_EQ(event.client_ip, "::1");
  EXPECT_EQ(event.platform, "a b");
}

TEST_F(WebhookTest, ClientAndPlatformAreShortCleanTextOrNothing) {
  const std::string sixty_four(64, '1');
  const std::pair<std::string, std::string> rows[] = {
      {sixty_four, sixty_four},
      {sixty_four + "1", ""},
      {"%0a", ""},
      {"%ff", ""},
      {"%e4%bd", ""},
      {"%E4%BD%A0", "你"},
      {"%7f", ""},
      {"%00", ""},
      {"", ""},
  };
  for (const auto& [given, kept] : rows) {
    ASSERT_EQ(send("?SdkAppid=1400000001&ClientIP=" + given, kFull).status, 200) << given;
    EXPECT_EQ(intake_.events().back().client_ip, kept) << given;
  }
  send("?SdkAppid=1400000001&OptPlatform=" + std::string(33, 'a'), kFull);
  EXPECT_EQ(intake_.events().back().platform, "");
}

TEST_F(WebhookTest, TheFingerprintIsOfCommandGroupTimeAndBody) {
  const auto fingerprint = [&](const std::string& body, const std::string& query = "?SdkAppid=1400000001") {
    EXPECT_EQ(send(query, body).status, 200) << body;
    return intake_.events().back().fingerprint;
  };
  const std::string command = R"({"CallbackCommand":"Group.CallbackAfterGroupFull",)";
  const auto first = fingerprint(command + R"("GroupId":"g","EventTime":5})");
  ASSERT_TRUE(first);
  EXPECT_EQ(fingerprint(command + R"("GroupId":"g","EventTime":5})", "?SdkAppid=1400000001&ClientIP=1.2.3.4"), first);
  EXPECT_NE(fingerprint(command + R"("GroupId":"g","EventTime":6})"), first);
  EXPECT_NE(fingerprint(command + R"("GroupId":"h","EventTime":5})"), first);
  EXPECT_NE(fingerprint(command + R"("GroupId":"g","EventTime":5} )"), first);
  EXPECT_NE(fingerprint(R"({"CallbackCommand":"Group.CallbackAfterMemberExit","GroupId":"g","EventTime":5})"), first);
  EXPECT_EQ(fingerprint(command + R"("GroupId":"g"})"), std::nullopt);
}

TEST_F(WebhookTest, AnIntakeThatThrowsIsAFailure) {
  class Throwing : public Intake {
    void record(Event, std::function<void(Recorded)>) override { throw std::runtime_error("broken"); }
  } broken;
  WebhookHandler failing(options_, broken, clock_, {});
  RequestParser parser{ParserLimits()};
  const std::string bytes = post(kPath + kQuery, kFull);
  const std::size_t head = parser.feed(bytes);
  parser.read_body(failing.max_body());
  parser.feed(std::string_view(bytes).substr(head));
  int status = 0;
  failing.handle(std::move(parser.request()), [&](const Response& response) { status = response.status; });
  EXPECT_EQ(status, 500);
}

TEST_F(WebhookTest, LateCompletionsAreAnswered503Once) {
  options_.answer_within = 0;
  intake_.hold();
  std::vector<int> statuses;
  for (int i = 0; i < 3; ++i) {
    RequestParser parser{ParserLimits()};
    const std::string bytes = post(kPath + kQuery, kFull);
    const std::size_t head = parser.feed(bytes);
    parser.read_body(handler().max_body());
    parser.feed(std::string_view(bytes).substr(head));
    handler().handle(std::move(parser.request()),
                     [&](const Response& response) { statuses.push_back(response.status); });
  }
  handler().tick();
  EXPECT_THAT(statuses, ElementsAre(503, 503, 503));
  intake_.release(Recorded::kRecorded);
  handler().tick();
  EXPECT_EQ(statuses.size(), 3U);
  EXPECT_EQ(results(), std::vector<WebhookResult>(3, WebhookResult::kOverloaded));
}

TEST(WebhookResultName, IsTheMetrics) {
  EXPECT_EQ(name_of(WebhookResult::kRecorded), "recorded");
  EXPECT_EQ(name_of(WebhookResult::kDuplicate), "duplicate");
  EXPECT_EQ(name_of(WebhookResult::kSpooled), "spooled");
  EXPECT_EQ(name_of(WebhookResult::kIgnored), "ignored");
  EXPECT_EQ(name_of(WebhookResult::kRefused), "refused");
  EXPECT_EQ(name_of(WebhookResult::kInvalid), "invalid");
  EXPECT_EQ(name_of(WebhookResult::kOverloaded), "overloaded");
  EXPECT_EQ(name_of(WebhookResult::kFailed), "failed");
}

}  // namespace
}  // namespace headroom::webhook
