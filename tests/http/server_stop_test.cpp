#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "http/server.h"
#include "tests/http/eventually.h"
#include "tests/http/test_server.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

using Clock = std::chrono::steady_clock;

TEST(ServerStop, AnswersWhatIsInFlight) {
  ScriptedHandler handler;
  ServerOptions options;
  options.threads = 2;
  Server server(options, handler);
  server.start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_TRUE(clients.back()->send(get("/hold")));
  }
  ASSERT_TRUE(handler.wait_for_held(20));
  server.stop_accepting();
  bool all_answered = false;
  std::thread stopper([&] { all_answered = server.shutdown(15000); });
  ASSERT_TRUE(eventually([&] { return !RawClient(server.port()).connected(); }));
  handler.release(Response{200, "", "held", {}, false});
  for (auto& client : clients) {
    const auto response = client->receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "held");
    EXPECT_TRUE(response->closes());
    client.reset();
  }
  stopper.join();
  EXPECT_TRUE(all_answered);
  EXPECT_EQ(server.stats().connections, 0);
}

TEST(ServerStop, DoesNotWaitForEver) {
  ScriptedHandler handler;
  Server server({}, handler);
  server.start();
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/hold")));
  ASSERT_TRUE(handler.wait_for_held(1));
  const auto start = Clock::now();
  EXPECT_FALSE(server.shutdown(200));
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));
  EXPECT_TRUE(client.closed_by_server());
  handler.release(Response{});  // after the server's end
}

TEST(ServerStop, RequestsThatComeLaterAreAnswered503) {
  ScriptedHandler handler;
  Server server({}, handler);
  server.start();
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/hold") + get("/after")));
  RawClient half(server.port());
  ASSERT_TRUE(half.send("GET /b HTTP/1.1\r\nHost: a\r\n"));
  ASSERT_TRUE(handler.wait_for_held(1));
  ASSERT_EQ(RawClient(server.port()).ask(get("/early"))->status, 404);
  server.stop_accepting();
  const auto late = half.ask("\r\n");
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 503);
  EXPECT_TRUE(late->closes());
  handler.release(Response{200, "", "held", {}, false});
  EXPECT_TRUE(client.receive()->closes());
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(server.shutdown(10000));
}

TEST(ServerStop, IdleConnectionsDoNotHoldItUp) {
  ScriptedHandler handler;
  Server server({}, handler);
  server.start();
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  EXPECT_TRUE(server.shutdown(10000));
  EXPECT_TRUE(client.closed_by_server());
}

}  // namespace
}  // namespace headroom::http
