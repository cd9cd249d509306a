#pragma once

#include <cstdint>
#include <string>

#include "simulator/webhook_sender.h"

namespace chatsim {

// lowercase_hex(SHA256(token + request_time)) [34354].
std::string webhook_sign(const std::string& token, const std::string& request_time);

// The configured URL with SdkAppid, CallbackCommand, contenttype, ClientIP, OptPlatform[, Sign, RequestTime], in this
// order.
std::string webhook_url(const WebhookOptions& options, const WebhookEvent& event, std::int64_t now_s);

// A libcurl handle that keeps its connection; belongs to one thread.
class WebhookConnection {
 public:
  WebhookConnection();
  ~WebhookConnection();
  WebhookConnection(const WebhookConnection&) = delete;
  WebhookConnection& operator=(const WebhookConnection&) = delete;

  // Fills in status, ok, timed_out and took_ms.
  void send(const WebhookOptions& options, const std::string& url, Delivery& delivery);

 private:
  void* curl_;
};

}  // namespace chatsim
