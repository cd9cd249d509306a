#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "simulator/clock.h"
#include "simulator/http_message.h"
#include "simulator/limits.h"

namespace chatsim {

struct Credentials {
  std::uint64_t sdk_app_id = 0;
  std::string secret_key;
  std::set<std::string> admins;
};

// Whether a REST call may pass: its query parameters, its signature, and how often its command was called.
class Gatekeeper {
 public:
  struct Admission {
    int code = 0;             // 0 = may pass
    bool near_limit = false;  // the first call of this second above 80 % of the limit
    int calls = 0;            // of this command in this second
  };

  // `clock` judges signatures, `rate_clock` cuts seconds.
  Gatekeeper(Credentials credentials, const Limits& limits, Clock clock, Clock rate_clock)
      : credentials_(std::move(credentials)),
        limits_(limits),
        clock_(std::move(clock)),
        rate_clock_(std::move(rate_clock)) {}

  // In this order: 60012, 60025, 60006/70020, 70050, 7000x, 60010.
  int check_caller(const HttpRequest& request);
  // 60007 above the limit; seconds are fixed windows of the wall clock.
  Admission count_call(const std::string& api);

 private:
  struct Window {
    std::int64_t second = -1;
    int calls = 0;
  };

  int check_signature(const std::string& user_sig, const std::string& identifier);

  const Credentials credentials_;
  const Limits limits_;
  const Clock clock_;
  const Clock rate_clock_;

  std::mutex mutex_;
  std::deque<std::int64_t> failures_ms_;
  std::map<std::string, Window> windows_;
};

}  // namespace chatsim
