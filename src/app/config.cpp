#include "app/config.h"

#include <sys/stat.h>

#include <set>
#include <stdexcept>

#include "app/config_file.h"
#include "app/config_key.h"
#include "chat/region.h"

namespace headroom {
namespace {

// Puts one source after the other into the configuration, and collects what is wrong.
class Loader {
 public:
  explicit Loader(const ConfigSources& sources) {
    result_.config.sources = sources;
    for (const ConfigKey& key : config_keys()) {
      if (!key.fallback.empty() && !key.assign(result_.config, key.fallback)) {
        throw std::logic_error("bad default of " + std::string(key.name));
      }
    }
  }

  void add_file();
  void add_environment();
  void add_command_line();
  void check();
  void read_secrets();
  ConfigResult take() { return std::move(result_); }

 private:
  const ConfigSources& sources() const { return result_.config.sources; }
  void add(const ConfigEntry& entry, std::set<std::string>& seen);
  void error(std::string text) { result_.errors.push_back(std::move(text)); }
  std::optional<Secret> secret(const std::string& key, const std::string& file, const std::string& credential);

  ConfigResult result_;
  bool file_readable_ = false;
  std::set<std::string> failed_;  // keys that were given, but not as allowed
};

void Loader::add(const ConfigEntry& entry, std::set<std::string>& seen) {
  const ConfigKey* key = find_config_key(entry.key);
  if (key == nullptr) {
    // Without the value: a secret may have been put here by mistake.
    error(entry.where + ": unknown key " + quote_value(entry.key));
  } else if (!seen.insert(entry.key).second) {
    error(entry.where + ": " + entry.key + " is given twice");
  } else if (!key->assign(result_.config, entry.value)) {
    failed_.insert(entry.key);
    error(entry.where + ": " + entry.key + " = " + quote_value(entry.value) +
          " is not allowed; allowed: " + std::string(key->allowed));
  }
}

void Loader::add_file() {
  ConfigFile file = read_config_file(sources().file);
  file_readable_ = file.readable;
  for (auto& text : file.errors) error(std::move(text));
  std::set<std::string> seen;
  for (const ConfigEntry& entry : file.entries) add(entry, seen);
}

void Loader::add_environment() {
  std::set<std::string> seen;
  std::set<std::string> names;
  for (const ConfigKey& key : config_keys()) {
    const std::string name = environment_name(key.name);
    names.insert(name);
    const auto variable = sources().environment.find(name);
    if (variable != sources().environment.end()) add({name, std::string(key.name), variable->second}, seen);
  }
  for (const auto& [name, value] : sources().environment) {
    if (name.starts_with("HEADROOM_") && !names.contains(name)) error(quote_value(name) + ": unknown variable");
  }
}

void Loader::add_command_line() {
  std::set<std::string> seen;
  for (const auto& [key, value] : sources().command_line) add({"--" + key, key, value}, seen);
}

void Loader::check() {
  Config& config = result_.config;
  if (config.chat.base_url.empty()) config.chat.base_url = base_url_of_region(config.chat.region).value_or("");
  if (config.scheduler.retry_max < config.scheduler.retry_base) {
    result_.warnings.push_back("scheduler.retry_base is more than scheduler.retry_max, which is then every back-off");
  }
  const bool missing = config.chat.sdk_app_id == 0 && !failed_.contains("chat.sdk_app_id");
  if (sources().needs.sdk_app_id && missing && file_readable_) {
    error(sources().file + ": chat.sdk_app_id is required and not set; allowed: 1..4294967295");
  }
}

std::optional<Secret> Loader::secret(const std::string& key, const std::string& file, const std::string& credential) {
  if (failed_.contains(key)) return std::nullopt;
  std::string path = file;
  if (path.empty()) {
    if (sources().credentials_directory.empty()) return std::nullopt;
    path = sources().credentials_directory + "/" + credential;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 && errno == ENOENT) return std::nullopt;
  }
  const std::string where = (file.empty() ? "credential " + credential : key) + ": ";
  SecretFile read = read_secret_file(path);
  if (!read.error.empty()) {
    failed_.insert(key);
    error(where + read.error);
  }
  if (!read.warning.empty()) result_.warnings.push_back(where + read.warning);
  return std::move(read.secret);
}

void Loader::read_secrets() {
  Config& config = result_.config;
  const ConfigNeeds& needs = sources().needs;
  if (needs.secrets || needs.secret_key_always) {
    config.chat.secret_key = secret("chat.secret_key_file", config.chat.secret_key_file, "chat-secret-key");
    const bool required = needs.secret_key_always || config.scheduler.mode != SchedulerMode::kObserve;
    const bool known = config.chat.secret_key || failed_.contains("chat.secret_key_file");
    if (required && !known && file_readable_ && !failed_.contains("scheduler.mode")) {
      error(sources().file + ": chat.secret_key_file is required" +
            (needs.secret_key_always ? "" : " unless scheduler.mode=observe") +
            " and not set; allowed: a path, or the credential chat-secret-key");
    }
  }
  if (!needs.secrets) return;
  config.webhook.token = secret("webhook.token_file", config.webhook.token_file, "webhook-token");
  const auto tokens = secret("admin.token_file", config.admin.token_file, "admin-token");
  if (!tokens) return;
  AdminTokens parsed = parse_admin_tokens(*tokens);
  for (const auto& problem : parsed.errors) error("admin.token_file: " + problem);
  config.admin.tokens = std::move(parsed.tokens);
}

}  // namespace

ConfigResult load_config(const ConfigSources& sources) {
  Loader loader(sources);
  loader.add_file();
  loader.add_environment();
  loader.add_command_line();
  loader.check();
  loader.read_secrets();
  return loader.take();
}

}  // namespace headroom
