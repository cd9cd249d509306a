#include "webhook/handler.h"

#include <chrono>
#include <utility>
#include <variant>

#include "text/json_repair.h"
#include "text/utf8.h"
#include "webhook/answer.h"
#include "webhook/query.h"
#include "webhook/signature.h"

namespace headroom::webhook {

namespace {

constexpr std::size_t kMaxClientIp = 64;
constexpr std::size_t kMaxPlatform = 32;
constexpr const char* kSpoolFullHint =
    "the spool holds spool.max events, or its disk is full: see why the database does not answer (headroomd doctor)";

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

double seconds_since(SteadyTime start) { return std::chrono::duration<double>(steady_now() - start).count(); }

WebhookResult result_of(int status) {
  switch (status) {
    case 403:
      return WebhookResult::kRefused;
    case 503:
      return WebhookResult::kOverloaded;
    case 500:
      return WebhookResult::kFailed;
    default:
      return WebhookResult::kInvalid;
  }
}

// Of an error that the server found by itself.
RefusalReason reason_of(int status) {
  switch (status) {
    case 413:
      return RefusalReason::kTooLarge;
    case 500:
      return RefusalReason::kStorage;
    case 503:
      return RefusalReason::kBusy;
    default:
      return RefusalReason::kMalformed;
  }
}

std::string shown(const Request& request, std::string_view name, std::size_t max_bytes) {
  const Parameter found = parameter(request, name);
  return found.first != nullptr ? short_text(*found.first, max_bytes) : std::string();
}

}  // namespace

std::string_view name_of(WebhookResult result) {
  switch (result) {
    case WebhookResult::kRecorded:
      return "recorded";
    case WebhookResult::kDuplicate:
      return "duplicate";
    case WebhookResult::kSpooled:
      return "spooled";
    case WebhookResult::kIgnored:
      return "ignored";
    case WebhookResult::kRefused:
      return "refused";
    case WebhookResult::kInvalid:
      return "invalid";
    case WebhookResult::kOverloaded:
      return "overloaded";
    case WebhookResult::kFailed:
      return "failed";
  }
  return "";
}

// One webhook that waits for the disk. The first answer wins: the intake's, or the 503 of a wait that is too long.
struct WebhookHandler::Pending {
  Pending(Respond given, SteadyTime at, DurationMs limit, std::string from, std::shared_ptr<const Hooks> watching)
      : respond(std::move(given)),
        arrived(at),
        deadline(at + std::chrono::milliseconds(limit)),
        peer(std::move(from)),
        hooks(std::move(watching)) {}

  void finish(Recorded recorded) {
    switch (recorded) {
      case Recorded::kRecorded:
        return take(WebhookResult::kRecorded);
      case Recorded::kDuplicate:
        return take(WebhookResult::kDuplicate);
      case Recorded::kSpooled:
        return take(WebhookResult::kSpooled);
      case Recorded::kOverloaded:
        return refuse({RefusalReason::kBusy, "too much waits to be stored"});
      case Recorded::kSpoolFull:
        return refuse({RefusalReason::kBusy, "the spool is full", kSpoolFullHint});
      case Recorded::kStopping:
        return refuse({RefusalReason::kStopping, "stopping"});
      case Recorded::kFailed:
        return refuse({RefusalReason::kStorage, "the event could not be stored"});
    }
  }
  void take(WebhookResult result) {
    if (answered.exchange(true)) return;
    hooks->answered(result, seconds_since(arrived));
    respond(webhook_ok());
  }
  void refuse(const Refusal& refusal) {
    if (answered.exchange(true)) return;
    hooks->answered(result_of(status_of(refusal.reason)), seconds_since(arrived));
    hooks->refused(refusal.reason, peer, refusal.hint.empty() ? hint_of(refusal.reason) : refusal.hint);
    respond(answer_of(refusal));
  }

  const Respond respond;
  const SteadyTime arrived;
  const SteadyTime deadline;
  const std::string peer;
  const std::shared_ptr<const Hooks> hooks;
  std::atomic<bool> answered = false;
};

WebhookHandler::WebhookHandler(const WebhookOptions& options, Intake& intake, const Clock& clock, Hooks hooks)
    : gate_(options, clock),
      max_body_(options.max_body),
      answer_within_(options.answer_within),
      intake_(intake),
      clock_(clock),
      hooks_(std::make_shared<const Hooks>(std::move(hooks))) {}

WebhookHandler::~WebhookHandler() = default;

std::optional<Response> WebhookHandler::early(const Request& head) {
  const auto refusal = gate_.check_target(head);
  if (!refusal) return std::nullopt;
  return refuse(*refusal, head, 0);
}

// A 403 of the contract comes before the server's own 400 and 503, once there is a head to judge by.
Response WebhookHandler::error(int status, std::string_view reason, const Request& head) const {
  if ((status == 400 || status == 503) && !head.method.empty()) {
    if (const auto refusal = gate_.check_sender(head)) return refuse(*refusal, head, 0);
  }
  const RefusalReason why = reason_of(status);
  hooks_->answered(result_of(status), 0);
  hooks_->refused(why, gate_.sender(head), hint_of(why));
  return webhook_fail(status, reason);
}

Response WebhookHandler::refuse(const Refusal& refusal, const Request& head, double seconds) const {
  hooks_->answered(result_of(status_of(refusal.reason)), seconds);
  hooks_->refused(refusal.reason, gate_.sender(head), refusal.hint.empty() ? hint_of(refusal.reason) : refusal.hint);
  return answer_of(refusal);
}

void WebhookHandler::handle(Request request, Respond respond) {
  ParsedBody parsed;
  if (const auto refusal = check(request, parsed)) {
    return respond(refuse(*refusal, request, seconds_since(request.arrived)));
  }
  if (auto* event = std::get_if<Event>(&parsed)) return record(std::move(*event), std::move(request), respond);
  hooks_->answered(WebhookResult::kIgnored, seconds_since(request.arrived));
  respond(webhook_ok());
}

// The order is the contract's: 404, 405, 413, 403, 400, 503, 500.
std::optional<Refusal> WebhookHandler::check(const Request& request, ParsedBody& parsed) const {
  if (auto refusal = gate_.check_target(request)) return refusal;
  if (request.body.size() > max_body_) return Refusal{RefusalReason::kTooLarge, "the body is too large"};
  if (auto refusal = gate_.check_sender(request)) return refusal;
  // The token was changed while the body came.
  if (request.body_dropped) return Refusal{RefusalReason::kSign, "Sign is wrong"};
  if (auto refusal = check_query(request)) return refusal;
  const Parameter command = parameter(request, "CallbackCommand");
  parsed = parse_webhook_body(request.body, command.times == 0 ? std::nullopt : std::optional(*command.first));
  if (const auto* invalid = std::get_if<InvalidBody>(&parsed)) return Refusal{invalid->reason, invalid->what};
  if (draining_) return Refusal{RefusalReason::kStopping, "stopping"};
  return std::nullopt;
}

std::optional<Refusal> WebhookHandler::check_query(const Request& request) const {
  if (request.query_malformed) return Refusal{RefusalReason::kMalformed, "the query is not percent-encoded"};
  if (parameter(request, "CallbackCommand").times > 1) {
    return Refusal{RefusalReason::kCommand, "CallbackCommand is doubled"};
  }
  return std::nullopt;
}

// Only a full group's body is kept: the others may list every member.
void WebhookHandler::record(Event event, Request request, Respond respond) {
  event.source = EventSource::kWebhook;
  event.received_at = clock_.now();
  event.client_ip = shown(request, "ClientIP", kMaxClientIp);
  event.platform = shown(request, "OptPlatform", kMaxPlatform);
  if (event.command == Command::kGroupFull) {
    if (event.event_time) event.fingerprint = fingerprint_of(event, request.body);
    event.body = repaired_json(std::move(request.body));
  }
  auto pending =
      std::make_shared<Pending>(std::move(respond), request.arrived, answer_within_, gate_.sender(request), hooks_);
  expect(pending);
  try {
    intake_.record(std::move(event), [pending](Recorded recorded) { pending->finish(recorded); });
  } catch (const std::exception&) {
    pending->finish(Recorded::kFailed);
  }
}

void WebhookHandler::expect(const std::shared_ptr<Pending>& pending) {
  const std::lock_guard lock(mutex_);
  pending_.push_back(pending);
}

// Requests are answered about in the order of their arrival, so that looking at the first ones is enough.
void WebhookHandler::tick() {
  const SteadyTime now = steady_now();
  std::vector<std::shared_ptr<Pending>> late;
  {
    const std::lock_guard lock(mutex_);
    while (!pending_.empty()) {
      const auto first = pending_.front().lock();
      if (first && !first->answered && first->deadline > now) break;
      if (first && !first->answered) late.push_back(first);
      pending_.pop_front();
    }
  }
  for (const auto& pending : late) pending->refuse({RefusalReason::kBusy, "not stored in time"});
}

}  // namespace headroom::webhook
