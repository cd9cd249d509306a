#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "tests/http/test_server.h"
#include "tests/support/places.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class ServerTest : public testing::Test {
 protected:
  ServerTest() { server_.start(); }

  ScriptedHandler handler_;
  Server server_{ServerOptions{}, handler_};
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  RawClient client(server_.port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.ask(post("/a?b=c", "body"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "POST /a body");
    EXPECT_EQ(response->headers.at("connection"), "keep-alive");
    EXPECT_EQ(response->headers.at("content-type"), "text/plain");
    EXPECT_THAT(response->headers.at("date"), HasSubstr(" GMT"));
  }
  const auto seen = handler_.seen();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].peer, "127.0.0.1");
  EXPECT_EQ(seen[0].query_values("b"), std::vector<std::string>{"c"});
  EXPECT_NE(seen[0].arrived, SteadyTime{});
  EXPECT_EQ(server_.stats().accepted, 1U);
  EXPECT_EQ(server_.stats().requests, 3U);
}

TEST_F(ServerTest, AnswersFromAnotherThread) {
  RawClient client(server_.port());
  for (int i = 0; i < 20; ++i) {
    const auto response = client.ask(get("/thread"));
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->body, "thread");
  }
}

TEST_F(ServerTest, OnlyTheFirstAnswerCounts) {
  RawClient client(server_.port());
  EXPECT_EQ(client.ask(get("/twice"))->status, 200);
  EXPECT_EQ(client.ask(get("/next"))->body, "GET /next ");
}

TEST_F(ServerTest, DroppedAndThrowingRequestsAreAnswered500) {
  RawClient client(server_.port());
  const auto dropped = client.ask(get("/drop"));
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->status, 500);
  const auto thrown = client.ask(get("/throw"));
  ASSERT_TRUE(thrown);
  EXPECT_EQ(thrown->status, 500);
  EXPECT_THAT(thrown->body, Not(HasSubstr("secret")));
  EXPECT_EQ(server_.stats().failures, 1U);
}

TEST_F(ServerTest, AnswersOfClosedConnectionsAreDropped) {
  {
    RawClient client(server_.port());
    ASSERT_TRUE(client.send(get("/hold")));
    ASSERT_TRUE(handler_.wait_for_held(1));
    client.reset();
  }
  // Another connection, which may have the same descriptor, must not get that answer.
  RawClient second(server_.port());
  ASSERT_EQ(second.ask(get("/first"))->body, "GET /first ");
  ASSERT_TRUE(second.send(get("/hold")));
  ASSERT_TRUE(handler_.wait_for_held(2));
  handler_.release(Response{200, "", "held", {}, false});
  EXPECT_EQ(second.receive()->body, "held");
  EXPECT_EQ(second.ask(get("/last"))->body, "GET /last ");
}

TEST_F(ServerTest, LargeAnswersReachSlowReaders) {
  RawClient slow(server_.port(), 4096);
  RawClient other(server_.port());
  ASSERT_TRUE(slow.send(get("/big") + get("/after")));
  ASSERT_TRUE(handler_.wait_for_seen("/big"));
  // The thread is not stopped by a socket that is full.
  EXPECT_EQ(other.ask(get("/x"))->status, 200);
  const auto big = slow.receive();
  ASSERT_TRUE(big);
  EXPECT_EQ(big->body.size(), std::size_t{8} << 20);
  EXPECT_EQ(slow.receive()->body, "GET /after ");
}

TEST_F(ServerTest, HeadAnd204HaveNoBody) {
  RawClient client(server_.port());
  ASSERT_TRUE(client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto head = client.receive(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.at("content-length"), "8");
  const auto empty = client.ask(get("/empty"));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->status, 204);
  EXPECT_EQ(empty->headers.count("content-length"), 0U);
  ASSERT_TRUE(client.send("HEAD /early HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(client.receive(true)->status, 404);
  EXPECT_EQ(client.ask(get("/b"))->body, "GET /b ");
}

TEST_F(ServerTest, HeadersCanNotBeInjected) {
  RawClient client(server_.port());
  const auto response = client.ask(get("/headers"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.at("x-good"), "1");
  EXPECT_EQ(response->headers.count("x-smuggled"), 0U);
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  for (const std::string& request :
       {get("/a", "Connection: close\r\n"), get("/close"), std::string("GET /a HTTP/1.0\r\n\r\n"),
        std::string("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")}) {
    RawClient client(server_.port());
    const auto response = client.ask(request);
    ASSERT_TRUE(response) << request;
    EXPECT_EQ(response->status, 200);
    EXPECT_TRUE(response->closes()) << request;
    EXPECT_TRUE(client.closed_by_server()) << request;
  }
}

// Else nginx sends a webhook, now and then, into a connection that is just being closed, and answers it 502.
TEST(Server, KeepsIdleConnectionsLongerThanNginx) {
  std::ostringstream text;
  text << std::ifstream(std::string(test::source_folder()) + "/config/nginx.conf").rdbuf();
  const std::string shipped = text.str();
  const auto upstream = shipped.find("upstream headroomd {");
  ASSERT_NE(upstream, shipped.npos) << shipped;
  const std::string block = shipped.substr(upstream, shipped.find('}', upstream) - upstream);
  const std::string_view key = "keepalive_timeout ";
  const auto at = block.find(key);
  ASSERT_NE(at, block.npos) << block;
  const std::string value = block.substr(at + key.size(), block.find(';', at) - at - key.size());
  ASSERT_TRUE(value.ends_with('s')) << value;
  EXPECT_LE(2 * std::stoi(value) * kSecondMs, ServerOptions{}.idle_timeout);
}

TEST(Server, NamesATakenPort) {
  ScriptedHandler handler;
  Server first({}, handler);
  first.start();
  ServerOptions options;
  options.port = first.port();
  Server second(options, handler);
  try {
    second.start();
    FAIL() << "the port was free";
  } catch (const std::runtime_error& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("127.0.0.1:" + std::to_string(first.port())));
    EXPECT_THAT(failure.what(), HasSubstr("in use"));
  }
}

TEST(Server, NamesAHostThatIsNone) {
  ScriptedHandler handler;
  for (const char* host : {"256.1.1.1", "[::1", "no such host", "192.0.2.1"}) {
    ServerOptions options;
    options.host = host;
    Server server(options, handler);
    try {
      server.start();
      FAIL() << host;
    } catch (const std::runtime_error& failure) {
      EXPECT_THAT(failure.what(), HasSubstr(std::string(host) + ":0")) << host;
    }
  }
}

TEST(Server, ListensOnNamesAndV6) {
  ScriptedHandler handler;
  ServerOptions options;
  options.host = "localhost";
  Server by_name(options, handler);
  by_name.start();
  EXPECT_EQ(by_name.address(), "localhost:" + std::to_string(by_name.port()));
  options.host = "[::1]";
  Server v6(options, handler);
  try {
    v6.start();
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "no IPv6 here";
  }
  EXPECT_EQ(v6.address(), "[::1]:" + std::to_string(v6.port()));
  EXPECT_NE(v6.port(), 0);
}

TEST(Server, StartsManyThreadsAndStopsUnused) {
  ScriptedHandler handler;
  ServerOptions options;
  options.threads = 4;
  {
    Server never_started(options, handler);
    EXPECT_EQ(never_started.port(), 0);
    EXPECT_TRUE(never_started.shutdown(0));
  }
  Server server(options, handler);
  server.start();
  EXPECT_THROW(server.start(), std::logic_error);
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  EXPECT_TRUE(server.shutdown(5000));
  EXPECT_TRUE(server.shutdown(0));
  EXPECT_FALSE(RawClient(server.port()).connected());
}

// The blocked signals of the threads with that name, as /proc shows them.
std::vector<std::uint64_t> blocked_signals(const std::string& name) {
  std::vector<std::uint64_t> masks;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string comm;
    std::getline(std::ifstream(thread.path() / "comm"), comm);
    std::ifstream status(thread.path() / "status");
    for (std::string line; comm == name && std::getline(status, line);) {
      if (line.starts_with("SigBlk:")) masks.push_back(std::stoull(line.substr(7), nullptr, 16));
    }
  }
  return masks;
}

TEST(Server, ItsThreadsTakeNoSignals) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  ScriptedHandler handler;
  ServerOptions options;
  options.threads = 2;
  options.name = "quiet";
  Server server(options, handler);
  server.start();
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal));
  }
  // A thread has its name only once it runs.
  const auto end = std::chrono::steady_clock::now() + RawClient::kPatience;
  while (blocked_signals("quiet").size() < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  const auto masks = blocked_signals("quiet");
  EXPECT_EQ(masks.size(), 2U);
  for (const std::uint64_t mask : masks) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) EXPECT_TRUE(mask >> (signal - 1) & 1) << signal;
  }
}

}  // namespace
}  // namespace headroom::http
