#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "headroom/types.h"

namespace headroom {

// The one UserSig that all workers sign their calls with. Thread-safe.
class UserSigCache {
 public:
  static constexpr DurationMs kValidity = kDayMs;      // Chat advises 24 h and more [34385]
  static constexpr DurationMs kRenewBefore = kHourMs;  // this long before it expires, a new one is signed

  UserSigCache(std::uint64_t sdk_app_id, std::string identifier, std::string secret_key);

  std::string get(TimeMs now);
  // After Chat rejected one: a new one, unless another worker has replaced the rejected one already.
  std::string renew(TimeMs now, const std::string& rejected);

 private:
  void sign(TimeMs now);  // holds mutex_

  const std::uint64_t sdk_app_id_;
  const std::string identifier_;
  const std::string secret_key_;

  std::mutex mutex_;
  std::string user_sig_;  // guarded by mutex_, as is what follows; empty until the first call
  TimeMs signed_at_ = 0;
};

}  // namespace headroom
