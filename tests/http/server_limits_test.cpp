// Time limits and the connection limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "http/server.h"
#include "tests/http/eventually.h"
#include "tests/http/test_server.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

using Clock = std::chrono::steady_clock;
using testing::HasSubstr;

ServerOptions quick() {
  ServerOptions options;
  options.head_timeout = 300;
  options.body_timeout = 300;
  options.idle_timeout = 300;
  options.answer_timeout = 300;
  options.write_timeout = 300;
  return options;
}

TEST(ServerLimits, SlowClientsAreAnswered408) {
  ScriptedHandler handler;
  Server server(quick(), handler);
  server.start();
  for (const char* bytes :
       {"G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"}) {
    RawClient client(server.port());
    const auto response = client.ask(bytes);
    ASSERT_TRUE(response) << bytes;
    EXPECT_EQ(response->status, 408) << bytes;
    EXPECT_TRUE(response->closes());
    EXPECT_TRUE(client.closed_by_server());
  }
}

class TickingHandler : public ScriptedHandler {
 public:
  void tick() override { ++ticks; }
  std::atomic<int> ticks = 0;
};

// None for a quarter of a second.
bool is_quiet(const TickingHandler& handler) {
  const int ticks = handler.ticks;
  const auto end = Clock::now() + std::chrono::milliseconds(250);
  while (Clock::now() < end && handler.ticks == ticks) std::this_thread::yield();
  return handler.ticks == ticks;
}

// With two threads, of which the first ticks for the handler, and either accepts.
TEST(ServerLimits, NobodyIsWokenWhileNothingIsConnected) {
  TickingHandler handler;
  ServerOptions options = quick();
  options.threads = 2;
  Server server(options, handler);
  server.start();
  EXPECT_TRUE(is_quiet(handler));
  for (int round = 0; round < 2; ++round) {
    {
      RawClient client(server.port());
      const int before = handler.ticks;
      const auto response = client.ask("G");
      ASSERT_TRUE(response);
      EXPECT_EQ(response->status, 408) << "its time limit holds";
      EXPECT_TRUE(eventually([&] { return handler.ticks > before; }));
    }
    EXPECT_TRUE(eventually([&] { return is_quiet(handler); }));
  }
}

TEST(ServerLimits, DribblingDoesNotExtendTheTime) {
  ScriptedHandler handler;
  Server server(quick(), handler);
  server.start();
  RawClient client(server.port());
  const auto start = Clock::now();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\n"));
  while (server.stats().rejected == 0 && Clock::now() < start + RawClient::kPatience) {
    if (!client.send("X: y\r\n")) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the client's pace, not a wait
  }
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
  EXPECT_THAT(client.receive_all(), HasSubstr("408"));
}

TEST(ServerLimits, SilentConnectionsAreClosed) {
  ScriptedHandler handler;
  Server server(quick(), handler);
  server.start();
  RawClient fresh(server.port());
  EXPECT_TRUE(fresh.closed_by_server());
  RawClient used(server.port());
  EXPECT_EQ(used.ask(get("/a"))->status, 200);
  EXPECT_TRUE(used.closed_by_server());
  EXPECT_TRUE(eventually([&] { return server.stats().connections == 0; }));
}

TEST(ServerLimits, ClientsThatNeverReadAreClosed) {
  ScriptedHandler handler;
  Server server(quick(), handler);
  server.start();
  RawClient client(server.port(), 4096);
  ASSERT_TRUE(client.send(get("/big")));
  EXPECT_TRUE(eventually([&] { return server.stats().accepted == 1 && server.stats().connections == 0; }));
}

TEST(ServerLimits, ClientsThatDoNotCloseAreClosed) {
  ScriptedHandler handler;
  Server server({}, handler);
  server.start();
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/close"))->status, 200);
  EXPECT_TRUE(eventually([&] { return server.stats().connections == 0; }));
}

TEST(ServerLimits, AHandlerThatDoesNotAnswerIsAnsweredFor) {
  ScriptedHandler handler;
  Server server(quick(), handler);
  server.start();
  RawClient client(server.port());
  const auto response = client.ask(get("/hold"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  handler.release(Response{200, "", "late", {}, false});  // goes nowhere
  EXPECT_EQ(client.ask(get("/next"))->body, "GET /next ");
}

TEST(ServerLimits, ConnectionsOverTheLimitAreClosedAndCounted) {
  ScriptedHandler handler;
  ServerOptions options;
  options.max_connections = 3;
  options.threads = 2;
  Server server(options, handler);
  server.start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_EQ(clients.back()->ask(get("/a"))->status, 200);
  }
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(RawClient(server.port()).closed_by_server());
  EXPECT_EQ(server.stats().refused, 5U);
  EXPECT_EQ(server.stats().connections, 3);
  clients.pop_back();
  ASSERT_TRUE(eventually([&] { return server.stats().connections == 2; }));
  EXPECT_EQ(RawClient(server.port()).ask(get("/a"))->status, 200);
}

TEST(ServerLimits, TheOldestGivesWayWhereThatIsAskedFor) {
  ScriptedHandler handler;
  ServerOptions options;
  options.max_connections = 3;
  options.oldest_gives_way = true;
  Server server(options, handler);
  server.start();
  RawClient silent(server.port());
  ASSERT_TRUE(eventually([&] { return server.stats().accepted == 1; }));
  RawClient slow(server.port());
  ASSERT_EQ(slow.ask(get("/a"))->status, 200);
  ASSERT_TRUE(slow.send("GET / HT"));
  RawClient busy(server.port());
  ASSERT_TRUE(busy.send(get("/hold")));
  ASSERT_TRUE(handler.wait_for_held(1));

  RawClient first(server.port());
  EXPECT_EQ(first.ask(get("/a"))->status, 200);
  EXPECT_TRUE(silent.closed_by_server());
  EXPECT_EQ(RawClient(server.port()).ask(get("/b"))->status, 200);
  EXPECT_TRUE(slow.closed_by_server());
  EXPECT_EQ(first.ask(get("/c"))->status, 200);
  handler.release(Response{200, "", "held", {}, false});
  EXPECT_EQ(busy.receive()->body, "held");
  EXPECT_EQ(server.stats().refused, 2U);
}

TEST(ServerLimits, WhoHasARequestInTurnGivesNoWay) {
  ScriptedHandler handler;
  ServerOptions options;
  options.max_connections = 2;
  options.oldest_gives_way = true;
  Server server(options, handler);
  server.start();
  RawClient one(server.port());
  RawClient two(server.port());
  ASSERT_TRUE(one.send(get("/hold")) && two.send(get("/hold")));
  ASSERT_TRUE(handler.wait_for_held(2));
  EXPECT_TRUE(RawClient(server.port()).closed_by_server());
  handler.release(Response{200, "", "held", {}, false});
  EXPECT_EQ(one.receive()->body, "held");
  EXPECT_EQ(two.receive()->body, "held");
  EXPECT_EQ(server.stats().connections, 2);
}

// Leaves the process as many descriptors as it has now, and so many more.
class FewDescriptors {
 public:
  explicit FewDescriptors(int more) {
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next + more);
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(ServerLimits, GoesOnWhenThereAreDescriptorsAgain) {
  ScriptedHandler handler;
  Server server({}, handler);
  server.start();
  RawClient present(server.port());
  ASSERT_EQ(present.ask(get("/a"))->status, 200);
  std::optional<FewDescriptors> few(1);
  RawClient waiting(server.port());  // takes the last one
  ASSERT_TRUE(waiting.send(get("/b")));
  ASSERT_TRUE(eventually([&] { return server.stats().accept_errors > 0; }));
  EXPECT_EQ(present.ask(get("/c"))->status, 200);
  few.reset();
  EXPECT_EQ(waiting.receive()->body, "GET /b ");
  EXPECT_EQ(server.stats().failures, 0U);
}

}  // namespace
}  // namespace headroom::http
