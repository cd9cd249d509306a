#include "doctor/chat_probe.h"

#include <algorithm>
#include <utility>

#include "chat/reply_parser.h"
#include "doctor/url.h"
#include "http/curl_transport.h"
#include "http/date_header.h"

namespace headroom::doctor {
namespace {

constexpr const char* kNoGroup = "headroom-probe";  // a group id like any other, and nobody's

std::string host_of(const std::string& base_url) {
  const auto url = parse_url(base_url);
  return url ? url->host : std::string();
}

}  // namespace

ChatProbe::ChatProbe(const Config& config, const Surroundings& surroundings, const TimeLeft& time)
    : config_(config), surroundings_(surroundings), time_(time), host_(host_of(config.chat.base_url)) {}

bool ChatProbe::is_secure() const { return base_url().starts_with("https://"); }

const Resolution& ChatProbe::resolution() {
  if (!resolution_) {
    resolution_ = is_local() ? Resolution{{host_}, {}} : surroundings_.resolve(host_, time_.of(kMostResolve));
  }
  return *resolution_;
}

const ChatAnswer& ChatProbe::first() {
  if (first_) return *first_;
  // Not asked again by the client: its own look-up has no limit.
  if (!resolution().error.empty()) return first_.emplace(ChatAnswer{.cause = "could not resolve " + host_});
  return first_.emplace(config_.chat.secret_key ? ask_signed() : ask_unsigned());
}

RestClient& ChatProbe::client() {
  if (client_) return *client_;
  const ChatConfig& chat = config_.chat;
  sigs_ = std::make_unique<UserSigCache>(surroundings_.clock, chat.sdk_app_id, chat.admin_identifier,
                                         chat.secret_key->expose());
  limiter_ = std::make_unique<RateLimiter>(surroundings_.clock, chat.calls_per_second);
  RestClientOptions options;
  options.sdk_app_id = chat.sdk_app_id;
  options.identifier = chat.admin_identifier;
  options.base_url = chat.base_url;
  options.request_timeout_ms = std::min(chat.request_timeout, time_.of(kMostCall));
  options.connect_timeout_ms = options.request_timeout_ms;
  ChatObserver observer;
  observer.ended = [this](const ChatCall& call) { last_call_ = call; };
  client_ = std::make_unique<RestClient>(options, *sigs_, *limiter_, surroundings_.clock, observer);
  return *client_;
}

namespace {

ChatAnswer answer_of(const ChatCall& call) {
  return {call.contact, call.outcome, call.code, call.detail, call.seconds, true};
}

}  // namespace

ChatAnswer ChatProbe::ask_signed() {
  client().get_group_info({kNoGroup});
  clock_offset_ = client().clock_offset();
  return answer_of(last_call_);
}

ChatAnswer ChatProbe::ask_unsigned() {
  CurlTransport transport({.base_url = base_url(), .request_timeout_ms = time_.of(kMostCall)});
  const SteadyMs sent_at = surroundings_.clock.steady_now();
  const HttpReply reply = transport.post("/v4/group_open_http_svc/get_group_info?contenttype=json",
                                         std::string(R"({"GroupIdList":[")") + kNoGroup + R"("]})");
  ChatAnswer answer;
  answer.seconds = reply.seconds;
  answer.outcome = ChatOutcome::kOutcomeUnknown;
  if (reply.kind == HttpReply::Kind::kNone) {
    answer.contact = reply.sent ? ChatContact::kNoAnswer : ChatContact::kNothingSent;
    answer.cause = reply.cause;
    return answer;
  }
  if (const auto date = parse_http_date(reply.date)) {
    const Clock& clock = surroundings_.clock;
    clock_offset_ = clock_offset_of(*date, clock.now() - (clock.steady_now() - sent_at) / 2);
  }
  const bool is_chat = reply.status == 200 && reply_parser::is_of_chat(reply.body);
  answer.contact = is_chat ? ChatContact::kAnswered : ChatContact::kNotChat;
  if (!is_chat) answer.cause = "HTTP status " + std::to_string(reply.status);
  return answer;
}

ChatAnswer ChatProbe::list_groups() {
  client().get_appid_group_list("", 0);
  return answer_of(last_call_);
}

ChatAnswer ChatProbe::online_status() {
  client().query_online_status({config_.chat.admin_identifier});
  return answer_of(last_call_);
}

}  // namespace headroom::doctor
