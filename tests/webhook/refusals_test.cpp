// Why a webhook is refused: for the metric, the log, and the operator who has set up the console.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "tests/webhook/fixture.h"

namespace headroom::webhook {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const std::string kSigned = std::string("&Sign=") + kSign + "&RequestTime=1669872112";

TEST_F(WebhookTest, EachRefusalIsToldWithItsReason) {
  options_.tokens = {kToken};
  options_.allow_from = blocks("127.0.0.1");
  const struct {
    std::string request;
    const char* peer;
    RefusalReason reason;
  } rows[] = {
      {get(kPath + kQuery), "127.0.0.1", RefusalReason::kMethod},
      {post("/other" + kQuery, kFull), "127.0.0.1", RefusalReason::kPath},
      {post(kPath, std::string(options_.max_body + 1, ' ')), "127.0.0.1", RefusalReason::kTooLarge},
      {post(kPath + kQuery + kSigned, kFull), "203.0.113.9", RefusalReason::kPeer},
      {post(kPath + "?SdkAppid=8" + kSigned, kFull), "127.0.0.1", RefusalReason::kSdkAppId},
      {post(kPath + kQuery + "&Sign=0&RequestTime=1669872112", kFull), "127.0.0.1", RefusalReason::kSign},
      {post(kPath + kQuery + "&Sign=0", kFull), "127.0.0.1", RefusalReason::kRequestTime},
      {post(kPath + kQuery + kSigned, "nonsense"), "127.0.0.1", RefusalReason::kMalformed},
      {post(kPath + kQuery + kSigned, "{}"), "127.0.0.1", RefusalReason::kCommand},
      {post(kPath + kQuery + kSigned, R"({"CallbackCommand":"Group.CallbackAfterGroupFull"})"), "127.0.0.1",
       RefusalReason::kGroupId},
      {post(kPath + kQuery + kSigned, kFull.substr(0, kFull.size() - 1) + R"(,"EventTime":1})"), "127.0.0.1",
       RefusalReason::kEventTime},
  };
  for (const auto& row : rows) {
    refused_.clear();
    const auto answer = ask(row.request, row.peer);
    ASSERT_TRUE(answer);
    ASSERT_THAT(refused_, SizeIs(1)) << static_cast<int>(row.reason);
    EXPECT_EQ(refused_[0].reason, row.reason);
    EXPECT_EQ(answer->status, status_of(row.reason));
    EXPECT_EQ(refused_[0].peer, row.peer);
    EXPECT_NE(refused_[0].hint, "");
  }
}

TEST_F(WebhookTest, WhatCanNotBeStoredIsToldToo) {
  const std::pair<Recorded, RefusalReason> rows[] = {{Recorded::kOverloaded, RefusalReason::kBusy},
                                                     {Recorded::kStopping, RefusalReason::kStopping},
                                                     {Recorded::kFailed, RefusalReason::kStorage}};
  for (const auto& [recorded, reason] : rows) {
    intake_.result = recorded;
    EXPECT_EQ(send(kQuery, kFull).status, status_of(reason));
    EXPECT_EQ(refused_.back().reason, reason);
    EXPECT_EQ(refused_.back().peer, "127.0.0.1");
  }
  intake_.result = Recorded::kSpoolFull;
  EXPECT_EQ(send(kQuery, kFull).status, 503);
  EXPECT_EQ(refused_.back().reason, RefusalReason::kBusy);
  EXPECT_THAT(refused_.back().hint, HasSubstr("spool.max")) << "it is not the queue that is full";
  handler().drain();
  EXPECT_EQ(send(kQuery, kFull).status, 503);
  EXPECT_EQ(refused_.back().reason, RefusalReason::kStopping);
}

TEST_F(WebhookTest, ThePeerIsTheOneBehindTheProxies) {
  EXPECT_EQ(ask(post("/other", kFull, "X-Forwarded-For: 9.9.9.9, 203.0.113.5\r\n"))->status, 404);
  EXPECT_EQ(refused_.back().peer, "203.0.113.5");
}

// What goes wrong when somebody sets up the console for the first time.
TEST_F(WebhookTest, TheHintNamesTheCommonMistakes) {
  options_.tokens = {kToken};
  const std::string stale = "&Sign=" + std::string(kSign) + "&RequestTime=1669872112";
  const struct {
    std::string target;
    const char* hint;
  } rows[] = {
      {kPath + "/" + kQuery + kSigned, "slash at the end"},
      {kPath + "?token=x" + kQuery + kSigned, "has a query of its own"},
      {kPath + "?" + kQuery + kSigned, "has a query of its own"},
      {kPath + kQuery + "&Sign=" + std::string(64, '0') + "&RequestTime=1669872112", "the token differs"},
      {kPath + kQuery, "the console has no token"},
      {kPath + "?SdkAppid=1400000002" + kSigned, "another app's"},
      {"/webhook" + kQuery + kSigned, "another path"},
  };
  for (const auto& row : rows) {
    refused_.clear();
    ask(post(row.target, kFull));
    ASSERT_THAT(refused_, SizeIs(1)) << row.target;
    EXPECT_THAT(refused_[0].hint, HasSubstr(row.hint)) << row.target;
    EXPECT_THAT(refused_[0].hint, testing::Not(HasSubstr(kToken)));
  }
  clock_.set(kRequestTimeMs + 90 * kSecondMs);
  ask(post(kPath + kQuery + kSigned, kFull));
  EXPECT_EQ(refused_.back().reason, RefusalReason::kRequestTime);
  EXPECT_THAT(refused_.back().hint, HasSubstr("clock"));
  EXPECT_THAT(refused_.back().hint, HasSubstr("90 s behind"));
}

// While the console's token is being changed both are good; a reload takes over others.
TEST_F(WebhookTest, TokensAreChangedWithoutLoss) {
  options_.tokens = {"new", kToken};
  EXPECT_EQ(send(kQuery + kSigned, kFull).status, 200);
  handler().set_tokens({"new"});
  EXPECT_EQ(send(kQuery + kSigned, kFull).status, 403);
  handler().set_tokens({kToken, "other"});
  EXPECT_EQ(send(kQuery + kSigned, kFull).status, 200);
  handler().set_tokens({});
  EXPECT_EQ(send(kQuery, kFull).status, 200);
}

// The contract's order, pair by pair: a request with two faults gets the status that stands first.
TEST_F(WebhookTest, OfTwoFaultsTheFirstOfTheContractIsAnswered) {
  enum Fault { k404, k405, k413, k403, k400, k503, k500, kFaults };
  constexpr std::array kStatus = {404, 405, 413, 403, 400, 503, 500};
  for (int first = 0; first < kFaults; ++first) {
    for (int second = first + 1; second < kFaults; ++second) {
      const auto has = [&](Fault fault) { return first == fault || second == fault; };
      handler_.reset();
      options_.max_body = 1024;
      if (has(k503)) handler().drain();
      intake_.result = has(k500) ? Recorded::kFailed : Recorded::kRecorded;
      const std::string target = (has(k404) ? "/other" : kPath) + (has(k403) ? "?SdkAppid=8" : kQuery);
      std::string body = has(k400) ? "nonsense" : kFull;
      if (has(k413)) body += std::string(2048, ' ');
      const std::string bytes = post(target, body);
      const auto answer = ask(has(k405) ? "PUT" + bytes.substr(4) : bytes);
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, kStatus[static_cast<std::size_t>(first)]) << kStatus[static_cast<std::size_t>(second)];
    }
  }
}

TEST_F(WebhookTest, AStrangersBodyIsReadAndNotKept) {
  options_.tokens = {kToken};
  RequestParser parser{ParserLimits()};
  const std::string bytes = post(kPath + kQuery + "&Sign=0&RequestTime=1669872112", kFull);
  const std::size_t head = parser.feed(bytes);
  parser.read_body(handler().max_body(), handler().wants_body(parser.request()));
  parser.feed(std::string_view(bytes).substr(head));
  EXPECT_EQ(parser.status(), RequestParser::Status::kComplete);
  EXPECT_EQ(parser.request().body, "");
  EXPECT_TRUE(parser.request().body_dropped);
  // Its token has become good in the meantime: what it sent is lost all the same.
  handler().set_tokens({});
  int status = 0;
  handler().handle(std::move(parser.request()), [&](const Response& response) { status = response.status; });
  EXPECT_EQ(status, 403);
  EXPECT_THAT(intake_.events(), testing::IsEmpty());
}

// The 403 stands before the server's own 400 and 503, once there is a head.
TEST_F(WebhookTest, TheServersOwnErrorsHaveTheirPlaceInTheOrder) {
  Request head;
  head.method = "POST";
  head.path = kPath;
  head.peer = "203.0.113.9";
  head.query = {{"SdkAppid", "8"}};
  EXPECT_EQ(handler().error(503, "too many bodies", head).status, 403);
  EXPECT_EQ(handler().error(400, "bad chunk", head).status, 403);
  EXPECT_EQ(handler().error(413, "too large", head).status, 413);
  EXPECT_EQ(refused_.back().reason, RefusalReason::kTooLarge);
  head.query = {{"SdkAppid", "1400000001"}};
  EXPECT_EQ(handler().error(503, "too many bodies", head).status, 503);
  EXPECT_EQ(refused_.back().reason, RefusalReason::kBusy);
  EXPECT_EQ(refused_.back().peer, "203.0.113.9");
  EXPECT_EQ(handler().error(400, "bad method", {}).status, 400);
  EXPECT_EQ(refused_.back().reason, RefusalReason::kMalformed);
}

// Nobody could read it else.
TEST_F(WebhookTest, TheBodyThatIsKeptIsJson) {
  const std::string before =
      R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":5,"Name":")";
  const std::pair<std::string, std::string> rows[] = {
      {R"(ab\ud83d)", R"(ab\ufffd)"}, {"\xFF", "\xEF\xBF\xBD"}, {R"(\ud83d\ude00)", R"(\ud83d\ude00)"}, {"你", "你"}};
  for (const auto& [given, kept] : rows) {
    ASSERT_EQ(send(kQuery, before + given + "\"}").status, 200) << given;
    EXPECT_EQ(intake_.events().back().body, before + kept + "\"}");
  }
}

TEST_F(WebhookTest, OnlyAFullGroupsBodyIsKept) {
  for (const char* command : {"Group.CallbackAfterMemberExit", "Group.CallbackAfterGroupDestroyed"}) {
    const std::string body = R"({"CallbackCommand":")" + std::string(command) + R"(","GroupId":"g","EventTime":5})";
    ASSERT_EQ(send("?SdkAppid=1400000001", body).status, 200);
    EXPECT_EQ(intake_.events().back().body, "");
  }
}

}  // namespace
}  // namespace headroom::webhook
