#include "simulator/http_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <system_error>
#include <vector>

#include "simulator/clock.h"

namespace chatsim {
namespace {

class HttpListenerTest : public ::testing::Test {
 protected:
  void SetUp() override { listener_.start(); }

  Socket connect() {
    Socket out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(out.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    out.set_timeouts(10);
    return out;
  }
  // Everything until the listener closes.
  static std::string read_all(const Socket& socket) {
    std::string out;
    char buffer[4096];
    while (const std::size_t got = socket.receive(buffer, sizeof buffer)) out.append(buffer, got);
    return out;
  }
  std::string exchange(const std::string& request) {
    Socket socket = connect();
    EXPECT_TRUE(socket.send_all(request));
    ::shutdown(socket.fd(), SHUT_WR);
    return read_all(socket);
  }

  std::atomic<WireFault> fault_ = WireFault::kNone;
  HttpListener listener_{[this](const HttpRequest& request) {
                           if (request.path == "/throw") throw std::runtime_error("broken handler");
                           HttpResponse response;
                           response.fault = fault_;
                           response.body = request.method + ' ' + request.path + ' ' + request.body;
                           for (const auto& [name, value] : request.query) response.body += ' ' + name + '=' + value;
                           return response;
                         },
                         [] { return std::int64_t{784'111'777'000}; }};
};

TEST_F(HttpListenerTest, AnswersWithLengthAndDate) {
  const std::string answer = exchange("POST /a?b=c%20d+e&f= HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("Content-Type"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nPOST /a body b=c d e f=")) << answer;
}

TEST_F(HttpListenerTest, KeepsTheConnectionForPipelinedRequests) {
  const std::string answer = exchange("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("GET /1"), std::string::npos);
  EXPECT_NE(answer.find("GET /2"), std::string::npos);
  EXPECT_EQ(listener_.connections_accepted(), 1u);
}

TEST_F(HttpListenerTest, RefusesWhatItCannotRead) {
  EXPECT_TRUE(exchange("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange("GET / HTTP/2.0\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange("GET / HTTP/1.1\r\nno colon\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(
      exchange("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n").starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(exchange("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").starts_with("HTTP/1.1 501"));
  EXPECT_TRUE(exchange("GET /" + std::string(40'000, 'x')).starts_with("HTTP/1.1 400"));
  EXPECT_EQ(exchange("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhal"), "") << "the body never came";
}

TEST_F(HttpListenerTest, AnswersExpectContinue) {
  const std::string answer =
      exchange("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << answer;
}

TEST_F(HttpListenerTest, AThrowingHandlerIsAStatus500) {
  EXPECT_TRUE(exchange("GET /throw HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 500"));
}

TEST_F(HttpListenerTest, ResetAndTruncatedBody) {
  fault_ = WireFault::kReset;
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\n\r\n"), "");
  fault_ = WireFault::kTruncatedBody;
  const std::string answer = exchange("GET /12345678901 HTTP/1.1\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 17\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /123")) << answer;
}

TEST_F(HttpListenerTest, ClosesConnectionsBeyondTheLimit) {
  std::vector<Socket> open;
  for (std::size_t i = 0; i < HttpListener::kMaxConnections; ++i) {
    open.push_back(connect());
    ASSERT_TRUE(open.back().send_all("GET /x HTTP/1.1\r\n\r\n"));
    char first = 0;
    ASSERT_EQ(open.back().receive(&first, 1), 1u) << i;
  }
  const Socket refused = connect();
  EXPECT_EQ(read_all(refused), "");
}

TEST_F(HttpListenerTest, StopClosesIdleConnections) {
  const Socket idle = connect();
  listener_.stop();
  EXPECT_EQ(read_all(idle), "");
  listener_.stop();
}

TEST_F(HttpListenerTest, ATakenPortIsAnError) {
  HttpListener second([](const HttpRequest&) { return HttpResponse(); }, real_clock());
  EXPECT_THROW(second.start(listener_.port()), std::system_error);
}

}  // namespace
}  // namespace chatsim
