// Answers of a batch, which are sent together.
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <vector>

#include "http/server.h"
#include "http/server_reply.h"
#include "tests/http/test_server.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

const char* const kHold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";

// As few wake-ups as there are I/O threads: what a letter costs is not seen here, that each arrives is.
TEST(GatheredReplies, AreAllSentAtTheEndToWhicheverThreadTheyBelong) {
  ScriptedHandler handler;
  ServerOptions options;
  options.threads = 3;
  Server server(options, handler);
  server.start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int round = 0; round < 3; ++round) {
    while (clients.size() < 12) clients.push_back(std::make_unique<RawClient>(server.port()));
    for (const auto& client : clients) ASSERT_TRUE(client->send(kHold));
    ASSERT_TRUE(handler.wait_for_held(clients.size()));
    {
      const GatheredReplies gathered;
      handler.release(Response{200, "text/plain", "gathered", {}, false});
      EXPECT_EQ(GatheredReplies::current(), &gathered);
    }
    EXPECT_EQ(GatheredReplies::current(), nullptr);
    for (const auto& client : clients) {
      const auto response = client->receive();
      ASSERT_TRUE(response);
      EXPECT_EQ(response->status, 200);
      EXPECT_EQ(response->body, "gathered");
    }
  }
}

TEST(GatheredReplies, AreKeptUntilTheEnd) {
  Mailbox mailbox;
  pollfd wake_up{mailbox.fd(), POLLIN, 0};
  const std::shared_ptr<Mailbox> shared(&mailbox, [](Mailbox*) {});
  {
    const GatheredReplies gathered;
    for (std::uint64_t i = 1; i <= 3; ++i) make_respond(shared, {1, i})(Response{});
    EXPECT_TRUE(mailbox.take().empty());
    EXPECT_EQ(::poll(&wake_up, 1, 0), 0);
  }
  EXPECT_EQ(::poll(&wake_up, 1, 0), 1);
  const auto letters = mailbox.take();
  ASSERT_EQ(letters.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(letters[i].ticket.number, i + 1) << "in their order";
  make_respond(shared, {1, 4})(Response{});
  EXPECT_EQ(mailbox.take().size(), 1U) << "at once again";
}

}  // namespace
}  // namespace headroom::http
