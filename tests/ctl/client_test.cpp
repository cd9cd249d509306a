#include "ctl/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ctl/answer.h"
#include "ctl/exit.h"
#include "http/uri.h"
#include "tests/support/scripted_server.h"

namespace headroom::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;
using Way = ScriptedReply::Way;

class Clients : public testing::Test {
 protected:
  Client client(DurationMs patience = Client::kPatience) const { return {server_.url(), Secret("s3cret"), patience}; }
  // Exit status and words of what is thrown.
  template <typename Call>
  static std::pair<int, std::string> failure_of(Call call) {
    try {
      call();
    } catch (const Failure& failure) {
      return {failure.status(), failure.what()};
    }
    return {0, ""};
  }
  void expect_failure(const ScriptedReply& reply, int status, const std::string& words) {
    server_.answer(reply);
    const auto [is, what] = failure_of([&] { client().get("/"); });
    EXPECT_EQ(is, status) << what;
    EXPECT_THAT(what, HasSubstr(words));
    EXPECT_THAT(what, Not(HasSubstr("s3cret")));
  }
  ScriptedServer server_;
};

TEST_F(Clients, ShowsTheTokenAndAsksForAChangeUnderAKey) {
  Client client = this->client();
  client.get("/api/v1/groups/%40TGS%23a%2Fb");
  client.change({"POST", "/x", "{}", "100 % 群"});
  client.change({"POST", "/x", "{}", ""});
  const auto seen = server_.requests();
  EXPECT_EQ(seen.at(0).path, "/api/v1/groups/%40TGS%23a%2Fb");
  EXPECT_EQ(seen.at(0).headers.at("authorization"), "Bearer s3cret");
  EXPECT_FALSE(seen.at(0).headers.contains("idempotency-key"));
  EXPECT_EQ(seen.at(1).headers.at("x-headroom-reason"), "100 %25 %E7%BE%A4");
  EXPECT_EQ(seen.at(1).body, "{}");
  EXPECT_FALSE(seen.at(2).headers.contains("x-headroom-reason"));
  EXPECT_NE(seen.at(1).headers.at("idempotency-key"), seen.at(2).headers.at("idempotency-key"));
}

TEST_F(Clients, ALostAnswerIsAskedForAgainUnderTheSameKey) {
  server_.answer({.way = Way::kClose});
  server_.answer({.way = Way::kReset});
  server_.answer_body("done");
  EXPECT_EQ(client().change({"POST", "/x", "{\"a\":1}", "why"}), "done");
  const auto seen = server_.requests();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen.at(0).headers.at("idempotency-key"), seen.at(1).headers.at("idempotency-key"));
  EXPECT_EQ(seen.at(0).headers.at("idempotency-key"), seen.at(2).headers.at("idempotency-key"));
  EXPECT_EQ(seen.at(2).body, "{\"a\":1}");
  EXPECT_EQ(seen.at(2).headers.at("x-headroom-reason"), "why");
}

TEST_F(Clients, GivesUpWhenNoAnswerComes) {
  for (int i = 0; i < 5; ++i) server_.answer({.way = Way::kClose});
  EXPECT_EQ(failure_of([&] { client().change({"POST", "/x", "", ""}); }).first, exit_status::kUnreachable);
  EXPECT_EQ(server_.requests().size(), 3U);
}

TEST_F(Clients, WhatIsGoneByALostAttemptIsGone) {
  const std::string gone = R"({"title":"Not Found","detail":"there is no such exemption"})";
  server_.answer({.way = Way::kClose});
  server_.answer({.body = gone, .status = 404});
  EXPECT_EQ(client().change({"DELETE", "/x", "", ""}), "");
  server_.answer({.body = gone, .status = 404});
  EXPECT_EQ(failure_of([&] { client().change({"DELETE", "/x", "", ""}); }).first, exit_status::kRefused);
}

TEST_F(Clients, HasSoMuchPatienceForAllAttempts) {
  server_.answer({.way = Way::kClose});
  server_.answer({.way = Way::kStall});
  const auto begun = std::chrono::steady_clock::now();
  const auto failure = failure_of([&] { client(700).get("/"); });
  EXPECT_EQ(failure.first, exit_status::kUnreachable);
  EXPECT_THAT(failure.second, HasSubstr("timed out"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST_F(Clients, ARefusalIsSaidInTheDaemonsWords) {
  const std::string no = R"({"type":"about:blank","title":"Conflict","status":409,"detail":"the scheduler is paused"})";
  expect_failure({.body = no, .status = 409}, exit_status::kRefused, "Conflict: the scheduler is paused");
  expect_failure({.body = no, .status = 401}, exit_status::kNoAccess, "the token is wrong");
  expect_failure({.body = no, .status = 403}, exit_status::kNoAccess, "the scheduler is paused");
  expect_failure({.body = R"({"title":"Bad"})", .status = 400}, exit_status::kRefused, "Bad");
}

TEST_F(Clients, WhoeverIsNoHeadroomdIsToldApart) {
  expect_failure({.body = "<html>", .status = 502}, exit_status::kUnreachable, "no headroomd");
  expect_failure({.body = "<html>", .status = 401}, exit_status::kNoAccess, "refuses the token");
  expect_failure({.body = R"({"title":7})", .status = 400}, exit_status::kUnreachable, "no headroomd");
  expect_failure({.status = 302, .headers = {"Location: " + server_.url() + "/elsewhere"}}, exit_status::kUnreachable,
                 "redirect");
  for (const SeenRequest& request : server_.requests()) EXPECT_NE(request.path, "/elsewhere");
}

TEST(ClientUrl, IsOneOfHttp) {
  for (const char* url :
       {"", "127.0.0.1:8081", "ftp://h", "http://", "http://user:pass@h", "http://h?x", "http://h /"}) {
    EXPECT_THROW(Client(url, std::nullopt), Failure) << url;
  }
  try {
    Client("http://user:pass@h", std::nullopt);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status(), exit_status::kUsage);
    EXPECT_THAT(failure.what(), Not(HasSubstr("pass")));
  }
}

TEST(Reasons, AreVisibleAsciiAndComeBackWhole) {
  std::string every;
  for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
  for (const std::string& reason : {every, std::string(" x "), std::string("100% sure, 群 %41")}) {
    const std::string encoded = encode_reason(reason);
    EXPECT_EQ(http::decode_path_text(encoded), reason);
    for (const char c : encoded) EXPECT_TRUE(c >= ' ' && c < 0x7f);
    EXPECT_NE(encoded.front(), ' ');
    EXPECT_NE(encoded.back(), ' ');
  }
  EXPECT_EQ(encode_reason("why not? +1"), "why not? +1");
}

template <typename Call>
void expect_strange(Call call, const std::string& words) {
  try {
    call();
    ADD_FAILURE() << "taken: " << words;
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status(), exit_status::kUnreachable);
    EXPECT_THAT(failure.what(), HasSubstr(words));
  }
}

TEST(Answers, OfStrangersAreNotBelieved) {
  expect_strange([] { parse_object("<html>"); }, "no JSON");
  expect_strange([] { parse_object("[]"); }, "no object");
  expect_strange([] { parse_object(std::string_view("{}\0", 3)); }, "no JSON");
  expect_strange([] { parse_object("{\"a\":\"\xff\"}"); }, "no JSON");
  expect_strange([] { parse_object(std::string(1'000'000, '[')); }, "no JSON");
  expect_strange([] { parse_page(R"({"items":5})"); }, "`items` is no list");
  expect_strange([] { parse_page(R"({"items":[],"next_cursor":5})"); }, "`next_cursor` is no text");
  const auto object = parse_object(R"({"t":5,"n":"x","f":"x","w":"soon","o":[]})");
  expect_strange([&] { text_of(object, "t"); }, "`t` is no text");
  expect_strange([&] { number_of(object, "n"); }, "`n` is no whole number");
  expect_strange([&] { flag_of(object, "f"); }, "`f` is no yes or no");
  expect_strange([&] { time_of(object, "w"); }, "`w` is no time");
  expect_strange([&] { object_of(object, "o"); }, "`o` is no object");
}

TEST(Answers, APageHasItsItemsAsTheyWereSent) {
  const auto page = parse_page(
      "{ \"a\": \"\\\"items\\\":[\", \"items\": [ {\"id\": 1, \"s\": \"],}\\\\\\\"\"}, [1, [2]], \"x,y\" , 1.0 ], "
      "\"next_cursor\": \"c\" }");
  ASSERT_EQ(page.texts.size(), 4U);
  EXPECT_EQ(page.texts[0], R"({"id":1,"s":"],}\\\""})");
  EXPECT_EQ(page.texts[1], "[1,[2]]");
  EXPECT_EQ(page.texts[2], R"("x,y")");
  EXPECT_EQ(page.texts[3], "1.0");
  EXPECT_EQ(page.next_cursor, "c");
  EXPECT_EQ(parse_page(R"({"items":[],"next_cursor":null})").texts.size(), 0U);
  EXPECT_EQ(parse_page(R"({"x":{"items":[1]},"items":[1,2],"items":[]})").texts.size(), 2U) << "as it is read";
}

}  // namespace
}  // namespace headroom::ctl
