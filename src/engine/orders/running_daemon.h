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
  // A sweep was ordered, here or on another node.
  virtual void wake_sweeper() {}
  // Whatever waits because of a failure tries now. Called in a transaction, maybe twice.
  virtual void ask_at_once() {}
  // Of no account: the group alone.
  virtual void inquire(const MemberQuestion& /*question*/, std::function<void(Result<Inquiry>)> /*done*/) {}
  virtual void what_if(const WhatIfRequest& /*request*/, std::function<void(Result<WhatIf>)> /*done*/) {}

  // Else another node carries out what is ordered here: it finds that in the store.
  virtual bool leads() const { return true; }
  virtual bool shared() const { return false; }                                       // the store may have other nodes
  virtual std::optional<SchedulerMode> leaders_mode() const { return std::nullopt; }  // where it may be another's
  // Where webhooks do not go by the write queue.
  struct OwnIntake {
    bool spooling = false;
    std::string failing;  // why they can not be taken; empty while they can
  };
  virtual std::optional<OwnIntake> own_intake() const { return std::nullopt; }
  virtual std::optional<NodeState> sole_node() const { return std::nullopt; }
  virtual std::string metrics_text() const { return {}; }
  virtual std::optional<TimeMs> last_webhook_at() const { return std::nullopt; }
  virtual std::optional<WebhookRefusal> last_refusal() const { return std::nullopt; }
  virtual ChatStatus chat_status() const { return {}; }
  virtual std::optional<TimeMs> retry_at() const { return std::nullopt; }  // while it has paused itself
  // Answers that were kept before count no more: by the time, if that can be trusted.
  virtual TimeMs answers_kept_after(TimeMs now) const { return now - kAnswersKept; }
};

}  // namespace headroom
