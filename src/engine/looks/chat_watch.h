#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "headroom/chat_call.h"
#include "headroom/control.h"
#include "headroom/observer.h"
#include "headroom/types.h"

namespace headroom {

// Watches the calls of Chat, and says when an outage begins and ends: when nothing answers, or something that is not
// Chat. One answer of Chat's refutes what has failed before it, so that a single broken connection is none. Of a
// command that fails while others are answered it is said once, until it is answered, too. Thread-safe. `steady` counts
// milliseconds of a clock that nobody sets.
class ChatWatch {
 public:
  // So long failures must go on, or a request be without an answer. Together with the time-outs of a request they are
  // under ten seconds.
  static constexpr DurationMs kFailing = 3 * kSecondMs;
  static constexpr DurationMs kSilent = 8 * kSecondMs;

  // `observer` must not call back.
  explicit ChatWatch(Observer& observer) : observer_(observer) {}

  // A request is sent, and what became of the one that was sent at `began`.
  void began(DurationMs steady);
  void ended(const ChatCall& call, DurationMs began, DurationMs steady, TimeMs now);
  // To be called now and then: nobody may be calling any more.
  void look(DurationMs steady);

  ChatStatus status() const;
  // The cause of the newest failure, whatever was answered since; empty: there was none.
  std::string last_failure() const;

 private:
  void declare(const std::string& cause);

  Observer& observer_;
  mutable std::mutex mutex_;             // guards what follows
  std::multiset<DurationMs> in_flight_;  // when each was sent
  std::optional<DurationMs> answered_;   // when Chat last answered
  std::optional<DurationMs> failed_;     // when the first request that failed since then was sent
  DurationMs failed_seen_ = 0;           // and when that was seen
  bool outage_ = false;
  std::set<std::string> failing_;  // commands, since Chat last answered
  std::set<std::string> broken_;   // of an outage that was said: those that have not been answered since
  std::string last_failure_;
  ChatStatus status_;
};

}  // namespace headroom
