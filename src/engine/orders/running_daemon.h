#pragma once

#include <functional>
#include <optional>
#include <string>

#include "headroom/control.h"
#include "headroom/kept_answer.h"

namespace headroom {

// What orders move in the running daemon, and what its status tells of it. Thread-safe.
class RunningDaemon {
 public:
  virtual ~RunningDaemon() = default;

  // Something may have fallen due: the scheduler and the sweeper look at once.
  virtual void wake_threads() {}
  // Whatever waits because of a failure tries now. Called in a transaction, maybe twice.
  virtual void ask_at_once() {}
  // Of no account: the group alone.
  virtual void inquire(const std::string& /*group_id*/, const std::string& /*account*/,
                       std::function<void(Result<Inquiry>)> /*done*/) {}
  virtual void what_if(const WhatIfRequest& /*request*/, std::function<void(Result<WhatIf>)> /*done*/) {}

  virtual std::string metrics_text() const { return {}; }
  virtual std::optional<TimeMs> last_webhook_at() const { return std::nullopt; }
  virtual std::optional<WebhookRefusal> last_refusal() const { return std::nullopt; }
  virtual ChatStatus chat_status() const { return {}; }
  virtual std::optional<TimeMs> retry_at() const { return std::nullopt; }  // while it has paused itself
  // Answers that were kept before count no more: by the time, if that can be trusted.
  virtual TimeMs answers_kept_after(TimeMs now) const { return now - kAnswersKept; }
};

}  // namespace headroom
