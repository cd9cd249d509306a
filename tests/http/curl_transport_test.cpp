#include "http/curl_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/http/tls_server.h"
#include "tests/support/scripted_server.h"

namespace headroom {
namespace {

using testing::HasSubstr;
using Kind = HttpReply::Kind;
using Way = ScriptedReply::Way;

class CurlTransportTest : public testing::Test {
 protected:
  TransportOptions options() const {
    TransportOptions options;
    options.base_url = server_.url();
    return options;
  }

  ScriptedServer server_;
};

TEST_F(CurlTransportTest, PostsJson) {
  TransportOptions with_slash = options();
  with_slash.base_url += "/";
  CurlTransport transport(with_slash);
  server_.answer({.body = "hello", .headers = {"dAtE:  Sun, 06 Nov 1994 08:49:37 GMT "}});
  const HttpReply reply = transport.post("/v4/x?a=1", "{}");
  EXPECT_EQ(reply.kind, Kind::kWhole);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.date, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_GT(reply.seconds, 0);
  const SeenRequest request = server_.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v4/x");
  EXPECT_EQ(request.body, "{}");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.count("expect"), 0U);
}

TEST_F(CurlTransportTest, SendsWhatItIsTold) {
  CurlTransport transport(options());
  const std::vector<std::string> headers = {"Authorization: Bearer t", "X-Why: because"};
  EXPECT_EQ(transport.send({.method = "GET", .path_and_query = "/a/../%2E?x=1", .headers = headers}).status, 200);
  EXPECT_EQ(transport.send({.method = "PUT", .path_and_query = "/b", .body = "{}", .headers = headers}).status, 200);
  EXPECT_EQ(transport.send({.method = "DELETE", .path_and_query = "/c"}).status, 200);
  EXPECT_EQ(transport.post("/d", "[]").status, 200);
  const auto seen = server_.requests();
  EXPECT_EQ(seen.at(0).method + seen.at(0).path, "GET/a/../%2E");
  EXPECT_EQ(seen.at(0).headers.at("authorization"), "Bearer t");
  EXPECT_EQ(seen.at(0).headers.at("x-why"), "because");
  EXPECT_EQ(seen.at(0).body, "");
  EXPECT_EQ(seen.at(1).method + seen.at(1).path + seen.at(1).body, "PUT/b{}");
  EXPECT_EQ(seen.at(2).method + seen.at(2).path + seen.at(2).body, "DELETE/c");
  EXPECT_FALSE(seen.at(2).headers.contains("authorization")) << "headers are of one call";
  EXPECT_EQ(seen.at(3).method + seen.at(3).path + seen.at(3).body, "POST/d[]");
}

TEST_F(CurlTransportTest, ACallMayHaveLessTime) {
  CurlTransport transport(options());
  server_.answer({.way = Way::kStall});
  EXPECT_LT(transport.send({.method = "GET", .path_and_query = "/", .timeout_ms = 100}).seconds, 3);
}

TEST_F(CurlTransportTest, KeepsTheConnection) {
  CurlTransport transport(options());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole);
  for (const SeenRequest& request : server_.requests()) EXPECT_EQ(request.connection, 1);
}

TEST_F(CurlTransportTest, ConnectsAnewWhenTheServerHasClosed) {
  CurlTransport transport(options());
  server_.answer({.headers = {"Connection: close"}, .close_after = true});
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole);
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole);
  EXPECT_EQ(server_.requests().at(1).connection, 2);
}

// curl alone would send the request again, on a new connection: it can not know that this is a delete.
TEST_F(CurlTransportTest, NeverSendsTwiceWhenAKeptConnectionBreaks) {
  for (const Way way : {Way::kClose, Way::kReset}) {
    CurlTransport transport(options());
    const std::size_t before = server_.requests().size();
    EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole);
    server_.answer({.way = way});
    EXPECT_EQ(transport.post("/", R"({"x":1})").kind, Kind::kNone);
    EXPECT_EQ(transport.post("/after", "{}").kind, Kind::kWhole);
    EXPECT_EQ(server_.requests().size(), before + 3);
    EXPECT_EQ(server_.requests().back().path, "/after");
  }
}

TEST_F(CurlTransportTest, HalfAReplyIsNone) {
  CurlTransport transport(options());
  for (const Way way : {Way::kTruncated, Way::kHeaderOnly, Way::kClose, Way::kReset}) {
    server_.answer({.headers = {"Date: Sun, 06 Nov 1994 08:49:37 GMT"}, .way = way});
    const HttpReply reply = transport.post("/", "{}");
    EXPECT_EQ(reply.kind, Kind::kNone) << static_cast<int>(way);
    EXPECT_EQ(reply.date, "");
    EXPECT_THAT(reply.failure, HasSubstr("(127.0.0.1)"));
  }
}

TEST_F(CurlTransportTest, TimesOut) {
  TransportOptions hasty = options();
  hasty.request_timeout_ms = 150;
  CurlTransport transport(hasty);
  for (const Way way : {Way::kStall, Way::kDrip}) {
    server_.answer({.body = std::string(1000, ' '), .way = way});
    EXPECT_EQ(transport.post("/", "{}").kind, Kind::kNone);
  }
}

TEST_F(CurlTransportTest, ReadsNoMoreThanItsLimit) {
  CurlTransport transport(options());
  server_.answer({.body = std::string(TransportOptions().max_body_bytes, ' ')});
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole);
  server_.answer({.body = std::string(TransportOptions().max_body_bytes + 1, ' ')});
  const HttpReply reply = transport.post("/", "{}");
  EXPECT_EQ(reply.kind, Kind::kTooLarge);
  EXPECT_EQ(reply.body, "");
  server_.answer({.body = std::string(8 << 20, ' '), .status = 502});
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kNone);
  server_.answer({.headers = std::vector<std::string>(100, "X: " + std::string(1000, 'x'))});
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kNone);
  EXPECT_EQ(transport.post("/", "{}").kind, Kind::kWhole) << "and goes on";
}

TEST_F(CurlTransportTest, FollowsNoRedirectAndInflatesNothing) {
  CurlTransport transport(options());
  server_.answer({.status = 302, .headers = {"Location: " + server_.url() + "/elsewhere"}});
  EXPECT_EQ(transport.post("/", "{}").status, 302);
  server_.answer({.body = "\x1f\x8b not gzip", .headers = {"Content-Encoding: gzip"}});
  EXPECT_EQ(transport.post("/", "{}").body, "\x1f\x8b not gzip");
  EXPECT_EQ(server_.requests().size(), 2U);
  EXPECT_EQ(server_.requests().at(1).headers.count("accept-encoding"), 0U);
}

TEST_F(CurlTransportTest, StopsAtOnceWhenCancelled) {
  std::atomic<bool> cancelled{false};
  TransportOptions patient = options();
  patient.request_timeout_ms = 60'000;
  patient.cancelled = &cancelled;
  CurlTransport transport(patient);
  server_.answer({.way = Way::kStall});
  std::jthread canceller([&] {
    EXPECT_TRUE(server_.wait_for_requests(1));
    cancelled = true;
  });
  const HttpReply reply = transport.post("/", "{}");
  EXPECT_EQ(reply.kind, Kind::kNone);
  EXPECT_LT(reply.seconds, 30);
}

TEST(CurlTransportTls, TrustsWhomItIsToldToTrust) {
  const TlsServer server("IP:127.0.0.1");
  TransportOptions trusting;
  trusting.base_url = server.url();
  trusting.ca_file = server.certificate_file();
  const HttpReply reply = CurlTransport(trusting).post("/", "{}");
  EXPECT_EQ(reply.kind, Kind::kWhole) << reply.failure;
  EXPECT_EQ(reply.body, R"({"ErrorCode":0})");
}

TEST(CurlTransportTls, TrustsNobodyElse) {
  const TlsServer server("IP:127.0.0.1");
  TransportOptions careful;
  careful.base_url = server.url();
  EXPECT_EQ(CurlTransport(careful).post("/", "{}").kind, Kind::kNone);
  EXPECT_EQ(server.requests(), 0);
}

TEST(CurlTransportTls, ACertificateIsGoodForItsNameOnly) {
  const TlsServer server("DNS:chat.example.com,IP:127.0.0.2");
  TransportOptions careful;
  careful.base_url = server.url();
  careful.ca_file = server.certificate_file();
  EXPECT_EQ(CurlTransport(careful).post("/", "{}").kind, Kind::kNone);
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(CurlTransportTest, DoesNotSpeakTlsWithWhoDoesNot) {
  TransportOptions tls = options();
  tls.base_url = "https://127.0.0.1:" + std::to_string(server_.port());
  tls.request_timeout_ms = 200;
  EXPECT_EQ(CurlTransport(tls).post("/", "{}").kind, Kind::kNone);
}

TEST_F(CurlTransportTest, FailsOnAClosedPort) {
  TransportOptions closed;
  {
    const ScriptedServer gone;
    closed.base_url = gone.url();
  }
  EXPECT_EQ(CurlTransport(closed).post("/", "{}").kind, Kind::kNone);
}

TEST(CurlTransport, NeedsAHost) {
  for (const char* url : {"", "http://", "not a url", "127.0.0.1"}) {
    TransportOptions options;
    options.base_url = url;
    EXPECT_THROW(CurlTransport{options}, std::invalid_argument) << url;
  }
}

TEST(CurlTransport, NamesTheHostOnly) {
  TransportOptions options;
  options.base_url = "http://user:password@127.0.0.1:1/path";
  const HttpReply reply = CurlTransport(options).post("/secret", "{}");
  EXPECT_EQ(reply.kind, Kind::kNone);
  EXPECT_THAT(reply.failure, HasSubstr("127.0.0.1"));
  EXPECT_THAT(reply.failure, testing::Not(HasSubstr("password")));
  EXPECT_THAT(reply.failure, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace headroom
