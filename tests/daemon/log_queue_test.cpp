#include "daemon/log_queue.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "daemon/log.h"

namespace headroom {
namespace {

using testing::HasSubstr;

constexpr auto kLine = 1000;

// A pipe, as of a journal that has hung up its receiver: nobody reads until somebody does.
class LogQueueTest : public testing::Test {
 protected:
  LogQueueTest() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~LogQueueTest() override {
    for (const int fd : ends_) ::close(fd);
  }
  static std::string line(int number) {
    std::string text = std::to_string(number);
    return text + std::string(kLine - text.size() - 1, '.') + '\n';
  }
  // What stands in the pipe, without waiting for more.
  std::string read_some() {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string all(1 << 20, '\0');
    const ssize_t size = ::read(ends_[0], all.data(), all.size());
    all.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return all;
  }

  std::array<int, 2> ends_{};
};

TEST_F(LogQueueTest, LinesComeInTheirOrder) {
  {
    LogQueue queue(ends_[1], {});
    for (int i = 0; i < 20; ++i) queue.push(line(i));
  }
  std::string expected;
  for (int i = 0; i < 20; ++i) expected += line(i);
  EXPECT_EQ(read_some(), expected);
}

TEST_F(LogQueueTest, NobodyWaitsForAReaderThatIsStuck) {
  LogQueue::Options options;
  options.patience = std::chrono::milliseconds(10);
  const auto from = std::chrono::steady_clock::now();
  {
    LogQueue queue(ends_[1], options);
    for (int i = 0; i < 3000; ++i) queue.push(line(i));
    EXPECT_LE(3000 - queue.dropped(), (options.capacity + 64 * 1024) / kLine + 1);
    EXPECT_GE(3000 - queue.dropped(), options.capacity / kLine);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(5));
}

TEST_F(LogQueueTest, OnceSomebodyReadsTheLossIsSaid) {
  Log log(ends_[1], LogFormat::kText, LogLevel::kInfo);
  for (int i = 0; i < 2000; ++i) log.info("many", {{"text", std::string(kLine, 'x')}});
  const std::uint64_t lost = log.dropped();
  ASSERT_GT(lost, 0U);
  std::string read;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (read.find("dropped") == std::string::npos && std::chrono::steady_clock::now() < end) {
    read = read.substr(read.size() - std::min<std::size_t>(read.size(), 100)) + read_some();
    log.info("again");  // the first that finds room brings the news
    std::this_thread::yield();
  }
  EXPECT_THAT(read, HasSubstr("log lines were dropped"));
}

TEST_F(LogQueueTest, ASocketIsAsGood) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  {
    LogQueue::Options options;
    options.patience = std::chrono::milliseconds(10);
    LogQueue queue(pair[1], options);
    for (int i = 0; i < 3000; ++i) queue.push(line(i));
    EXPECT_GT(queue.dropped(), 0U);
  }
  std::string first(kLine, '\0');
  EXPECT_EQ(::recv(pair[0], first.data(), first.size(), MSG_WAITALL), kLine);
  EXPECT_EQ(first, line(0));
  for (const int fd : pair) ::close(fd);
}

TEST_F(LogQueueTest, AReaderThatIsGoneIsNoReasonToWait) {
  ::close(ends_[0]);
  ends_[0] = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  LogQueue queue(ends_[1], {});
  for (int i = 0; i < 10; ++i) queue.push(line(i));
}

}  // namespace
}  // namespace headroom
