#pragma once

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "simulator/call_log.h"
#include "simulator/clock.h"
#include "simulator/control_api.h"
#include "simulator/faults.h"
#include "simulator/gatekeeper.h"
#include "simulator/hooks.h"
#include "simulator/http_listener.h"
#include "simulator/joiners.h"
#include "simulator/limits.h"
#include "simulator/rest_api.h"
#include "simulator/stop_signal.h"
#include "simulator/webhook_sender.h"
#include "simulator/world.h"

namespace chatsim {

struct ChatSimOptions {
  std::uint64_t sdk_app_id = 1400000000;
  std::string secret_key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  std::set<std::string> admins = {"administrator"};
  WebhookOptions webhook;  // its sdk_app_id is filled in
  Limits limits;
  Clock clock = real_clock();       // of the world, the signatures and the Date header
  Clock rate_clock = real_clock();  // of the rate limits
  std::uint16_t port = 0;
  std::size_t kept_calls = CallLog::kMaxCalls;  // of the log; they are counted all the same
};

// A simulator of Tencent Chat's server side for one app: its REST API, its webhooks, and `/sim/…` to steer it by.
class ChatSim {
 public:
  explicit ChatSim(ChatSimOptions options);
  ~ChatSim() { stop(); }
  ChatSim(const ChatSim&) = delete;
  ChatSim& operator=(const ChatSim&) = delete;

  // Throws std::system_error when the port is taken. Once only.
  void start();
  void stop();
  std::uint16_t port() const { return listener_.port(); }
  std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port()); }

  World& world() { return world_; }
  Faults& faults() { return faults_; }
  WebhookSender& webhooks() { return webhooks_; }
  Joiners& joiners() { return joiners_; }
  std::vector<LedgerEntry> ledger() const { return world_.ledger(); }

  // Calls that came in, oldest first; `api` is a command name, empty = all.
  std::vector<Call> calls(const std::string& api = "") const { return calls_.calls(api); }
  std::uint64_t call_count(const std::string& api) const { return calls_.count(api); }
  void clear_calls() { calls_.clear(); }

  // Runs `hook` around every later call of `api`; see When.
  void on_call(const std::string& api, When when, Hook hook) { hooks_.add(api, when, std::move(hook)); }
  void clear_hooks() { hooks_.clear(); }

  // From now on the Date header of every reply is so much ahead.
  void set_date_skew(std::int64_t ms) { date_skew_ms_ = ms; }
  // An outage: while down, every REST request's connection is reset and nothing is applied or logged.
  void set_down(bool down) { down_ = down; }

 private:
  HttpResponse handle(const HttpRequest& request);

  const ChatSimOptions options_;
  std::atomic<std::int64_t> date_skew_ms_ = 0;
  std::atomic<bool> down_ = false;
  StopSignal stop_;
  Faults faults_;
  Hooks hooks_;
  CallLog calls_;
  WebhookSender webhooks_;
  World world_;
  Gatekeeper gatekeeper_;
  RestApi rest_api_;
  Joiners joiners_;
  ControlApi control_api_;
  HttpListener listener_;
};

}  // namespace chatsim
