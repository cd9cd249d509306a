#include "chat/rest_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "chat/user_sig.h"
#include "headroom/lease.h"
#include "tests/support/scripted_server.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Way = ScriptedReply::Way;

constexpr TimeMs kNow = 784'111'777'400;  // Sun, 06 Nov 1994 08:49:37.400 GMT
constexpr std::uint64_t kApp = 1400000000;
constexpr char kKey[] = "0123456789abcdef0123456789abcdef";

std::string error_body(int code) {
  return R"({"ActionStatus":"FAIL","ErrorInfo":"why","ErrorCode":)" + std::to_string(code) + "}";
}

struct Observed {
  std::string api;
  ChatOutcome outcome;
  double seconds;
  ChatContact contact;
  std::string detail;
};

class RestClientTest : public testing::Test {
 protected:
  RestClientTest() { client_ = make_client(options()); }

  RestClientOptions options() const {
    RestClientOptions options;
    options.sdk_app_id = kApp;
    options.identifier = "admin&x=1 +/用";
    options.base_url = server_.url();
    return options;
  }
  std::unique_ptr<RestClient> make_client(const RestClientOptions& options) {
    return std::make_unique<RestClient>(
        options, sigs_, limiter_, clock_,
        ChatObserver{
            [this] { ++begun_; },
            [this](const ChatCall& call) {
              observed_.push_back({std::string(call.api), call.outcome, call.seconds, call.contact, call.detail});
            }},
        &cancelled_);
  }
  std::vector<ChatOutcome> outcomes() const {
    std::vector<ChatOutcome> seen;
    for (const Observed& call : observed_) seen.push_back(call.outcome);
    return seen;
  }

  ScriptedServer server_;
  VirtualClock clock_{kNow};
  UserSigCache sigs_{clock_, kApp, "admin&x=1 +/用", kKey};
  RateLimiter limiter_{clock_, 100};
  std::atomic<bool> cancelled_{false};
  int begun_ = 0;
  std::vector<Observed> observed_;
  std::unique_ptr<RestClient> client_;
};

// Every call, so that a rule of all calls can be tried with each.
struct AnyCall {
  const char* path;
  const char* api;
  bool changes;
  std::function<Answer<Nothing>(ChatApi&)> make;
};

template <typename T>
Answer<Nothing> without_value(const Answer<T>& answer) {
  return {answer.outcome, answer.code, answer.detail, {}};
}

std::vector<AnyCall> all_calls() {
  return {
      {"/v4/group_open_http_svc/get_group_info", "get_group_info", false,
       [](ChatApi& chat) { return without_value(chat.get_group_info({"g"})); }},
      {"/v4/group_open_http_svc/get_group_member_info", "get_group_member_info", false,
       [](ChatApi& chat) { return without_value(chat.get_group_member_info({.group_id = "g", .next = ""})); }},
      {"/v4/group_open_http_svc/get_specified_group_member_info", "get_specified_group_member_info", false,
       [](ChatApi& chat) { return without_value(chat.get_specified_group_member_info("g", {"a"})); }},
      {"/v4/group_open_http_svc/get_role_in_group", "get_role_in_group", false,
       [](ChatApi& chat) { return without_value(chat.get_role_in_group("g", {"a"})); }},
      {"/v4/openim/query_online_status", "query_online_status", false,
       [](ChatApi& chat) { return without_value(chat.query_online_status({"a"})); }},
      {"/v4/group_open_http_svc/delete_group_member", "delete_group_member", true,
       [](ChatApi& chat) { return chat.delete_group_member("g", {"a"}, true, "inactive", {}); }},
      {"/v4/group_open_http_svc/modify_group_base_info", "modify_group_base_info", true,
       [](ChatApi& chat) { return chat.modify_group_base_info("g", 240, {}); }},
      {"/v4/group_open_http_svc/add_group_member", "add_group_member", true,
       [](ChatApi& chat) { return without_value(chat.add_group_member("g", {"a"}, true)); }},
      {"/v4/group_open_http_svc/get_appid_group_list", "get_appid_group_list", false,
       [](ChatApi& chat) { return without_value(chat.get_appid_group_list("", 0)); }},
  };
}

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

TEST_F(RestClientTest, NeedsAHost) {
  RestClientOptions nowhere = options();
  nowhere.base_url = "http://";
  EXPECT_THROW(make_client(nowhere), std::invalid_argument);
}

}  // namespace
}  // namespace headroom
