#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/clock.h"
#include "headroom/types.h"

namespace headroom {

// A background call gives way to every other one of its API that waits.
enum class CallPriority { kNormal, kBackground };

// One token bucket per API of Chat, shared by all clients. Thread-safe. Chat does not say how it counts [34419], so no
// second, wherever it begins, sees more calls of one API than are allowed.
class RateLimiter {
 public:
  // `calls_per_second` of each API, at least 1. The clock outlives the limiter.
  RateLimiter(Clock& clock, int calls_per_second);

  // Waits for the API's turn. False when the clock was stopped before it came: the call is not to be made.
  bool acquire(std::string_view api, CallPriority priority = CallPriority::kNormal);
  // The same for a call that has to be made as soon as its last looks are in: its place in the line is taken before
  // them. The call acquires its API then, too, so that places which were kept for different times do not make a burst;
  // that wait is short.
  bool acquire_turn(std::string_view api, CallPriority priority = CallPriority::kNormal);
  // Chat said "too fast": half as many from now on, at least one a second; it comes back little by little. Further
  // complaints within the second are about calls that were made before, and change nothing.
  void slow_down(std::string_view api);
  // As if all that is allowed had been called just now, of every API: somebody else may have done so.
  void use_up();
  // As many from now on, of each API, at least 1.
  void allow(int calls_per_second);
  // What is allowed now, for tests and the log.
  int calls_per_second(std::string_view api);

 private:
  using TimeUs = std::int64_t;  // of the monotonic clock

  struct Bucket {
    int most = 1;                     // calls per second, as configured
    int slowed_to = 1;                // what the last slow_down left
    std::optional<TimeUs> slowed_at;  // when that was, until all has come back
    TimeUs full_at = 0;               // when all tokens are there again
    std::int64_t waiting = 0;         // calls that sleep until it is their turn
    std::int64_t background = 0;      // those of them that give way
  };

  TimeUs now_us() const { return clock_.steady_now().ms * 1000; }
  using Buckets = std::map<std::string, Bucket, std::less<>>;

  bool acquire_from(Buckets& buckets, std::string_view api, CallPriority priority);
  void slow_down(Bucket& bucket);
  static void use_up(Bucket& bucket, TimeUs at);
  Bucket& bucket(Buckets& buckets, std::string_view api) const;
  int most(std::string_view api) const;
  static int rate(Bucket& bucket, TimeUs now);
  static TimeUs take(Bucket& bucket, TimeUs now);
  static TimeUs turn(Bucket& bucket, CallPriority priority, TimeUs now);

  Clock& clock_;

  std::mutex mutex_;
  int calls_per_second_;              // guarded by mutex_, as what follows
  std::optional<TimeUs> used_up_at_;  // when use_up was called last
  Buckets calls_;
  Buckets turns_;  // the lines before the last looks
};

}  // namespace headroom
