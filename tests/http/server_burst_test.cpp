// The lost-reply detector: bursts of connections, long-lived and short, every answer awaited, while the machine is
// busy.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"
#include "tests/support/raw_client.h"

namespace headroom::http {
namespace {

// Answers in batches from one thread, as the commit queue does.
class BatchHandler : public Handler {
 public:
  BatchHandler() : writer_([this] { run(); }) {}
  ~BatchHandler() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    writer_.join();
  }
  void handle(Request request, Respond respond) override {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back(std::move(request.body), std::move(respond));
    changed_.notify_all();
  }
  Response error(int status, std::string_view reason, const Request&) const override {
    return Response{status, "", std::string(reason), {}, false};
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      std::deque<std::pair<std::string, Respond>> batch;
      batch.swap(jobs_);
      lock.unlock();
      for (auto& [body, respond] : batch) respond(Response{200, "", body, {}, false});
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::string, Respond>> jobs_;  // guarded by mutex_
  bool stopping_ = false;                             // guarded by mutex_
  std::thread writer_;
};

constexpr int kClients = 8;
constexpr int kRequests = 150;

// Returns how many answers were right.
int ask_again_and_again(std::uint16_t port, int client, bool keep_alive) {
  int right = 0;
  std::unique_ptr<RawClient> connection;
  for (int i = 0; i < kRequests; ++i) {
    if (!connection || !keep_alive) connection = std::make_unique<RawClient>(port);
    const std::string body = std::to_string(client) + "/" + std::to_string(i);
    const auto response = connection->ask(post("/x", body, keep_alive ? "" : "Connection: close\r\n"));
    if (!response || response->status != 200 || response->body != body) return right;
    ++right;
  }
  return right;
}

class BurstTest : public testing::TestWithParam<int> {};

TEST_P(BurstTest, EveryRequestIsAnswered) {
  BatchHandler handler;
  ServerOptions options;
  options.threads = GetParam();
  Server server(options, handler);
  server.start();
  std::atomic<bool> busy = true;
  std::vector<std::thread> load;
  for (int i = 0; i < 2; ++i) {
    load.emplace_back([&busy] {
      while (busy) {
      }
    });
  }
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { right += ask_again_and_again(server.port(), i, i % 2 == 0); });
  }
  for (std::thread& client : clients) client.join();
  busy = false;
  for (std::thread& thread : load) thread.join();
  EXPECT_EQ(right, kClients * kRequests);
  EXPECT_EQ(server.stats().failures, 0U);
  EXPECT_TRUE(server.shutdown(10000));
}

INSTANTIATE_TEST_SUITE_P(Threads, BurstTest, testing::Values(1, 3));

}  // namespace
}  // namespace headroom::http
