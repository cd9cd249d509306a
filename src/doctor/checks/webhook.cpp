// webhook: whether Chat's calls would reach the running daemon, and are taken.
#include "doctor/checks/checks.h"
#include "doctor/daemon_probe.h"
#include "doctor/url.h"
#include "http/curl_transport.h"
#include "http/sha256.h"

namespace headroom::doctor {
namespace {

// headroomd counts it as ignored, and config/nginx.conf hands it on. An app's own back end has no use for it either.
constexpr const char* kCommand = "Headroom.Doctor";
constexpr DurationMs kLookAgain = 100;
constexpr const char* kRefusedRemedy = "docs/operations.md, Refused webhooks, says what each reason is";

std::string target_of(const Url& url, const Config& config, TimeMs now) {
  std::string target = url.path + "?" + url.query + (url.query.empty() ? "" : "&") +
                       "SdkAppid=" + std::to_string(config.chat.sdk_app_id) + "&CallbackCommand=" + kCommand +
                       "&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI";
  if (config.webhook.tokens.empty()) return target;
  const std::string time = std::to_string(now / kSecondMs);
  return target + "&Sign=" + http::sha256_hex({config.webhook.tokens.front().expose(), time}) + "&RequestTime=" + time;
}

struct Sent {
  std::string answer;  // "HTTP status 200", "no answer (timed out)"
  bool answered = false;
  bool went_out = true;
};

Sent send_webhook(Examination& examination, const Url& url) {
  const DurationMs most = examination.time.of(kMostCall);
  CurlTransport transport({.base_url = url.base, .request_timeout_ms = most, .connect_timeout_ms = most});
  const std::string target = target_of(url, examination.config(), examination.surroundings.clock.now());
  const HttpReply reply = transport.post(target, std::string(R"({"CallbackCommand":")") + kCommand + R"("})");
  if (reply.kind == HttpReply::Kind::kNone) return {"no answer (" + reply.cause + ")", false, reply.sent};
  return {"HTTP status " + std::to_string(reply.status), true, true};
}

// Without --callback-url: what the daemon has seen so far.
Finding what_came(const WebhookCounts& counts) {
  const std::string refused = refusals_since({}, counts);
  const auto all = static_cast<long long>(counts.all());
  if (!refused.empty()) {
    return warning("since its start the daemon has refused webhooks: " + refused, kRefusedRemedy);
  }
  if (all > 0) return ok("the daemon has taken " + std::to_string(all) + " webhooks since its start, and refused none");
  return skipped("no webhook has come since the daemon's start", "--callback-url URL sends one to the console's URL");
}

Finding when_arrived(const WebhookCounts& before, const WebhookCounts& now, const Sent& sent, const std::string& host) {
  const std::string refused = refusals_since(before, now);
  if (!refused.empty()) {
    return failed("the webhook that was sent to " + host + " arrived and was refused: " + refused, kRefusedRemedy);
  }
  if (!sent.answered) {
    return warning("the webhook that was sent to " + host + " arrived, but got " + sent.answer,
                   "Chat waits 2 s for an answer: see what stands between (nginx's log)");
  }
  return ok("the webhook that was sent to " + host + " arrived (" + sent.answer + ")");
}

Finding send_one(Examination& examination, const Url& url, const WebhookCounts& before) {
  const std::string host = url.host;  // alone: the rest of the URL may be secret
  const Sent sent = send_webhook(examination, url);
  Clock& clock = examination.surroundings.clock;
  const SteadyMs until = clock.steady_now() + examination.time.of(kMostArrival);
  std::string why;
  do {
    const auto now = read_webhook_counts(examination.config().admin.listen, examination.time.of(kMostCall), why);
    if (now && now->all() > before.all()) return when_arrived(before, *now, sent, host);
  } while (sent.went_out && clock.steady_now() < until && clock.sleep(kLookAgain));
  return failed("the webhook that was sent to " + host + " did not reach the daemon: " + sent.answer,
                "does the name lead here, does the firewall let it in, does nginx hand Headroom.Doctor on "
                "(config/nginx.conf), and is the path webhook.path?");
}

}  // namespace

Finding check_webhook(Examination& examination) {
  const bool asked = !examination.request.callback_url.empty();
  for (const char* section : {"webhook.", "admin.", "chat.sdk_app_id"}) {
    const std::string wrong = what_is_wrong_with(examination.result, section);
    if (!wrong.empty()) return skipped(wrong);
  }
  std::string why;
  const auto before = read_webhook_counts(examination.config().admin.listen, examination.time.of(kMostCall), why);
  if (!before) return asked ? failed(why, "start the daemon: systemctl start headroomd") : skipped(why, "see unit");
  if (!asked) return what_came(*before);
  for (const ConfigProblem& problem : examination.result.warnings) {
    if (problem.hidden && problem.key == "webhook.token_file") {
      return skipped("the webhook-token can not be read, so nothing can be signed", "run it as root");
    }
  }
  for (const ConfigProblem& problem : examination.result.errors) {
    if (problem.key == "webhook.token_file") return skipped("the webhook-token is not in order (see secrets)");
  }
  return send_one(examination, *parse_url(examination.request.callback_url), *before);
}

}  // namespace headroom::doctor
