// The daemon's two servers.
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "cli/exit.h"
#include "config/in_force.h"
#include "daemon/app.h"
#include "daemon/descriptor_budget.h"
#include "text/addresses.h"

namespace headroom {
namespace {

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

}  // namespace

std::vector<std::string> webhook_tokens(const Config& config) {
  std::vector<std::string> tokens;
  for (const Secret& token : config.webhook.tokens) tokens.push_back(token.expose());
  return tokens;
}

std::vector<http::AdminToken> admin_tokens(const Config& config) {
  std::vector<http::AdminToken> tokens;
  for (const AdminToken& token : config.admin.tokens) {
    tokens.push_back({token.name, token.role, token.token.expose()});
  }
  return tokens;
}

http::WebhookHandler::Hooks App::webhook_hooks() {
  http::WebhookHandler::Hooks hooks;
  hooks.answered = [this](http::WebhookResult result, double seconds) {
    using http::WebhookResult;
    metrics_.webhook(http::name_of(result), seconds);
    const bool taken =
        result == WebhookResult::kRecorded || result == WebhookResult::kDuplicate || result == WebhookResult::kIgnored;
    if (taken) refusals_.taken();
  };
  hooks.refused = [this](RefusalReason reason, const std::string& peer, const std::string& hint) {
    metrics_.webhook_refused(reason);
    refusals_.refused(reason, peer, hint);
  };
  return hooks;
}

App::Listeners App::bind_listeners(const Config& config) {
  return {bind_listener(config.webhook.listen, "webhook.listen"), bind_listener(config.admin.listen, "admin.listen")};
}

void App::start_http() {
  http::WebhookOptions webhook;
  webhook.path = config_.webhook.path;
  webhook.sdk_app_id = config_.chat.sdk_app_id;
  webhook.tokens = webhook_tokens(config_);
  webhook.request_time_window = config_.webhook.request_time_window;
  webhook.allow_from = cidrs(config_.webhook.allow_from);
  webhook.trusted_proxies = cidrs(config_.webhook.trusted_proxies);
  webhook.max_body = static_cast<std::size_t>(config_.webhook.max_body);
  webhook_handler_ = std::make_unique<http::WebhookHandler>(webhook, intake_, clock_, webhook_hooks());
  http::AdminOptions admin;
  admin.version = HEADROOM_VERSION;
  admin.tokens = admin_tokens(config_);
  admin.configuration = configuration_in_force(config_, running_);
  admin.on_error = [this](std::string_view what) { log_.error("admin request failed", {{"error", what}}); };
  admin_handler_ = std::make_unique<http::AdminHandler>(*admin_view_, operations_, clock_, std::move(admin));

  const DescriptorBudget budget = share_descriptors(raise_descriptor_limit(), config_.webhook.max_connections,
                                                    config_.scheduler.concurrency, config_.webhook.threads);
  if (budget.webhook < config_.webhook.max_connections) {
    log_.warning("fewer connections than webhook.max_connections: the limit of open files is too low",
                 {{"connections", budget.webhook}});
  }
  auto options = server_options(std::move(listeners_.webhook), "webhook");
  options.threads = config_.webhook.threads;
  options.max_connections = static_cast<std::size_t>(budget.webhook);
  webhook_server_ = std::make_unique<http::Server>(options, *webhook_handler_);
  auto admin_options = server_options(std::move(listeners_.admin), "admin");
  admin_options.max_connections = static_cast<std::size_t>(budget.admin);
  admin_options.oldest_gives_way = true;
  admin_server_ = std::make_unique<http::Server>(admin_options, *admin_handler_);
  admin_server_->start();
  webhook_server_->start();
}

}  // namespace headroom
