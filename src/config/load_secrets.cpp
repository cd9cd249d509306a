#include "config/loader.h"
#include "config/secrets.h"
#include "config/signing.h"

namespace headroom {
namespace {

std::string joined(const std::vector<std::string>& texts, const std::string& between) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

SecretSource webhook_source(const Config& config) {
  return {"webhook.token_file", config.webhook.token_file, "webhook-token"};
}

}  // namespace

bool ConfigLoader::is_outside() const {
  return sources().credentials_directory.empty() && !sources().credential_stores.empty();
}

std::vector<std::string> ConfigLoader::credentials_of(const SecretSource& source) const {
  if (!is_outside()) return {sources().credentials_directory + "/" + source.credential};
  std::vector<std::string> paths;
  for (const std::string& store : sources().credential_stores)
    paths.push_back(store + "/headroom." + source.credential);
  return paths;
}

// Empty when there is neither the file nor the credential.
std::string ConfigLoader::path_of(const SecretSource& source) const {
  if (!source.file.empty()) return source.file;
  if (!is_outside() && sources().credentials_directory.empty()) return {};
  return find_secret_file(credentials_of(source));
}

std::optional<Secret> ConfigLoader::secret(const SecretSource& source) {
  const std::string path = path_of(source);
  if (path.empty() || failed_.contains(source.key)) return std::nullopt;
  const bool is_credential = source.file.empty();
  const ConfigPlace place = is_credential ? ConfigPlace{path, std::nullopt} : places_[source.key];
  const auto shown = showable({place, "", source.key, path});
  const std::string where =
      (is_credential ? "credential " + source.credential : source.key) + ": " + shown.value_or("the file") + " ";
  SecretFile read = read_secret_file(path);
  if (!read.error.empty()) {
    failed_.insert(source.key);
    const bool only_hidden = read.hidden && is_outside() && !sources().needs.secret_key_always;
    const std::string hidden = only_hidden ? "; the service may see it, who runs this can not check it" : "";
    const ConfigProblem problem{place, source.key, shown, "", where + read.error + hidden, only_hidden};
    (only_hidden ? result_.warnings : result_.errors).push_back(problem);
  }
  if (!read.warning.empty()) result_.warnings.push_back({place, source.key, shown, "", where + read.warning});
  return std::move(read.secret);
}

void ConfigLoader::read_webhook_tokens() {
  Config& config = result_.config;
  const SecretSource source = webhook_source(config);
  const auto text = secret(source);
  if (!text) return;
  WebhookTokens parsed = parse_webhook_tokens(*text);
  if (!parsed.error.empty()) {
    failed_.insert(source.key);
    error({{path_of(source), std::nullopt}, source.key, std::nullopt, "", source.key + ": the file " + parsed.error});
  }
  config.webhook.tokens = std::move(parsed.tokens);
}

// A mistyped name of the credential must not open the door in silence: who may forge webhooks decides whom we look at.
void ConfigLoader::check_signing() {
  if (failed_.contains("webhook.token_file") || failed_.contains("scheduler.mode") || !file_readable_) return;
  const Config& config = result_.config;
  const std::string why = unsigned_webhooks(config);
  if (why.empty()) return;
  const SecretSource source = webhook_source(config);
  if (may_be_elsewhere() && source.file.empty()) return not_seen(source, "if the daemon has none either, " + why);
  const ConfigProblem problem{place_of(source.key), source.key, std::nullopt, "", why};
  (must_be_signed(config) ? result_.errors : result_.warnings).push_back(problem);
}

void ConfigLoader::read_admin_tokens() {
  Config& config = result_.config;
  const SecretSource source{"admin.token_file", config.admin.token_file, "admin-token"};
  const auto tokens = secret(source);
  if (!tokens) return;
  AdminTokens parsed = parse_admin_tokens(*tokens);
  if (!parsed.errors.empty()) failed_.insert(source.key);
  for (const AdminTokens::Error& problem : parsed.errors) {
    error({{path_of(source), problem.line},
           source.key,
           std::nullopt,
           "",
           source.key + ": " + (problem.line ? "line " + std::to_string(*problem.line) + " " : "") + problem.what});
  }
  config.admin.tokens = std::move(parsed.tokens);
}

bool ConfigLoader::may_be_elsewhere() const { return is_outside() && !sources().needs.missing_is_error; }

// Outside of the service its credentials do not exist: that is no mistake of the configuration.
void ConfigLoader::not_seen(const SecretSource& source, const std::string& consequence) {
  const ConfigPlace place{sources().file, std::nullopt};
  result_.warnings.push_back({place, source.key, std::nullopt, "",
                              sources().file + ": " + source.key + " is not set, and the credential " +
                                  source.credential + " is not seen from here (no " +
                                  joined(credentials_of(source), ", no ") + "); " + consequence});
}

void ConfigLoader::read_secrets() {
  Config& config = result_.config;
  const ConfigNeeds& needs = sources().needs;
  if (needs.secrets || needs.secret_key_always) {
    const SecretSource source{"chat.secret_key_file", config.chat.secret_key_file, "chat-secret-key"};
    config.chat.secret_key = secret(source);
    const bool required = needs.secret_key_always || config.scheduler.mode != SchedulerMode::kObserve;
    const bool known = config.chat.secret_key || failed_.contains(source.key);
    const bool asked = required && !known && file_readable_ && !failed_.contains("scheduler.mode");
    if (asked && may_be_elsewhere() && !needs.secret_key_always) {
      not_seen(source, "the daemon needs one of them");
    } else if (asked) {
      missing(source.key, needs.secret_key_always ? "" : " unless scheduler.mode=observe",
              "a path, or the credential " + source.credential +
                  (is_outside() ? " (" + joined(credentials_of(source), " or ") + ")" : ""));
    }
  }
  if (needs.database && (config.database.on_server() || needs.server_always)) {
    config.database.password = secret({"database.password_file", config.database.password_file, "database-password"});
  }
  if (!needs.secrets) return;
  read_webhook_tokens();
  read_admin_tokens();
  check_signing();
  advise();
}

}  // namespace headroom
