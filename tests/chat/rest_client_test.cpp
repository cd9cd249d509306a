#include "chat/rest_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "chat/user_sig.h"
#include "tests/chat/rest_client_fixture.h"

namespace headroom {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(RestClientTest, EveryCallIsAddressedAndSigned) {
  std::set<std::string> randoms;
  for (const AnyCall& call : all_calls()) {
    server_.answer({});
    EXPECT_TRUE(call.make(*client_).done()) << call.api;
    const SeenRequest request = server_.requests().back();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, call.path);
    EXPECT_EQ(request.query.size(), 5U);
    EXPECT_EQ(request.query.at("sdkappid"), "1400000000");
    EXPECT_EQ(request.query.at("identifier"), "admin&x=1 +/用");
    EXPECT_EQ(request.query.at("contenttype"), "json");
    EXPECT_LE(std::stoull(request.query.at("random")), 4294967295U);
    randoms.insert(request.query.at("random"));
    const auto user_sig = decode_user_sig(request.query.at("usersig"));
    ASSERT_TRUE(user_sig);
    EXPECT_TRUE(is_signed_with(*user_sig, kKey));
    EXPECT_EQ(user_sig->time_s, kNow / 1000);
    EXPECT_EQ(observed_.back().api, call.api);
    EXPECT_EQ(observed_.back().outcome, ChatOutcome::kDone);
    EXPECT_GT(observed_.back().seconds, 0);
    EXPECT_EQ(request.connection, 1) << "the connection is kept";
  }
  EXPECT_GT(randoms.size(), 1U);
}

TEST_F(RestClientTest, ValuesReachTheCaller) {
  server_.answer_body(R"({"ErrorCode":0,"GroupInfo":[{"GroupId":"g","ErrorCode":0,"MemberNum":7}]})");
  EXPECT_EQ(client_->get_group_info({"g"}).value.at(0).member_num, 7);
  server_.answer_body(R"({"ErrorCode":0,"MemberNum":9,"MemberList":[{"Member_Account":"a"}]})");
  EXPECT_EQ(client_->get_group_member_info({.group_id = "g", .next = ""}).value.members.size(), 1U);
  server_.answer_body(R"({"ErrorCode":0,"MemberList":[{"Member_Account":"a"}]})");
  EXPECT_EQ(client_->get_specified_group_member_info("g", {"a"}).value.size(), 1U);
  server_.answer_body(R"({"ErrorCode":0,"UserIdList":[{"Member_Account":"a","Role":"NotMember"}]})");
  EXPECT_EQ(client_->get_role_in_group("g", {"a"}).value.at("a"), Role::kNotMember);
  server_.answer_body(R"({"ErrorCode":0,"QueryResult":[{"To_Account":"a","Status":"Online"}]})");
  EXPECT_EQ(client_->query_online_status({"a"}).value.at("a"), Presence::kOnline);
  server_.answer_body(R"({"ErrorCode":0,"MemberList":[{"Member_Account":"a","Result":1}]})");
  EXPECT_EQ(client_->add_group_member("g", {"a"}, true).value.at("a"), AddResult::kAdded);
  server_.answer_body(R"({"ErrorCode":0,"GroupIdList":[{"GroupId":"g"}],"Next":4454685361})");
  EXPECT_EQ(client_->get_appid_group_list("Public", 0).value.next, 4454685361U);
}

TEST_F(RestClientTest, CodesBecomeOutcomes) {
  const std::pair<int, ChatOutcome> expected[] = {{10010, ChatOutcome::kRefused},
                                                  {10002, ChatOutcome::kOutcomeUnknown},
                                                  {60008, ChatOutcome::kOutcomeUnknown},
                                                  {60020, ChatOutcome::kOperatorNeeded}};
  for (const AnyCall& call : all_calls()) {
    for (const auto& [code, outcome] : expected) {
      observed_.clear();
      server_.answer_body(error_body(code));
      const Answer<Nothing> answer = call.make(*client_);
      EXPECT_EQ(answer.outcome, outcome) << call.api << code;
      EXPECT_EQ(answer.code, code) << call.api;
      EXPECT_EQ(answer.detail, "ErrorCode " + std::to_string(code) + ": why");
      EXPECT_THAT(outcomes(), ElementsAre(outcome)) << "no call is repeated";
    }
  }
}

TEST_F(RestClientTest, WhatIsNoReplyIsUnknown) {
  RestClientOptions hasty = options();
  hasty.request_timeout_ms = 100;
  const auto client = make_client(hasty);
  for (const AnyCall& call : all_calls()) {
    for (const Way way : {Way::kTruncated, Way::kHeaderOnly, Way::kClose, Way::kReset, Way::kStall, Way::kDrip}) {
      SCOPED_TRACE(std::string(call.api) + " " + std::to_string(static_cast<int>(way)));
      const std::size_t before = server_.requests().size();
      server_.answer({.way = way});
      const Answer<Nothing> answer = call.make(*client);
      EXPECT_EQ(answer.outcome, ChatOutcome::kOutcomeUnknown);
      EXPECT_EQ(answer.code, 0);
      EXPECT_THAT(answer.detail, AllOf(HasSubstr("127.0.0.1"), Not(HasSubstr("usersig")), Not(HasSubstr("v4"))));
      // The server may come to read it only after the client has given up.
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (server_.requests().size() == before && std::chrono::steady_clock::now() < until) std::this_thread::yield();
      EXPECT_EQ(server_.requests().size(), before + 1);
    }
  }
}

TEST_F(RestClientTest, AnotherStatusThan200IsUnknownWhateverTheBodySays) {
  for (const int status : {201, 204, 301, 307, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504}) {
    ScriptedReply reply{.status = status};
    if (status == 204) reply.body.clear();
    server_.answer(reply);
    const auto answer = client_->delete_group_member("g", {"a"}, true, "", {});
    EXPECT_EQ(answer.outcome, ChatOutcome::kOutcomeUnknown) << status;
    EXPECT_EQ(answer.detail, "HTTP status " + std::to_string(status));
  }
}

TEST_F(RestClientTest, MalformedRepliesAreUnknown) {
  for (const char* body : {"", "{", "[]", "{}", "<html>", R"({"ErrorCode":null})"}) {
    server_.answer_body(body);
    const auto answer = client_->delete_group_member("g", {"a"}, true, "", {});
    EXPECT_EQ(answer.outcome, ChatOutcome::kOutcomeUnknown) << body;
    EXPECT_THAT(answer.detail, HasSubstr("malformed"));
  }
}

TEST_F(RestClientTest, AReplyOverTheLimitAsksForASmallerPage) {
  for (const AnyCall& call : all_calls()) {
    server_.answer_body(R"({"ErrorCode":0,"x":")" + std::string(2 << 20, 'x') + "\"}");
    const Answer<Nothing> answer = call.make(*client_);
    if (call.changes) {
      EXPECT_EQ(answer.outcome, ChatOutcome::kOutcomeUnknown) << call.api << ": it may have been done";
    } else {
      EXPECT_EQ(answer.outcome, ChatOutcome::kRefused) << call.api;
      EXPECT_EQ(answer.code, chat_code::kReplyTooLarge);
    }
  }
}

TEST_F(RestClientTest, OddNamesArriveAsTheyAre) {
  client_->delete_group_member("a \"b\"/%&+\\", {"x\"},{\"y"}, false, "line\nbreak", {});
  EXPECT_EQ(server_.requests().at(0).body,
            R"({"GroupId":"a \"b\"/%&+\\","Silence":0,"Reason":"line\nbreak","MemberToDel_Account":["x\"},{\"y"]})");
}

TEST_F(RestClientTest, TheClockIsComparedWithTheDateOfTheNewestAnswer) {
  EXPECT_EQ(client_->clock_offset(), std::nullopt);
  server_.answer({.headers = {"Date: Sun, 06 Nov 1994 08:49:37 GMT"}});
  client_->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_EQ(client_->clock_offset(), 0) << "within the same second";
  server_.answer({.headers = {"Date: Sun, 06 Nov 1994 08:54:37 GMT"}});
  client_->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_NEAR(static_cast<double>(*client_->clock_offset()), 300'000, 1000);
  server_.answer({.status = 502, .headers = {"Date: Sun, 06 Nov 1994 08:44:37 GMT"}});
  client_->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_NEAR(static_cast<double>(*client_->clock_offset()), -300'000, 1000);
  for (const char* header : {"X-Date: Sun, 06 Nov 1994 08:49:37 GMT", "Date: yesterday", "Date:"}) {
    server_.answer({.headers = {header}});
    client_->delete_group_member("g", {"a"}, true, "", {});
    EXPECT_NEAR(static_cast<double>(*client_->clock_offset()), -300'000, 1000) << "kept: " << header;
  }
}

TEST_F(RestClientTest, NoDetailHoldsASecret) {
  client_->get_group_info({"g"});
  const std::string user_sig = server_.requests().at(0).query.at("usersig");
  server_.answer_body(R"({"ErrorCode":10004,"ErrorInfo":"bad url ?usersig=)" + user_sig + R"(&x key )" + kKey + "\"}");
  const auto answer = client_->get_group_info({"g"});
  EXPECT_THAT(answer.detail, AllOf(HasSubstr("bad url"), Not(HasSubstr(user_sig.substr(0, 20)))));
}

TEST_F(RestClientTest, NeedsAHost) {
  RestClientOptions nowhere = options();
  nowhere.base_url = "http://";
  EXPECT_THROW(make_client(nowhere), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
