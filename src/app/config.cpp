#include "app/config.h"

#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <system_error>

#include "app/config_advice.h"
#include "app/config_file.h"
#include "app/config_key.h"
#include "app/config_nearest.h"
#include "chat/region.h"
#include "headroom/names.h"

namespace headroom {
namespace {

struct SecretSource {
  std::string key;
  std::string file;        // as configured; empty: not set
  std::string credential;  // what stands in for it
};

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
  void advise_on_writing(const ConfigEntry& entry);
  void check_ports();
  void error(ConfigProblem problem) { result_.errors.push_back(std::move(problem)); }
  void missing(const std::string& key, const std::string& why, const std::string& allowed);
  ConfigPlace place_of(const std::string& key) const;
  bool is_outside() const;
  std::vector<std::string> credentials_of(const SecretSource& source) const;
  std::string path_of(const SecretSource& source) const;
  std::optional<Secret> secret(const SecretSource& source);
  void read_webhook_tokens();
  void not_seen(const SecretSource& source, const std::string& consequence);
  void advise();
  void read_admin_tokens();
  void check_signing();

  ConfigResult result_;
  bool file_readable_ = false;
  std::set<std::string> failed_;               // keys that were given, but not as allowed
  std::map<std::string, ConfigPlace> places_;  // of the keys that are in force, the strongest source's
};

SecretSource webhook_source(const Config& config) {
  return {"webhook.token_file", config.webhook.token_file, "webhook-token"};
}

std::string where(const ConfigPlace& place) {
  return place.source + (place.line ? ":" + std::to_string(*place.line) : "");
}

// A secret itself may have been put where the path of its file belongs: what is no absolute path, nor any file's, is
// not shown.
std::optional<std::string> showable(const ConfigEntry& entry) {
  std::error_code ignored;
  const bool hidden =
      entry.key.ends_with("_file") && !entry.value.starts_with('/') && !std::filesystem::exists(entry.value, ignored);
  return hidden ? std::nullopt : std::optional(shown_value(entry.value));
}

std::string joined(const std::vector<std::string>& texts, const std::string& between) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

std::string did_you_mean(const std::string& name) {
  return name.empty() ? std::string() : "; did you mean " + name + "?";
}

// What stands between a value and what is allowed.
std::string why_refused(const ConfigKey& key, const std::string& value) {
  const bool quoted = value.starts_with('"') || value.starts_with('\'');
  const std::string hint = quoted ? "values stand without quotes" : key.hint(value);
  return hint.empty() ? " is not allowed; allowed: " : ": " + hint + "; allowed: ";
}

void Loader::add(const ConfigEntry& entry, std::set<std::string>& seen) {
  const ConfigKey* key = find_config_key(entry.key);
  const std::string shown_key = shown_value(entry.key);
  if (key == nullptr) {
    // Without the value: a secret may have been put here by mistake.
    error({entry.place, shown_key, std::nullopt, "",
           entry.where + ": unknown key " + quote_value(entry.key) + did_you_mean(nearest_key(entry.key))});
  } else if (!seen.insert(entry.key).second) {
    error({entry.place, shown_key, showable(entry), "", entry.where + ": " + entry.key + " is given twice"});
  } else if (!key->assign(result_.config, entry.value)) {
    failed_.insert(entry.key);
    const auto value = showable(entry);
    const std::string allowed(key->allowed);
    error({entry.place, shown_key, value, allowed,
           entry.where + ": " + entry.key + (value ? " = " + quote_value(entry.value) : "") +
               why_refused(*key, entry.value) + allowed});
  } else {
    places_[entry.key] = entry.place;
    advise_on_writing(entry);
  }
}

void Loader::advise_on_writing(const ConfigEntry& entry) {
  if (!sources().needs.secrets) return;
  const auto value = showable(entry);
  for (const std::string& advice : headroom::advice_on_writing(entry)) {
    result_.warnings.push_back(
        {entry.place, entry.key, value, "",
         entry.where + ": " + entry.key + (value ? " = " + quote_value(*value) : "") + ": " + advice});
  }
}

void Loader::add_file() {
  ConfigFile file = read_config_file(sources().file);
  file_readable_ = file.readable;
  for (auto& problem : file.errors) error(std::move(problem));
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
    const ConfigPlace place{ConfigPlace::kEnvironment, std::nullopt};
    if (variable != sources().environment.end()) add({place, name, std::string(key.name), variable->second}, seen);
  }
  for (const auto& [name, value] : sources().environment) {
    // Others are not meant for us: Kubernetes sets HEADROOM_PORT for a service called headroom.
    if (!is_of_our_sections(name) || names.contains(name)) continue;
    const ConfigPlace place{ConfigPlace::kEnvironment, std::nullopt};
    error({place, shown_value(name), std::nullopt, "",
           quote_value(name) + ": unknown variable" + did_you_mean(nearest_variable(name))});
  }
}

void Loader::add_command_line() {
  std::set<std::string> seen;
  const ConfigPlace place{ConfigPlace::kCommandLine, std::nullopt};
  for (const auto& [key, value] : sources().command_line) add({place, "--" + key, key, value}, seen);
}

void Loader::missing(const std::string& key, const std::string& why, const std::string& allowed) {
  error({{sources().file, std::nullopt},
         key,
         std::nullopt,
         allowed,
         sources().file + ": " + key + " is required" + why + " and not set; allowed: " + allowed});
}

void Loader::check() {
  Config& config = result_.config;
  if (config.chat.base_url.empty()) config.chat.base_url = base_url_of_region(config.chat.region).value_or("");
  if (config.scheduler.retry_max < config.scheduler.retry_base) {
    const std::string key = "scheduler.retry_base";
    result_.warnings.push_back({places_[key], key, format_duration(config.scheduler.retry_base), "",
                                key + " is more than scheduler.retry_max, which is then every back-off"});
  }
  check_ports();
  const bool unset = config.chat.sdk_app_id == 0 && !failed_.contains("chat.sdk_app_id");
  if (sources().needs.sdk_app_id && unset && file_readable_) {
    missing("chat.sdk_app_id", "", std::string(find_config_key("chat.sdk_app_id")->allowed));
  }
}

void Loader::check_ports() {
  const Config& config = result_.config;
  if (!share_a_port(config.webhook.listen, config.admin.listen)) return;
  const bool admin_given = places_.contains("admin.listen");
  const std::string key = admin_given ? "admin.listen" : "webhook.listen";
  const std::string other = admin_given ? "webhook.listen" : "admin.listen";
  const std::string value = format_host_port(admin_given ? config.admin.listen : config.webhook.listen);
  error({place_of(key), key, value, "",
         where(place_of(key)) + ": " + key + " = " + quote_value(value) + ": is the port of " + other + ", too"});
}

// Where a key was given, or would have been.
ConfigPlace Loader::place_of(const std::string& key) const {
  const auto place = places_.find(key);
  return place == places_.end() ? ConfigPlace{sources().file, std::nullopt} : place->second;
}

bool Loader::is_outside() const {
  return sources().credentials_directory.empty() && !sources().credential_stores.empty();
}

std::vector<std::string> Loader::credentials_of(const SecretSource& source) const {
  if (!is_outside()) return {sources().credentials_directory + "/" + source.credential};
  std::vector<std::string> paths;
  for (const std::string& store : sources().credential_stores)
    paths.push_back(store + "/headroom." + source.credential);
  return paths;
}

// Empty when there is neither the file nor the credential.
std::string Loader::path_of(const SecretSource& source) const {
  if (!source.file.empty()) return source.file;
  if (!is_outside() && sources().credentials_directory.empty()) return {};
  return find_secret_file(credentials_of(source));
}

std::optional<Secret> Loader::secret(const SecretSource& source) {
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
    const ConfigProblem problem{place, source.key, shown, "", where + read.error + hidden};
    (only_hidden ? result_.warnings : result_.errors).push_back(problem);
  }
  if (!read.warning.empty()) result_.warnings.push_back({place, source.key, shown, "", where + read.warning});
  return std::move(read.secret);
}

void Loader::read_webhook_tokens() {
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
void Loader::check_signing() {
  if (failed_.contains("webhook.token_file") || failed_.contains("scheduler.mode") || !file_readable_) return;
  const Config& config = result_.config;
  const std::string why = unsigned_webhooks(config);
  if (why.empty()) return;
  const SecretSource source = webhook_source(config);
  if (is_outside() && source.file.empty()) return not_seen(source, "if the daemon has none either, " + why);
  const ConfigProblem problem{place_of(source.key), source.key, std::nullopt, "", why};
  (must_be_signed(config) ? result_.errors : result_.warnings).push_back(problem);
}

void Loader::read_admin_tokens() {
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

// Outside of the service its credentials do not exist: that is no mistake of the configuration.
void Loader::not_seen(const SecretSource& source, const std::string& consequence) {
  const ConfigPlace place{sources().file, std::nullopt};
  result_.warnings.push_back({place, source.key, std::nullopt, "",
                              sources().file + ": " + source.key + " is not set, and the credential " +
                                  source.credential + " is not seen from here (no " +
                                  joined(credentials_of(source), ", no ") + "); " + consequence});
}

void Loader::read_secrets() {
  Config& config = result_.config;
  const ConfigNeeds& needs = sources().needs;
  if (needs.secrets || needs.secret_key_always) {
    const SecretSource source{"chat.secret_key_file", config.chat.secret_key_file, "chat-secret-key"};
    config.chat.secret_key = secret(source);
    const bool required = needs.secret_key_always || config.scheduler.mode != SchedulerMode::kObserve;
    const bool known = config.chat.secret_key || failed_.contains(source.key);
    const bool asked = required && !known && file_readable_ && !failed_.contains("scheduler.mode");
    if (asked && is_outside() && !needs.secret_key_always) {
      not_seen(source, "the daemon needs one of them");
    } else if (asked) {
      missing(source.key, needs.secret_key_always ? "" : " unless scheduler.mode=observe",
              "a path, or the credential " + source.credential +
                  (is_outside() ? " (" + joined(credentials_of(source), " or ") + ")" : ""));
    }
  }
  if (!needs.secrets) return;
  read_webhook_tokens();
  read_admin_tokens();
  check_signing();
  advise();
}

void Loader::advise() {
  for (auto& problem : advice_on(result_.config, [this](const std::string& key) { return place_of(key); })) {
    if (!failed_.contains(problem.key)) result_.warnings.push_back(std::move(problem));
  }
}

}  // namespace

std::string unsigned_webhooks(const Config& config) {
  if (!config.webhook.tokens.empty() || !config.webhook.allow_from.empty()) return {};
  const std::string what =
      "anybody may send webhooks: there is neither a token (webhook.token_file, or the credential "
      "webhook-token) nor webhook.allow_from";
  if (!must_be_signed(config)) return what;
  return what + "; scheduler.mode=" + std::string(name_of(config.scheduler.mode)) +
         " needs one of them, or webhook.allow_unsigned=true";
}

bool must_be_signed(const Config& config) {
  const SchedulerMode mode = config.scheduler.mode;
  const bool removes = mode == SchedulerMode::kApprove || mode == SchedulerMode::kPrune;
  return removes && !config.webhook.allow_unsigned;
}

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
