#include "daemon/systemd_notify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/config/config_files.h"

namespace headroom {
namespace {

using testing::StartsWith;

// What systemd listens on.
class SystemdNotifyTest : public testing::Test {
 protected:
  void SetUp() override {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(socket_, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = files_.path("notify");
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(socket_);
  }
  std::string received() const {
    char buffer[1024];
    const ssize_t n = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    return n < 0 ? "" : std::string(buffer, static_cast<std::size_t>(n));
  }

 private:
  ConfigFiles files_;
  int socket_ = -1;
};

TEST_F(SystemdNotifyTest, Messages) {
  EXPECT_TRUE(notify_ready());
  EXPECT_EQ(received(), "READY=1");
  EXPECT_TRUE(notify_watchdog());
  EXPECT_EQ(received(), "WATCHDOG=1");
  EXPECT_TRUE(notify_reloading());
  EXPECT_THAT(received(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(notify_stopping());
  EXPECT_EQ(received(), "STOPPING=1");
}

TEST_F(SystemdNotifyTest, StatusIsOneLine) {
  EXPECT_TRUE(notify_status("taking webhooks\nREADY=1"));
  EXPECT_EQ(received(), "STATUS=taking webhooks READY=1");
}

TEST_F(SystemdNotifyTest, NobodyListens) {
  ::setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
  EXPECT_FALSE(notify_ready());
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(notify_ready());
}

TEST_F(SystemdNotifyTest, WatchdogInterval) {
  EXPECT_EQ(watchdog_interval(), std::nullopt);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(watchdog_interval(), 30000);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(watchdog_interval(), std::nullopt);
  ::unsetenv("WATCHDOG_PID");
  ::setenv("WATCHDOG_USEC", "nonsense", 1);
  EXPECT_EQ(watchdog_interval(), std::nullopt);
}

}  // namespace
}  // namespace headroom
