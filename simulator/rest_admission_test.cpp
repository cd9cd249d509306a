#include <gtest/gtest.h>

#include <memory>

#include "simulator/test_client.h"
#include "simulator/user_sig_check.h"

namespace chatsim {
namespace {

// The protocol note's test vectors: the same signature at zlib level 6 and level 0.
constexpr const char* kLevel6 =
    "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgZQAJFJrSjILEpVsrIwM4EJlWTmAgUMzVEVF"
    "memAw23TCwPTw31sfCtqEhyyrNIyXAy8CorzTfw8vbMMEnxc-bJdveMMMkzTUsxsFWqBQDFLzPV";
constexpr const char* kLevel0 =
    "eAEBrgBR-"
    "3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiYWRtaW5pc3RyYXRvciIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExT"
    "LmV4cGlyZSI6ODY0MDAsIlRMUy50aW1lIjoxNzAwMDAwMDAwLCJUTFMuc2lnIjoiOWF3V2VVTDhNeHhiQm44ZGhCMEp2dW8wSktJaDRkTkNMa0dJWD"
    "Ru"
    "NWZkMD0ifcUvM9U_";

ExpectedSignature expected_at(std::int64_t now_s) { return {1400000000, "administrator", SigParts{}.key, now_s}; }

TEST(UserSigCheckTest, KnowsTheTestVectors) {
  EXPECT_EQ(check_user_sig(kLevel6, expected_at(1'700'000'000)), 0);
  EXPECT_EQ(check_user_sig(kLevel0, expected_at(1'700'000'000)), 0);
  EXPECT_EQ(check_user_sig(kLevel6, expected_at(1'700'086'400)), 0) << "its last second";
  EXPECT_EQ(check_user_sig(kLevel6, expected_at(1'700'086'401)), 70001);
  EXPECT_EQ(check_user_sig(kLevel6, expected_at(1'600'000'000)), 0) << "a signing time ahead passes";
}

TEST(UserSigCheckTest, EachMistakeHasItsCode) {
  const auto now = expected_at(kTestNowS);
  SigParts parts;
  EXPECT_EQ(check_user_sig(make_user_sig(parts), now), 0);
  parts.identifier = "somebody";
  EXPECT_EQ(check_user_sig(make_user_sig(parts), now), 70013);
  parts = {};
  parts.sdk_app_id = 1;
  EXPECT_EQ(check_user_sig(make_user_sig(parts), now), 70014);
  parts = {};
  parts.key = "another";
  EXPECT_EQ(check_user_sig(make_user_sig(parts), now), 70009);
}

TEST(UserSigCheckTest, WhatCannotBeReadIs70003) {
  const auto now = expected_at(kTestNowS);
  std::string standard = kLevel6;
  standard.back() = '=';
  for (const std::string& text :
       {std::string(), std::string("abc"), std::string("!!!!"), standard, std::string(8000, 'A'),
        std::string(kLevel6).substr(0, 100), pack_user_sig("[]"), pack_user_sig("{"), pack_user_sig("{}"),
        pack_user_sig(R"({"TLS.ver":"2.0","TLS.identifier":"administrator","TLS.sdkappid":1400000000,)"
                      R"("TLS.expire":9223372036854775807,"TLS.time":1700000000,"TLS.sig":"x"})")}) {
    EXPECT_EQ(check_user_sig(text, now), 70003) << text;
  }
}

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() {
    ChatSimOptions options = test_options();
    options.clock = options.rate_clock = time_.clock();
    options.limits.calls_per_second = 5;
    sim_ = std::make_unique<ChatSim>(options);
    sim_->start();
    sim_->world().create_group(small_group("g", "Public", 3, 5));
    client_ = std::make_unique<TestClient>(*sim_);
  }
  int code_of(const std::string& query, const std::string& body = R"({"GroupIdList":["g"]})") {
    const HttpAnswer answer = client_->send("POST", "/v4/group_open_http_svc/get_group_info" + query, body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text("ActionStatus"), answer.code() == 0 ? "OK" : "FAIL");
    return answer.code();
  }
  std::string query_with(const SigParts& parts) {
    return "?sdkappid=1400000000&identifier=" + parts.identifier + "&usersig=" + make_user_sig(parts) +
           "&random=1&contenttype=json";
  }

  ManualClock time_{kTestNowS * 1000};
  std::unique_ptr<ChatSim> sim_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(AdmissionTest, GoodCallPasses) { EXPECT_EQ(code_of(client_->query()), 0); }

TEST_F(AdmissionTest, MethodAndPath) {
  EXPECT_EQ(client_->call("group_open_http_svc/no_such_command", "{}").code(), 60009);
  EXPECT_EQ(client_->call("openim/get_group_info", "{}").code(), 60009);
  EXPECT_EQ(client_->send("POST", "/v3/group_open_http_svc/get_group_info", "{}").code(), 60009);
  EXPECT_EQ(client_->send("GET", "/v4/group_open_http_svc/get_group_info" + client_->query(), "").code(), 60002);
}

TEST_F(AdmissionTest, QueryParameters) {
  const std::string sig = make_user_sig({});
  const std::string rest = "&identifier=administrator&usersig=" + sig + "&contenttype=json";
  EXPECT_EQ(code_of("?random=1" + rest), 60012);
  EXPECT_EQ(code_of("?SdkAppid=1400000000&random=1" + rest), 60012) << "names are case-sensitive";
  EXPECT_EQ(code_of("?sdkappid=1400000000" + rest), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=4294967296" + rest), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=-1" + rest), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=1&identifier=administrator&contenttype=json"), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=1&usersig=" + sig + "&contenttype=json"), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=1&identifier=administrator&usersig=" + sig), 60025);
  EXPECT_EQ(code_of("?sdkappid=1400000000&random=1&random=2" + rest), 60025) << "doubled";
  EXPECT_EQ(code_of("?sdkappid=one&random=1" + rest), 60006);
  EXPECT_EQ(code_of("?sdkappid=1400000001&random=1" + rest), 70020);
}

TEST_F(AdmissionTest, SignatureOfSomebodyElse) {
  SigParts parts;
  parts.identifier = "somebody";
  EXPECT_EQ(code_of(query_with(parts)), 60010) << "well signed, but no admin";
  parts = {};
  parts.time_s = kTestNowS - 86'401;
  EXPECT_EQ(code_of(query_with(parts)), 70001);
}

TEST_F(AdmissionTest, FiveFailedSignaturesLockTheAppOutForAMinute) {
  SigParts wrong;
  wrong.key = "wrong";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(query_with(wrong)), 70009);
  EXPECT_EQ(code_of(query_with(wrong)), 70050);
  EXPECT_EQ(code_of(client_->query()), 70050) << "a good one, too";
  time_.advance_ms(59'999);
  EXPECT_EQ(code_of(client_->query()), 70050);
  time_.advance_ms(1);
  EXPECT_EQ(code_of(client_->query()), 0);
}

TEST_F(AdmissionTest, RateLimitPerCommandAndSecond) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(client_->query()), 0);
  EXPECT_EQ(code_of(client_->query()), 60007);
  EXPECT_EQ(client_->group_call("get_role_in_group", R"({"GroupId":"g","User_Account":["u1"]})").code(), 0);
  time_.advance_ms(999);
  EXPECT_EQ(code_of(client_->query()), 60007);
  time_.advance_ms(1);
  EXPECT_EQ(code_of(client_->query()), 0) << "a new second of the wall clock";
}

TEST_F(AdmissionTest, GroupListIsOneCallASecond) {
  EXPECT_EQ(client_->group_call("get_appid_group_list", "{}").code(), 0);
  EXPECT_EQ(client_->group_call("get_appid_group_list", "{}").code(), 60007);
}

TEST_F(AdmissionTest, BodyHasToBeAJsonObject) {
  for (const char* body : {"", "nonsense", "[]"}) EXPECT_EQ(code_of(client_->query(), body), 60003) << body;
  time_.advance_ms(1000);
  EXPECT_EQ(code_of(client_->query(), "{\"GroupIdList\":[\"\xff\"]}"), 60003) << "not UTF-8";
}

TEST_F(AdmissionTest, CallsAreLoggedWithoutTheQuery) {
  code_of(client_->query());
  code_of("?sdkappid=1");
  const std::vector<Call> calls = sim_->calls("get_group_info");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].error_code, 0);
  EXPECT_EQ(calls[0].group_id(), "g");
  EXPECT_TRUE(calls[0].applied);
  EXPECT_EQ(calls[1].error_code, 60025);
  EXPECT_FALSE(calls[1].applied);
  EXPECT_EQ(sim_->call_count("get_group_info"), 2u);
  EXPECT_EQ(sim_->call_count("delete_group_member"), 0u);
  sim_->clear_calls();
  EXPECT_TRUE(sim_->calls().empty());
}

}  // namespace
}  // namespace chatsim
