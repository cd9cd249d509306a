#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace headroom::hostile {

struct TlsAnswer {
  long status = 0;  // 0: none
  std::string body;
  double took_ms = 0;
};

// One webhook as Chat sends it: HTTPS with the certificate checked, on a connection that is kept.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, std::string certificate, std::string from = "127.0.0.1");
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  TlsAnswer post(const std::string& target, const std::string& body, const std::vector<std::string>& headers = {});

 private:
  const std::uint16_t port_;
  const std::string certificate_;
  const std::string from_;
  void* const curl_;
};

}  // namespace headroom::hostile
