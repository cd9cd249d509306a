#include "daemon/faces.h"

#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/exit.h"
#include "config/in_force.h"
#include "daemon/descriptor_budget.h"
#include "text/addresses.h"

namespace headroom {
namespace {

constexpr DurationMs kAnswersOwed = 2 * kSecondMs;
// After a failed disk there is nothing left to write down.
constexpr DurationMs kAnswersOwedFailed = 300;

// The configuration has checked them already.
CidrList cidrs(const std::vector<std::string>& blocks) {
  std::string text;
  for (const std::string& block : blocks) text += (text.empty() ? "" : ",") + block;
  std::string error;
  auto list = CidrList::parse(text, error);
  if (!list) throw std::runtime_error(error);
  return *std::move(list);
}

std::shared_ptr<http::ListenSocket> bind_listener(const HostPort& listen, const std::string& key) {
  using Kind = StartFailure::Kind;
  try {
    return std::make_shared<http::ListenSocket>(listen.host, listen.port);
  } catch (const std::system_error& error) {
    const bool forbidden = error.code() == std::errc::permission_denied;
    throw StartFailure(forbidden ? Kind::kPermission : Kind::kTransient, key + ": " + error.what());
  } catch (const std::runtime_error& error) {
    throw StartFailure(Kind::kTransient, key + ": " + error.what());
  }
}

http::ServerOptions server_options(std::shared_ptr<http::ListenSocket> listener, const char* name) {
  http::ServerOptions options;
  options.listener = std::move(listener);
  options.name = name;
  return options;
}

std::vector<std::string> webhook_tokens(const Config& config) {
  std::vector<std::string> tokens;
  for (const Secret& token : config.webhook.tokens) tokens.push_back(token.expose());
  return tokens;
}

std::vector<admin::AdminToken> admin_tokens(const Config& config) {
  std::vector<admin::AdminToken> tokens;
  for (const AdminToken& token : config.admin.tokens) {
    tokens.push_back({token.name, token.role, token.token.expose()});
  }
  return tokens;
}

}  // namespace

Faces::Faces(const Ground& ground)
    : ground_(ground),
      webhook_listener_(bind_listener(ground.config.webhook.listen, "webhook.listen")),
      admin_listener_(bind_listener(ground.config.admin.listen, "admin.listen")) {}

void Faces::owe_answers(DaemonStore& store, StopSteps& steps) {
  steps.add("the answers that are owed", [this, &store] {
    const DurationMs patience = store.failed() ? kAnswersOwedFailed : kAnswersOwed;
    if (webhook_server_ && !webhook_server_->shutdown(patience)) ground_.log.warning("webhooks were left unanswered");
    if (admin_server_) admin_server_->shutdown(patience);
  });
}

void Faces::start(DaemonStore& store, Control& control, std::function<void()> group_due, StopSteps& steps) {
  make_handlers(store, control, std::move(group_due));
  make_servers();
  steps.add("new webhooks", [this] {
    webhook_handler_->drain();
    webhook_server_->stop_accepting();
  });
  admin_server_->start();
  webhook_server_->start();
}

void Faces::make_handlers(DaemonStore& store, Control& control, std::function<void()> group_due) {
  const Config& config = ground_.config;
  webhook::WebhookOptions webhook;
  webhook.path = config.webhook.path;
  webhook.sdk_app_id = config.chat.sdk_app_id;
  webhook.tokens = webhook_tokens(config);
  webhook.request_time_window = config.webhook.request_time_window;
  webhook.allow_from = cidrs(config.webhook.allow_from);
  webhook.trusted_proxies = cidrs(config.webhook.trusted_proxies);
  webhook.max_body = static_cast<std::size_t>(config.webhook.max_body);
  webhook_handler_ =
      std::make_unique<webhook::WebhookHandler>(webhook, store.open_intake(std::move(group_due)), ground_.clock, ground_.observer.of_webhooks());
  admin::AdminOptions admin;
  admin.version = HEADROOM_VERSION;
  admin.tokens = admin_tokens(config);
  admin.configuration = configuration_in_force(config, config);
  admin.on_error = [this](const std::string& request, std::string_view why) {
    ground_.log.error("admin request failed", {{"request", request}, {"error", why}});
  };
  view_ = store.view_for_answers();
  admin_handler_ = std::make_unique<admin::AdminHandler>(*view_, control, ground_.clock, std::move(admin));
}

void Faces::make_servers() {
  const WebhookConfig& webhook = ground_.config.webhook;
  const DescriptorBudget budget = share_descriptors(raise_descriptor_limit(), webhook.max_connections,
                                                    ground_.config.scheduler.concurrency, webhook.threads);
  if (budget.webhook < webhook.max_connections) {
    ground_.log.warning("fewer connections than webhook.max_connections: the limit of open files is too low",
                        {{"connections", budget.webhook}});
  }
  auto options = server_options(std::move(webhook_listener_), "webhook");
  options.threads = webhook.threads;
  options.max_connections = static_cast<std::size_t>(budget.webhook);
  webhook_server_ = std::make_unique<http::Server>(options, *webhook_handler_);
  auto admin_options = server_options(std::move(admin_listener_), "admin");
  admin_options.max_connections = static_cast<std::size_t>(budget.admin);
  admin_options.oldest_gives_way = true;
  admin_server_ = std::make_unique<http::Server>(admin_options, *admin_handler_);
}

void Faces::take_over(const Config& running) {
  webhook_handler_->set_tokens(webhook_tokens(running));
  admin_handler_->set_tokens(admin_tokens(running));
  admin_handler_->set_configuration(configuration_in_force(ground_.config, running));
}

}  // namespace headroom
