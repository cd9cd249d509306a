#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chat/rest_client.h"
#include "chat/user_sig.h"
#include "headroom/lease.h"
#include "tests/chat/rest_client_fixture.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(RestClientTest, RejectedCredentialsAreSignedAnewOnce) {
  sigs_.get();
  for (const AnyCall& call : all_calls()) {
    clock_.advance(kHourMs);
    const std::size_t before = server_.requests().size();
    server_.answer_body(error_body(70001));
    server_.answer({});
    observed_.clear();
    EXPECT_TRUE(call.make(*client_).done()) << call.api;
    EXPECT_EQ(server_.requests().size(), before + 2);
    EXPECT_THAT(outcomes(), ElementsAre(ChatOutcome::kCredentialsRejected, ChatOutcome::kDone));
  }
}

TEST_F(RestClientTest, TheSecondTryHasAFreshSignature) {
  server_.answer_body(R"({"ErrorCode":0,"GroupInfo":[]})");
  client_->get_group_info({"g"});
  clock_.advance(kMinuteMs);
  server_.answer_body(error_body(70009));
  client_->get_group_info({"g"});
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].query.at("usersig"), requests[0].query.at("usersig"));
  EXPECT_NE(requests[2].query.at("usersig"), requests[1].query.at("usersig"));
  EXPECT_EQ(decode_user_sig(requests[2].query.at("usersig"))->time_s, (kNow + kMinuteMs) / 1000);
}

TEST_F(RestClientTest, StillRejectedIsTheAnswer) {
  sigs_.get();
  clock_.advance(kHourMs);
  server_.answer_body(error_body(70009));
  server_.answer_body(error_body(70014));
  const auto answer = client_->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_EQ(answer.outcome, ChatOutcome::kCredentialsRejected);
  EXPECT_EQ(answer.code, 70014);
  EXPECT_EQ(server_.requests().size(), 2U);
}

// Chat counts failed checks and, after too many, refuses what is right, too.
TEST_F(RestClientTest, AWrongKeyMakesOneCallAMinute) {
  server_.answer_body(error_body(70009));
  for (int second = 0; second < 60; ++second) {
    const auto answer = client_->get_group_info({"g"});
    EXPECT_EQ(answer.outcome, ChatOutcome::kCredentialsRejected);
    EXPECT_EQ(answer.code, 70009);
    EXPECT_FALSE(client_->delete_group_member("g", {"a"}, true, "", {}).done());
    clock_.advance(kSecondMs);
  }
  EXPECT_EQ(server_.requests().size(), 1U);
  server_.answer_body(error_body(70009));
  EXPECT_FALSE(client_->get_group_info({"g"}).done());
  EXPECT_EQ(server_.requests().size(), 2U) << "with a new one, once";
  sigs_.forget_rejection();
  server_.answer_body(R"({"ErrorCode":0,"GroupInfo":[]})");
  EXPECT_TRUE(client_->get_group_info({"g"}).done());
}

TEST_F(RestClientTest, TooManyFailuresAreNotAddedTo) {
  server_.answer_body(error_body(70050));
  const auto answer = client_->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_EQ(answer.outcome, ChatOutcome::kCredentialsRejected);
  EXPECT_EQ(answer.code, 70050);
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RestClientTest, ThrottlingSlowsThatApiDown) {
  server_.answer_body(error_body(60007));
  EXPECT_EQ(client_->get_role_in_group("g", {"a"}).outcome, ChatOutcome::kThrottled);
  EXPECT_EQ(server_.requests().size(), 1U) << "the caller decides whether to go on";
  EXPECT_EQ(limiter_.calls_per_second("get_role_in_group"), 50);
  EXPECT_EQ(limiter_.calls_per_second("get_group_info"), 100);
}

TEST_F(RestClientTest, TheSecondTryTakesItsTurnToo) {
  sigs_.get();
  clock_.advance(kDayMs - 2 * kHourMs);
  server_.answer_body(error_body(70001));
  client_->get_appid_group_list("", 0);
  EXPECT_GE(clock_.now() - kNow - kDayMs + 2 * kHourMs, kSecondMs);
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(RestClientTest, NothingIsSentOnceCancelled) {
  cancelled_ = true;
  for (const AnyCall& call : all_calls()) {
    EXPECT_EQ(call.make(*client_).outcome, ChatOutcome::kNotSent) << call.api;
  }
  EXPECT_THAT(server_.requests(), IsEmpty());
  EXPECT_THAT(observed_, IsEmpty());
}

TEST_F(RestClientTest, NothingIsSentAfterAStopDuringTheWait) {
  EXPECT_TRUE(client_->get_appid_group_list("", 0).done());
  clock_.stop();
  EXPECT_EQ(client_->get_appid_group_list("", 0).outcome, ChatOutcome::kNotSent);
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RestClientTest, ADeleteIsAskedAboutWhenNothingIsLeftToWaitFor) {
  client_->get_group_info({"g"});  // the connection stands
  for (int i = 0; i < 50; ++i) limiter_.acquire("delete_group_member");
  const SteadyMs before = clock_.steady_now();
  SteadyMs asked;
  const MaySend late = [&] {
    asked = clock_.steady_now();
    return false;
  };
  const auto answer = client_->delete_group_member("g", {"a"}, true, "", late);
  EXPECT_EQ(answer.outcome, ChatOutcome::kNotSent);
  EXPECT_EQ(answer.code, 0);
  EXPECT_GT(asked, before) << "the limiter's wait comes first";
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_TRUE(client_->delete_group_member("g", {"a"}, true, "", [] { return true; }).done());
  EXPECT_EQ(server_.requests().size(), 2U);
}

// Signing anew waits for the limiter once more.
TEST_F(RestClientTest, ADeleteThatIsSignedAnewIsAskedAboutAnew) {
  client_->get_group_info({"g"});
  clock_.advance(kMinuteMs);
  server_.answer_body(error_body(70001));
  int asked = 0;
  const auto answer = client_->delete_group_member("g", {"a"}, true, "", [&] { return ++asked == 1; });
  EXPECT_EQ(answer.outcome, ChatOutcome::kNotSent);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(RestClientTest, WhatTheQuestionThrowsComesOut) {
  const MaySend broken = []() -> bool { throw std::runtime_error("the store failed"); };
  EXPECT_THROW(client_->delete_group_member("g", {"a"}, true, "", broken), std::runtime_error);
  EXPECT_EQ(server_.requests().size(), 0U);
  EXPECT_TRUE(client_->delete_group_member("g", {"a"}, true, "", {}).done()) << "the client goes on";
}

// Looks as well as changes, and each of two requests that one call takes.
TEST_F(RestClientTest, WhoMayNotCallAnyMoreSendsNothing) {
  RestClientOptions leading = options();
  int asked = 0, allowed = 0;
  leading.before_request = [&] {
    if (++asked > allowed) throw LeaseLost();
  };
  const auto client = make_client(leading);
  EXPECT_THROW(client->get_group_info({"g"}), LeaseLost);
  EXPECT_THROW(client->add_group_member("g", {"a"}, true), LeaseLost);
  EXPECT_EQ(server_.requests().size(), 0U);
  for (const auto& call : observed_) EXPECT_EQ(call.contact, ChatContact::kInterrupted) << "Chat has not failed";
  allowed = asked + 1;
  clock_.advance(kMinuteMs);
  server_.answer_body(error_body(70001));
  EXPECT_THROW(client->delete_group_member("g", {"a"}, true, "", {}), LeaseLost) << "signed anew, and asked anew";
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RestClientTest, WithoutAConnectionNothingIsSent) {
  RestClientOptions nobody = options();
  nobody.base_url = "http://127.0.0.1:1";
  const auto client = make_client(nobody);
  bool asked = false;
  const auto answer = client->delete_group_member("g", {"a"}, true, "", [&] { return asked = true; });
  EXPECT_EQ(answer.outcome, ChatOutcome::kNotSent);
  EXPECT_FALSE(asked);
}

TEST_F(RestClientTest, WhenACallWasSentIsKnown) {
  for (int i = 0; i < 50; ++i) limiter_.acquire("get_group_info");
  const SteadyMs before = clock_.steady_now();
  client_->get_group_info({"g"});
  EXPECT_GT(client_->last_sent_at(), before) << "not when it was asked for, but after the limiter's wait";
  EXPECT_EQ(client_->last_sent_at(), clock_.steady_now());
}

TEST_F(RestClientTest, CancellingEndsTheCallInFlight) {
  RestClientOptions patient = options();
  patient.request_timeout_ms = 60'000;
  const auto client = make_client(patient);
  server_.answer({.way = Way::kStall});
  std::jthread canceller([this] {
    EXPECT_TRUE(server_.wait_for_requests(1));
    cancelled_ = true;
  });
  const auto answer = client->delete_group_member("g", {"a"}, true, "", {});
  EXPECT_EQ(answer.outcome, ChatOutcome::kOutcomeUnknown);
  EXPECT_EQ(answer.detail, "interrupted");
  EXPECT_EQ(observed_.at(0).contact, ChatContact::kInterrupted);
  EXPECT_LT(observed_.at(0).seconds, 30);
}

TEST_F(RestClientTest, SaysHowFarARequestCame) {
  const auto last = [&](RestClient& client) {
    client.get_group_info({"g"});
    return std::pair(observed_.back().contact, observed_.back().detail);
  };
  using enum ChatContact;
  server_.answer_body(error_body(10010));
  EXPECT_EQ(last(*client_).first, kAnswered);
  server_.answer_body(R"({"ErrorCode":0,"GroupInfo":7})");
  EXPECT_EQ(last(*client_).first, kAnswered) << "it is Chat, however odd";
  server_.answer({.status = 404});
  EXPECT_EQ(last(*client_), std::pair(kNotChat, std::string("HTTP status 404")));
  server_.answer_body("<html>");
  EXPECT_EQ(last(*client_), std::pair(kNotChat, std::string("malformed reply: not a JSON object")));
  server_.answer_body(R"({"status":"ok"})");
  EXPECT_EQ(last(*client_).first, kNotChat);
  server_.answer({.way = Way::kClose});
  EXPECT_EQ(last(*client_).first, kNoAnswer);
  EXPECT_EQ(begun_, 6);

  RestClientOptions nowhere = options();
  nowhere.base_url = "http://127.0.0.1:1";
  EXPECT_EQ(last(*make_client(nowhere)), std::pair(kNothingSent, std::string("could not connect")));
  nowhere.base_url = "http://headroom.invalid";
  EXPECT_EQ(last(*make_client(nowhere)), std::pair(kNothingSent, std::string("could not resolve")));
  nowhere.base_url = "https" + server_.url().substr(4);  // no TLS is spoken there
  nowhere.connect_timeout_ms = 100;
  EXPECT_EQ(last(*make_client(nowhere)).first, kNothingSent);
}

TEST_F(RestClientTest, NobodyAskedForIsNoCall) {
  EXPECT_TRUE(client_->get_group_info({}).done());
  EXPECT_TRUE(client_->get_specified_group_member_info("g", {}).done());
  EXPECT_TRUE(client_->get_role_in_group("g", {}).done());
  EXPECT_TRUE(client_->query_online_status({}).done());
  EXPECT_TRUE(client_->delete_group_member("g", {}, true, "", {}).done());
  EXPECT_TRUE(client_->add_group_member("g", {}, true).done());
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(RestClientTest, WhatChatWouldRefuseIsNotSent) {
  const auto names = [](std::size_t count) { return std::vector<std::string>(count, "a"); };
  EXPECT_EQ(client_->get_group_info(names(51)).code, 10005);
  EXPECT_EQ(client_->get_specified_group_member_info("g", names(51)).code, 10005);
  EXPECT_EQ(client_->get_role_in_group("g", names(501)).code, 10005);
  EXPECT_EQ(client_->query_online_status(names(501)).code, 10005);
  EXPECT_EQ(client_->delete_group_member("g", names(101), true, "", {}).code, 10005);
  EXPECT_EQ(client_->add_group_member("g", names(301), true).code, 10005);
  EXPECT_EQ(client_->get_role_in_group("g", {"\xff"}).code, 10004);
  EXPECT_EQ(client_->get_role_in_group("g", {"\xff"}).outcome, ChatOutcome::kRefused);
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(RestClientTest, ClientsOnManyThreadsShareSignatureAndLimits) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      RestClient client(options(), sigs_, limiter_, clock_, {}, &cancelled_);
      for (int k = 0; k < 10; ++k) EXPECT_TRUE(client.delete_group_member("g", {"a"}, true, "", {}).done());
    });
  }
  threads.clear();
  EXPECT_EQ(server_.requests().size(), 40U);
}

}  // namespace
}  // namespace headroom
