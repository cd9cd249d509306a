#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/refusal.h"

namespace headroom {

class Log;

// The webhooks that were not taken: in the log, the first of a reason at once and then one line a minute, with how many
// they were. Whoever has set up the console wrongly must find out why, and whoever floods must not fill the disk.
// Thread-safe.
class RefusalLog {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  // Both outlive it.
  RefusalLog(
      Log& log, const Clock& clock, Now now = [] { return std::chrono::steady_clock::now(); })
      : log_(log), clock_(clock), now_(std::move(now)) {}

  void refused(RefusalReason reason, const std::string& peer, const std::string& hint);
  void taken();  // answered with 200

  // Writes the lines that are due: to be called now and then. At the end `all` of them.
  void write_due(bool all = false);

  std::optional<TimeMs> last_taken_at() const;
  std::optional<WebhookRefusal> last_refusal() const;

 private:
  struct Unwritten {
    std::int64_t count = 0;
    std::string peer;  // of the last, and so is the hint
    std::string hint;
    std::optional<std::chrono::steady_clock::time_point> written_at;
  };
  void write(RefusalReason reason, const Unwritten& unwritten);

  Log& log_;
  const Clock& clock_;
  const Now now_;

  mutable std::mutex mutex_;  // guards what follows
  std::array<Unwritten, kRefusalReasons> unwritten_;
  std::optional<TimeMs> last_taken_at_;
  std::optional<WebhookRefusal> last_refusal_;
};

}  // namespace headroom
