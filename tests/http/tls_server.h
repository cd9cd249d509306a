#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace headroom {

// An HTTPS server on a free loopback port with a certificate of its own making; answers every request with success.
class TlsServer {
 public:
  // `subject_alt_name`: what the certificate is good for, "IP:127.0.0.1".
  explicit TlsServer(const std::string& subject_alt_name);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  const std::string& certificate_file() const { return certificate_file_; }  // PEM; removed with the object
  int requests() const { return requests_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  void make_certificate(const std::string& subject_alt_name);
  void accept_loop();
  void serve(SSL* ssl);

  std::unique_ptr<SSL_CTX, Free> context_;
  std::string certificate_file_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
};

}  // namespace headroom
