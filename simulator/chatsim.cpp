#include "simulator/chatsim.h"

#include <utility>

namespace chatsim {
namespace {

WebhookOptions for_app(WebhookOptions options, std::uint64_t sdk_app_id) {
  options.sdk_app_id = sdk_app_id;
  return options;
}

}  // namespace

ChatSim::ChatSim(ChatSimOptions options)
    : options_(std::move(options)),
      calls_(options_.kept_calls),
      webhooks_(for_app(options_.webhook, options_.sdk_app_id), options_.clock),
      world_(options_.clock, [this](WebhookEvent event) { webhooks_.post(std::move(event)); }),
      gatekeeper_({options_.sdk_app_id, options_.secret_key, options_.admins}, options_.limits, options_.clock,
                  options_.rate_clock),
      rest_api_({world_, gatekeeper_, faults_, hooks_, calls_, stop_,
                 [this](WebhookEvent event) { webhooks_.post(std::move(event)); }},
                options_.limits),
      joiners_(world_),
      control_api_({world_, webhooks_, faults_, calls_, joiners_}),
      listener_([this](const HttpRequest& request) { return handle(request); }, options_.clock) {}

void ChatSim::start() {
  listener_.start(options_.port);
  webhooks_.start();
}

void ChatSim::stop() {
  stop_.stop();
  joiners_.stop();
  listener_.stop();
  webhooks_.stop();
}

HttpResponse ChatSim::handle(const HttpRequest& request) {
  if (request.path.starts_with("/sim/")) return control_api_.handle(request);
  HttpResponse response;
  if (down_) {
    response.fault = WireFault::kReset;
    return response;
  }
  response = rest_api_.handle(request);
  response.date_skew_ms += date_skew_ms_;
  return response;
}

}  // namespace chatsim
