#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headroom/clock.h"
#include "headroom/event.h"
#include "headroom/intake.h"
#include "headroom/types.h"
#include "webhook/gate.h"
#include "webhook/http_names.h"
#include "webhook/refusal.h"

namespace headroom::webhook {

// How a webhook was answered: 200 (the first four), 403, any other 4xx, 503, 500.
enum class WebhookResult { kRecorded, kDuplicate, kSpooled, kIgnored, kRefused, kInvalid, kOverloaded, kFailed };
std::string_view name_of(WebhookResult result);

struct WebhookOptions : WebhookRules {
  std::size_t max_body = 1024 * 1024;
  DurationMs answer_within = 1200;  // Chat gives up after 2 s, and we promise 1.5
};

// Chat's webhooks: contract, section 4 [34354]. An event is answered with 200 when the intake says that it is on disk.
class WebhookHandler : public Handler {
 public:
  // Called from any thread; they must be quick and must not throw.
  struct Hooks {
    // Once for every answer; `seconds` from the request's last byte to its answer.
    std::function<void(WebhookResult result, double seconds)> answered = [](WebhookResult, double) {};
    // For each that was not taken: who sent it, and what an operator may do.
    std::function<void(RefusalReason reason, const std::string& peer, const std::string& hint)> refused =
        [](RefusalReason, const std::string&, const std::string&) {};
  };

  // `intake` and `clock` outlive it. Throws std::invalid_argument when `options.path` is none.
  WebhookHandler(const WebhookOptions& options, Intake& intake, const Clock& clock, Hooks hooks);
  ~WebhookHandler() override;

  std::optional<Response> early(const Request& head) override;
  bool wants_body(const Request& head) override { return gate_.knows_sender(head); }
  void handle(Request request, Respond respond) override;
  std::size_t max_body() const override { return max_body_; }
  Response error(int status, std::string_view reason, const Request& head) const override;
  bool serves_while_stopping() const override { return true; }
  void tick() override;

  // What webhooks are signed with from now on.
  void set_tokens(std::vector<std::string> tokens) { gate_.set_tokens(std::move(tokens)); }
  // From now on what would be stored or ignored is answered with 503.
  void drain() { draining_ = true; }

 private:
  struct Pending;

  std::optional<Refusal> check_query(const Request& request) const;
  std::optional<Refusal> check(const Request& request, ParsedBody& parsed) const;
  Response refuse(const Refusal& refusal, const Request& head, double seconds) const;
  void record(Event event, Request request, Respond respond);
  void expect(const std::shared_ptr<Pending>& pending);

  WebhookGate gate_;
  const std::size_t max_body_;
  const DurationMs answer_within_;
  Intake& intake_;
  const Clock& clock_;
  const std::shared_ptr<const Hooks> hooks_;  // completions may come later than the handler's end
  std::atomic<bool> draining_ = false;

  std::mutex mutex_;
  std::deque<std::weak_ptr<Pending>> pending_;  // guarded by mutex_; the first to expire first; 1.2 s of them at most
};

}  // namespace headroom::webhook
