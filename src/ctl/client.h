#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/secrets.h"
#include "headroom/types.h"
#include "http/curl_transport.h"

namespace headroom::ctl {

// A change that is asked for: one attempt of it has one Idempotency-Key, however often its answer is lost.
struct Change {
  std::string method;  // POST, PUT, DELETE
  std::string path;
  std::string body = {};
  std::string reason = {};  // X-Headroom-Reason; empty: none
};

// The admin API of one daemon. Whatever is no answer of its, or a refusal, throws Failure.
class Client {
 public:
  static constexpr DurationMs kPatience = 30 * kSecondMs;  // for one answer, with all attempts

  // `cancelled`: ends the call in flight. Throws Failure (usage) when the URL is none.
  Client(const std::string& url, std::optional<Secret> token, DurationMs patience = kPatience,
         const std::atomic<bool>* cancelled = nullptr);

  std::string get(const std::string& path_and_query);
  // The body; empty when the daemon answered with none.
  std::string change(const Change& change);

 private:
  HttpReply ask(const HttpCall& call, bool& repeated);

  const std::string url_;
  const std::optional<Secret> token_;
  const DurationMs patience_;
  CurlTransport transport_;
};

// Throws Failure (usage) unless it is a URL of http or https, without a user in it.
const std::string& checked_url(const std::string& url);

// Visible ASCII, as a header can carry it.
std::string encode_reason(std::string_view reason);

}  // namespace headroom::ctl
