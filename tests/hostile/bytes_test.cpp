// Bytes that are no webhook, against the real daemon: each is answered once at most, and costs nobody else anything.
#include <gmock/gmock.h>

#include <utility>

#include "tests/hostile/attacked_daemon.h"
#include "tests/hostile/hazards.h"

namespace headroom::hostile {
namespace {

using Connections = HonestClient::Connections;
using http::RawClient;

constexpr std::int64_t kMostRssKib = kSanitizerRssKib + 128 * 1024;

class Bytes : public AttackedDaemon {};

TEST_F(Bytes, EveryHazardIsAnsweredOnceAndClosed) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  for (int round = 0; round < 10; ++round) {
    for (const Hazard& hazard : hazards()) {
      RawClient client(port());
      client.send(hazard.bytes);
      const std::string all = client.receive_all();
      EXPECT_THAT(all, testing::StartsWith("HTTP/1.1 " + std::to_string(hazard.status))) << hazard.name;
      EXPECT_EQ(all.find("HTTP/1.1 ", 1), std::string::npos) << hazard.name << "\n" << all;
    }
  }
  expect_unharmed(honest);
}

TEST_F(Bytes, PipelinesThatAreNeverRead) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  std::string pipeline;
  while (pipeline.size() < (1 << 18)) pipeline += http::get("/nothing/here");
  auto clients = connect(32, 4096);
  int cut = 0;
  for (auto& client : clients) {
    bool open = true;
    for (int i = 0; open && i < 64; ++i) open = client->send(pipeline);
    cut += open ? 0 : 1;
  }
  EXPECT_EQ(cut, 32);
  std::cout << "RSS with 32 pipelines: " << rss_kib() / 1024 << " MiB\n";
  EXPECT_LT(rss_kib(), kMostRssKib);
  expect_unharmed(honest);
}

TEST_F(Bytes, FloodsWithoutAnEnd) {
  start();
  HonestClient honest(port(), Connections::kInTurn);
  const std::string flood(1 << 20, 'x');
  const std::string post = "POST /chat/webhook HTTP/1.1\r\nHost: a\r\n";
  for (int round = 0; round < 5; ++round) {
    for (const std::string& start_of_it :
         {std::string("GET /"), post + "X-Long: ", post + "Transfer-Encoding: chunked\r\n\r\n1;",
          post + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", post + "Content-Length: 999999999999\r\n\r\n"}) {
      RawClient client(port());
      bool open = client.send(start_of_it);
      for (int i = 0; open && i < 64; ++i) open = client.send(flood);
      EXPECT_FALSE(open) << start_of_it;
    }
  }
  EXPECT_LT(rss_kib(), kMostRssKib);
  expect_unharmed(honest);
}

}  // namespace
}  // namespace headroom::hostile
