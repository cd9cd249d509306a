#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "chat/rate_limiter.h"
#include "chat/user_sig_cache.h"
#include "daemon/ground.h"
#include "engine/gate/leadership.h"
#include "headroom/chat_api.h"

namespace headroom {

// Makes the clients of Chat, which share one limit of calls and one signature, and ends their calls when the daemon
// stops.
class ChatClients {
 public:
  explicit ChatClients(const Ground& ground);
  ~ChatClients();

  // Called, with how far Chat's clock is from the machine's, on whatever thread has heard it. Before the first call.
  void on_clock_seen(std::function<void(DurationMs offset)> seen) { clock_seen_ = std::move(seen); }

  // For runs and looks, while `writer` has the lead. Each client belongs to one thread. `pulse` beats with each call;
  // may be null.
  std::unique_ptr<ChatApi> make(const LeadersWriter& writer, Progress::Pulse* pulse) {
    return make(sigs_, CallPriority::kNormal, &writer, pulse);
  }
  // For sweeps: they give way.
  std::unique_ptr<ChatApi> make_patient(const LeadersWriter& writer) {
    return make(sigs_, CallPriority::kBackground, &writer, nullptr);
  }
  // For an operator's questions: what Chat refuses of one of those holds up no other call.
  std::unique_ptr<ChatApi> make_asking() { return make(question_sigs_, CallPriority::kNormal, nullptr, nullptr); }

  // Another node may have called Chat as often as is allowed, until just now.
  void follow_another() { limiter_.use_up(); }
  // This node's part of the calls that all nodes may make.
  void allow(int calls_per_second) { limiter_.allow(calls_per_second); }
  // Somebody says that the cause of a rejected signature is gone.
  void forget_rejections();

  // A call that is answered soon is worth waiting for: then its run can be closed. The others are broken off after
  // a while, from now on.
  void begin_stop();
  // Nobody calls any more.
  void end_stop();
  // Breaks them off at once.
  void cancel() { cancelled_ = true; }

 private:
  std::unique_ptr<ChatApi> make(UserSigCache& sigs, CallPriority priority, const LeadersWriter* writer,
                                Progress::Pulse* pulse);

  const Ground ground_;
  UserSigCache sigs_;
  UserSigCache question_sigs_;
  RateLimiter limiter_;
  std::function<void(DurationMs)> clock_seen_ = [](DurationMs) {};
  std::atomic<bool> cancelled_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;  // guarded by mutex_
  std::thread impatience_;
};

}  // namespace headroom
