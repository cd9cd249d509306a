// What the webhook's handler refuses: 403 and 400, row by row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/webhook/fixture.h"

namespace headroom::webhook {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(WebhookTest, RefusesOtherApps) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "SdkAppid is missing"},
      {"?sdkappid=1400000001", "SdkAppid is missing"},
      {"?SdkAppid=%zz", "SdkAppid is missing"},
      {"?SdkAppid=1400000002", "SdkAppid is another app's"},
      {"?SdkAppid=", "SdkAppid is another app's"},
      {"?SdkAppid", "SdkAppid is another app's"},
      {"?SdkAppid=01400000001", "SdkAppid is another app's"},
      {"?SdkAppid=+1400000001", "SdkAppid is another app's"},
      {"?SdkAppid=1400000001%00", "SdkAppid is another app's"},
      {"?SdkAppid=1400000001.0", "SdkAppid is another app's"},
      {"?SdkAppid=1400000001&SdkAppid=1400000001", "SdkAppid is doubled"},
      {"?SdkAppid=1400000001&SdkAppid=2", "SdkAppid is doubled"},
  };
  for (const auto& [query, reason] : rows) {
    const Response response = send(query, kFull);
    EXPECT_EQ(response.status, 403) << query;
    EXPECT_EQ(response.body, fail(reason)) << query;
    EXPECT_EQ(observed_.back().first, WebhookResult::kRefused);
  }
  EXPECT_THAT(intake_.events(), IsEmpty());
  EXPECT_EQ(send("?SdkAppid=%31400000001", kFull).status, 200);  // decoded before it is compared
}

TEST_F(WebhookTest, ChecksTheSign) {
  options_.tokens = {kToken};
  const std::string sign = kSign;
  const struct {
    std::string more;
    int status;
    const char* reason;
  } rows[] = {
      {"&Sign=" + sign + "&RequestTime=1669872112", 200, nullptr},
      {"&RequestTime=1669872112&Sign=" + std::string(kUpperSign), 200, nullptr},
      {"", 403, "Sign is missing"},
      {"&RequestTime=1669872112", 403, "Sign is missing"},
      {"&Sign=" + sign, 403, "RequestTime is missing"},
      {"&Sign=" + sign + "&Sign=" + sign + "&RequestTime=1669872112", 403, "Sign is doubled"},
      {"&Sign=" + sign + "&RequestTime=1669872112&RequestTime=1669872112", 403, "RequestTime is doubled"},
      {"&Sign=" + sign + "&RequestTime=1669872113", 403, "Sign is wrong"},
      {"&Sign=" + sign.substr(1) + "&RequestTime=1669872112", 403, "Sign is wrong"},
      {"&Sign=" + sign + "0&RequestTime=1669872112", 403, "Sign is wrong"},
      {"&Sign=0" + sign.substr(1) + "&RequestTime=1669872112", 403, "Sign is wrong"},
      {"&Sign=&RequestTime=1669872112", 403, "Sign is wrong"},
      {"&Sign=" + sign + "&RequestTime=", 403, "RequestTime is no number"},
      {"&Sign=" + sign + "&RequestTime=-1", 403, "RequestTime is no number"},
      {"&Sign=" + sign + "&RequestTime=1669872112.0", 403, "RequestTime is no number"},
      {"&Sign=" + sign + "&RequestTime=+1669872112", 403, "RequestTime is no number"},
      {"&Sign=" + sign + "&RequestTime=0x1", 403, "RequestTime is no number"},
  };
  for (const auto& row : rows) {
    const Response response = send(kQuery + row.more, kFull);
    EXPECT_EQ(response.status, row.status) << row.more;
    EXPECT_EQ(response.body, row.reason == nullptr ? kOk : fail(row.reason)) << row.more;
    EXPECT_THAT(response.body, Not(HasSubstr(kToken)));
  }
}

TEST_F(WebhookTest, ChecksTheWindow) {
  options_.tokens = {kToken};
  const std::string query = kQuery + "&Sign=" + kSign + "&RequestTime=1669872112";
  const std::pair<DurationMs, int> rows[] = {{0, 200},     {60000, 200},  {-60000, 200},
                                             {60001, 403}, {-60001, 403}, {86400000, 403}};
  for (const auto& [offset, status] : rows) {
    clock_.set(kRequestTimeMs + offset);
    EXPECT_EQ(send(query, kFull).status, status) << offset;
  }
  EXPECT_EQ(send(query, kFull).body, fail("RequestTime is out of the window"));
}

TEST_F(WebhookTest, AWindowOfZeroIsNotChecked) {
  options_.tokens = {kToken};
  options_.request_time_window = 0;
  clock_.set(0);
  EXPECT_EQ(send(kQuery + "&Sign=" + kSign + "&RequestTime=1669872112", kFull).status, 200);
}

TEST_F(WebhookTest, HugeRequestTimesAreOutOfTheWindow) {
  options_.tokens = {""};
  // SHA-256 of that text alone.
  const Response response = send(
      kQuery +
          "&Sign=0f2c81379cb2300536aa632e94342d3fa7f7601a4e22ffafb4f54df478c9333d&RequestTime=9999999999999999999999",
      kFull);
  EXPECT_EQ(response.status, 403);
}

TEST_F(WebhookTest, ChecksThePeer) {
  options_.allow_from = blocks("10.0.0.0/8");
  const std::string request = post(kPath + kQuery, kFull);
  EXPECT_EQ(ask(request, "10.1.2.3")->status, 200);
  EXPECT_EQ(ask(request, "11.1.2.3")->status, 403);
  EXPECT_EQ(ask(request, "11.1.2.3")->body, fail("this peer is not allowed"));
  EXPECT_EQ(ask(request, "127.0.0.1")->status, 403);
  const std::string forwarded = post(kPath + kQuery, kFull, "X-Forwarded-For: 9.9.9.9, 10.0.0.1\r\n");
  EXPECT_EQ(ask(forwarded, "127.0.0.1")->status, 200);
  EXPECT_EQ(ask(forwarded, "11.1.2.3")->status, 403);
  const std::string spoofed = post(kPath + kQuery, kFull, "X-Forwarded-For: 10.0.0.1, 9.9.9.9\r\n");
  EXPECT_EQ(ask(spoofed, "127.0.0.1")->status, 403);
}

// Whom allow_from judges: an X-Forwarded-For counts as far as trusted proxies have written it.
TEST_F(WebhookTest, ChecksThePeerBehindProxies) {
  const std::string xff = "X-Forwarded-For: ";
  const struct {
    const char* peer;
    std::string headers;
    int status;
  } rows[] = {
      {"127.0.0.1", "", 403},  // the proxy itself is nobody who is allowed
      {"127.0.0.1", xff + "203.0.113.5\r\n", 200},
      {"127.0.0.1", xff + "198.51.100.1\r\n", 403},
      {"203.0.113.5", xff + "198.51.100.1\r\n", 200},  // no proxy: what it says of others does not matter
      {"198.51.100.1", xff + "203.0.113.5\r\n", 403},
      // Several hops.
      {"127.0.0.1", xff + "198.51.100.1, 203.0.113.5, 10.0.0.7\r\n", 200},
      {"127.0.0.1", xff + "203.0.113.5, 198.51.100.1, 10.0.0.7\r\n", 403},  // claimed by the stranger
      {"10.0.0.9", xff + "203.0.113.5 ,10.0.0.7,10.0.0.8\r\n", 200},
      {"127.0.0.1", xff + "203.0.113.5\r\n" + xff + "10.0.0.7\r\n", 200},
      {"127.0.0.1", xff + "203.0.113.5\r\nx-forwarded-for: 198.51.100.1\r\n", 403},
      {"127.0.0.1", xff + "10.0.0.8, 10.0.0.7\r\n", 403},  // proxies all the way
      // IPv6, and IPv4 in IPv6's clothes.
      {"::1", xff + "2001:db8:5::9\r\n", 200},
      {"::1", xff + "2001:DB8:5:0:0:0:0:9\r\n", 200},
      {"::1", xff + "2001:db8:6::9\r\n", 403},
      {"2001:db8:5::1", "", 200},
      {"fd00::7", xff + "203.0.113.5\r\n", 200},
      {"::ffff:127.0.0.1", xff + "203.0.113.5\r\n", 200},
      {"127.0.0.1", xff + "::ffff:203.0.113.5\r\n", 200},
      {"::ffff:203.0.113.5", "", 200},
      {"127.0.0.1", xff + "203.0.113.5, ::ffff:10.0.0.7\r\n", 200},
      // What is no address ends the search: what stands left of it may be anybody's.
      {"127.0.0.1", xff + "203.0.113.5, unknown\r\n", 403},
      {"127.0.0.1", xff + "203.0.113.5, unknown, 10.0.0.7\r\n", 403},
      {"127.0.0.1", xff + "203.0.113.5,\r\n", 403},
      {"127.0.0.1", xff + "203.0.113.5:443\r\n", 403},
      {"127.0.0.1", xff + "[2001:db8:5::9]\r\n", 403},
      {"127.0.0.1", xff + "203.0.113.0/24\r\n", 403},
      {"127.0.0.1", xff + "203.0.113\r\n", 403},
      {"127.0.0.1", xff + "\r\n", 403},
      {"127.0.0.1", xff + "\"203.0.113.5\"\r\n", 403},
      {"127.0.0.1", xff + "2001:db8:5::9%eth0\r\n", 403},
      // Other headers are not asked.
      {"127.0.0.1", "Forwarded: for=203.0.113.5\r\nX-Real-IP: 203.0.113.5\r\n", 403},
  };
  options_.allow_from = blocks("203.0.113.0/24, 2001:db8:5::/48");
  options_.trusted_proxies = blocks("127.0.0.0/8, ::1, 10.0.0.0/8, fd00::/8");
  for (const auto& row : rows) {
    EXPECT_EQ(ask(post(kPath + kQuery, kFull, row.headers), row.peer)->status, row.status)
        << row.peer << " " << row.headers;
  }
}

TEST_F(WebhookTest, WithoutTrustedProxiesNobodyIsBelieved) {
  options_.allow_from = blocks("203.0.113.0/24");
  options_.trusted_proxies = blocks("");
  const std::string claimed = post(kPath + kQuery, kFull, "X-Forwarded-For: 203.0.113.5\r\n");
  EXPECT_EQ(ask(claimed, "127.0.0.1")->status, 403);
  EXPECT_EQ(ask(claimed, "203.0.113.7")->status, 200);
}

TEST_F(WebhookTest, WithoutAllowFromEverybodyIsTaken) {
  const std::string strange = post(kPath + kQuery, kFull, "X-Forwarded-For: unknown\r\n");
  for (const char* peer : {"127.0.0.1", "198.51.100.1", "2001:db8::1", ""}) EXPECT_EQ(ask(strange, peer)->status, 200);
}

// The contract's order: 404, 405 and 413 are told to anybody, 400 and 503 only to who is allowed.
TEST_F(WebhookTest, APeerThatIsNotAllowedIsRefusedInItsTurn) {
  options_.allow_from = blocks("203.0.113.0/24");
  options_.max_body = 1024;
  EXPECT_EQ(ask(post("/other" + kQuery, kFull))->status, 404);
  EXPECT_EQ(ask(get(kPath + kQuery))->status, 405);
  EXPECT_EQ(ask(post(kPath + kQuery, std::string(1025, ' ')))->status, 413);
  EXPECT_EQ(ask(post(kPath + kQuery, "nonsense"))->status, 403);
  handler().drain();
  EXPECT_EQ(ask(post(kPath + kQuery, kFull))->status, 403);
}

TEST_F(WebhookTest, RefusesWhatIsNoEvent) {
  const std::pair<std::string, const char*> rows[] = {
      {"", ""},
      {"nonsense", ""},
      {"[]", ""},
      {R"({"GroupId":"g"})", "CallbackCommand"},
      {R"({"CallbackCommand":"Group.CallbackAfterGroupFull"})", "GroupId"},
      {R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":""})", "GroupId"},
      {R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":-1})", "EventTime"},
      {R"({"CallbackCommand":"Group.CallbackAfterMemberExit","GroupId":"g"})", "CallbackCommand"},  // not the query's
  };
  for (const auto& [body, field] : rows) {
    const Response response = send(kQuery, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_THAT(response.body, HasSubstr(field)) << body;
    EXPECT_THAT(response.body, HasSubstr(R"("ActionStatus":"FAIL")"));
    EXPECT_THAT(response.body, HasSubstr(R"("ErrorCode":1)"));
  }
  EXPECT_EQ(send("?SdkAppid=1400000001&x=%zz", kFull).status, 400);
  EXPECT_EQ(send(kQuery + "&CallbackCommand=Group.CallbackAfterGroupFull", kFull).body,
            fail("CallbackCommand is doubled"));
}

}  // namespace
}  // namespace headroom::webhook
