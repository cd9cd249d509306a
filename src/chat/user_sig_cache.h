#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "headroom/clock.h"
#include "headroom/types.h"

namespace headroom {

// The one UserSig that all workers sign their calls with. Thread-safe.
class UserSigCache {
 public:
  static constexpr DurationMs kValidity = kDayMs;      // Chat advises 24 h and more [34385]
  static constexpr DurationMs kRenewBefore = kHourMs;  // this long before it expires, a new one is signed
  static constexpr DurationMs kFresh = kMinuteMs;      // one that was signed since would be signed the same again
  static constexpr DurationMs kMostSkew = 2 * kMinuteMs;

  // The clock outlives it.
  UserSigCache(const Clock& clock, std::uint64_t sdk_app_id, std::string identifier, std::string secret_key)
      : clock_(clock),
        sdk_app_id_(sdk_app_id),
        identifier_(std::move(identifier)),
        secret_key_(std::move(secret_key)) {}

  std::string get();
  // After Chat rejected one: another one to try, or nullopt when that one was fresh, so that nothing can have changed.
  // Then no call is to be made for as long as it is.
  std::optional<std::string> renew(const std::string& rejected, int code);
  // The code with which Chat rejected a fresh one, less than kFresh ago: it counts the calls that fail this way
  // [34348].
  std::optional<int> rejection();
  // Somebody may have changed something at Chat: the next call tries.
  void forget_rejection();
  // Chat's time, from a reply. Far from ours, it is what is signed: a wrong clock of ours must not look like a wrong
  // key.
  void heard(TimeMs chat_time);

 private:
  // All of these hold mutex_.
  TimeMs signing_time() const;
  bool is_fresh(DurationMs age) const;
  void sign();

  const Clock& clock_;
  const std::uint64_t sdk_app_id_;
  const std::string identifier_;
  const std::string secret_key_;

  struct Moment {
    TimeMs time = 0;
    SteadyMs at;
  };
  struct Rejection {
    int code = 0;
    SteadyMs at;
  };
  mutable std::mutex mutex_;  // guards what follows
  std::string user_sig_;      // empty until the first call
  Moment signed_;
  std::optional<Moment> chat_;
  std::optional<Rejection> rejection_;
};

}  // namespace headroom
