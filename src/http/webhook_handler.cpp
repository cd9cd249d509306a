#include "http/webhook_handler.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "http/uri.h"
#include "http/webhook_answer.h"
#include "http/webhook_signature.h"

namespace headroom::http {

namespace {

constexpr std::size_t kMaxClientIp = 64;
constexpr std::size_t kMaxPlatform = 32;
constexpr std::size_t kMaxTimeDigits = 12;  // of seconds: beyond the year 9999

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

double seconds_since(SteadyTime start) { return std::chrono::duration<double>(steady_now() - start).count(); }

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

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

// A parameter of the query: without a copy, because there are some for each request.
struct Parameter {
  const std::string* first = nullptr;
  int times = 0;
};

Parameter parameter(const Request& request, std::string_view name) {
  Parameter found;
  for (const auto& [key, value] : request.query) {
    if (key == name && found.times++ == 0) found.first = &value;
  }
  return found;
}

std::string shown(const Request& request, std::string_view name, std::size_t max_bytes) {
  const Parameter found = parameter(request, name);
  return found.first != nullptr ? short_text(*found.first, max_bytes) : std::string();
}

std::vector<std::string> required_path(const std::string& path) {
  auto segments = split_path(path);
  if (!segments) throw std::invalid_argument("webhook.path '" + path + "' is no path");
  return std::move(*segments);
}

}  // namespace

std::string_view name_of(WebhookResult result) {
  switch (result) {
    case WebhookResult::kRecorded:
      return "recorded";
    case WebhookResult::kDuplicate:
      return "duplicate";
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
  Pending(Respond given, SteadyTime at, DurationMs limit, std::shared_ptr<const Observer> watching)
      : respond(std::move(given)),
        arrived(at),
        deadline(at + std::chrono::milliseconds(limit)),
        observer(std::move(watching)) {}

  void finish(Recorded recorded) {
    switch (recorded) {
      case Recorded::kRecorded:
        return answer(WebhookResult::kRecorded, webhook_ok());
      case Recorded::kDuplicate:
        return answer(WebhookResult::kDuplicate, webhook_ok());
      case Recorded::kOverloaded:
        return answer(WebhookResult::kOverloaded, webhook_fail(503, "overloaded or stopping"));
      case Recorded::kFailed:
        return answer(WebhookResult::kFailed, webhook_fail(500, "the event could not be stored"));
    }
  }
  void answer(WebhookResult result, Response response) {
    if (answered.exchange(true)) return;
    (*observer)(result, seconds_since(arrived));
    respond(std::move(response));
  }

  const Respond respond;
  const SteadyTime arrived;
  const SteadyTime deadline;
  const std::shared_ptr<const Observer> observer;
  std::atomic<bool> answered = false;
};

WebhookHandler::WebhookHandler(WebhookOptions options, Intake& intake, const Clock& clock, Observer observer)
    : options_(std::move(options)),
      path_(required_path(options_.path)),
      app_id_(std::to_string(options_.sdk_app_id)),
      intake_(intake),
      clock_(clock),
      observer_(std::make_shared<const Observer>(observer ? std::move(observer) : [](WebhookResult, double) {})) {}

WebhookHandler::~WebhookHandler() = default;

std::optional<Response> WebhookHandler::early(const Request& head) {
  const auto refusal = check_target(head);
  if (!refusal) return std::nullopt;
  Response response = error(refusal->status, refusal->reason);
  if (refusal->status == 405) response.headers.emplace_back("Allow", "POST");
  return response;
}

Response WebhookHandler::error(int status, std::string_view reason) const {
  (*observer_)(result_of(status), 0);
  return webhook_fail(status, reason);
}

// The order is the contract's: 404, 405, 413, 403, 400, 503, 500.
void WebhookHandler::handle(Request request, Respond respond) {
  if (auto response = early(request)) return respond(std::move(*response));
  auto refusal = request.body.size() > options_.max_body ? std::optional(Refusal{413, "the body is too large"})
                                                         : check_sender(request);
  if (!refusal) refusal = check_app(request);
  if (!refusal) refusal = check_sign(request);
  if (!refusal) refusal = check_query(request);
  ParsedBody parsed;
  if (!refusal) {
    const Parameter command = parameter(request, "CallbackCommand");
    parsed = parse_webhook_body(request.body, command.times == 0 ? std::nullopt : std::optional(*command.first));
    if (const auto* invalid = std::get_if<InvalidBody>(&parsed)) refusal = Refusal{400, invalid->reason};
  }
  if (!refusal && draining_) refusal = Refusal{503, "stopping"};
  if (refusal) {
    (*observer_)(result_of(refusal->status), seconds_since(request.arrived));
    return respond(webhook_fail(refusal->status, refusal->reason));
  }
  if (auto* event = std::get_if<Event>(&parsed)) return record(std::move(*event), std::move(request), respond);
  (*observer_)(WebhookResult::kIgnored, seconds_since(request.arrived));
  respond(webhook_ok());
}

std::optional<WebhookHandler::Refusal> WebhookHandler::check_target(const Request& head) const {
  if (head.path != options_.path) {  // Chat writes it as it was given
    const auto path = split_path(head.path);
    if (!path || *path != path_) return Refusal{404, "no such path"};
  }
  if (head.method != "POST") return Refusal{405, "the method is not POST"};
  return std::nullopt;
}

std::optional<WebhookHandler::Refusal> WebhookHandler::check_sender(const Request& request) const {
  if (options_.allow_from.empty()) return std::nullopt;
  const std::string client =
      client_address(request.peer, request.header_values("x-forwarded-for"), options_.trusted_proxies);
  if (options_.allow_from.contains(client)) return std::nullopt;
  return Refusal{403, "this peer is not allowed"};
}

// Exactly our id as we write it: what else reads as the same number was not written by Chat.
std::optional<WebhookHandler::Refusal> WebhookHandler::check_app(const Request& request) const {
  const Parameter id = parameter(request, "SdkAppid");
  if (id.times == 0) return Refusal{403, "SdkAppid is missing"};
  if (id.times > 1) return Refusal{403, "SdkAppid is doubled"};
  if (*id.first != app_id_) return Refusal{403, "SdkAppid is another app's"};
  return std::nullopt;
}

std::optional<WebhookHandler::Refusal> WebhookHandler::check_sign(const Request& request) const {
  if (!options_.token) return std::nullopt;
  const Parameter sign = parameter(request, "Sign");
  const Parameter time = parameter(request, "RequestTime");
  if (sign.times == 0) return Refusal{403, "Sign is missing"};
  if (sign.times > 1) return Refusal{403, "Sign is doubled"};
  if (time.times == 0) return Refusal{403, "RequestTime is missing"};
  if (time.times > 1) return Refusal{403, "RequestTime is doubled"};
  if (!is_digits(*time.first)) return Refusal{403, "RequestTime is no number"};
  if (!is_signed(*options_.token, *time.first, *sign.first)) return Refusal{403, "Sign is wrong"};
  return check_window(*time.first);
}

std::optional<WebhookHandler::Refusal> WebhookHandler::check_window(std::string_view request_time) const {
  if (options_.request_time_window == 0) return std::nullopt;
  const Refusal refusal{403, "RequestTime is out of the window"};
  if (request_time.size() > kMaxTimeDigits) return refusal;
  std::int64_t seconds = 0;
  std::from_chars(request_time.data(), request_time.data() + request_time.size(), seconds);
  const DurationMs distance = clock_.now() - seconds * kSecondMs;
  if (distance > options_.request_time_window || distance < -options_.request_time_window) return refusal;
  return std::nullopt;
}

std::optional<WebhookHandler::Refusal> WebhookHandler::check_query(const Request& request) const {
  if (request.query_malformed) return Refusal{400, "the query is not percent-encoded"};
  if (parameter(request, "CallbackCommand").times > 1) return Refusal{400, "CallbackCommand is doubled"};
  return std::nullopt;
}

void WebhookHandler::record(Event event, Request request, Respond respond) {
  event.source = EventSource::kWebhook;
  event.received_at = clock_.now();
  event.client_ip = shown(request, "ClientIP", kMaxClientIp);
  event.platform = shown(request, "OptPlatform", kMaxPlatform);
  event.body = std::move(request.body);
  if (event.event_time) event.fingerprint = fingerprint_of(event);
  auto pending = std::make_shared<Pending>(std::move(respond), request.arrived, options_.answer_within, observer_);
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
  for (const auto& pending : late) {
    pending->answer(WebhookResult::kOverloaded, webhook_fail(503, "not stored in time"));
  }
}

}  // namespace headroom::http
