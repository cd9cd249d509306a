#include "config/load.h"

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "config/advice.h"
#include "config/key_names.h"
#include "config/keys.h"
#include "config/loader.h"
#include "config/regions.h"

namespace headroom {
namespace {

std::string did_you_mean(const std::string& name) {
  return name.empty() ? std::string() : "; did you mean " + name + "?";
}

// What stands between a value and what is allowed.
std::string why_refused(const ConfigKey& key, const std::string& value) {
  const bool quoted = value.starts_with('"') || value.starts_with('\'');
  const std::string hint = quoted ? "values stand without quotes" : key.hint(value);
  return hint.empty() ? " is not allowed; allowed: " : ": " + hint + "; allowed: ";
}

}  // namespace

std::string text_of(const ConfigPlace& place) {
  return place.source + (place.line ? ":" + std::to_string(*place.line) : "");
}

std::optional<std::string> showable(const ConfigEntry& entry) {
  std::error_code ignored;
  const bool maybe_content =
      entry.key.ends_with("_file") && !entry.value.starts_with('/') && !std::filesystem::exists(entry.value, ignored);
  const bool maybe_password =
      entry.key == "database.url" && names_server(entry.value) && !parse_database_url(entry.value);
  const bool hidden = maybe_content || maybe_password;
  return hidden ? std::nullopt : std::optional(shown_value(entry.value));
}

ConfigLoader::ConfigLoader(const ConfigSources& sources) {
  result_.config.sources = sources;
  for (const ConfigKey& key : config_keys()) {
    if (!key.fallback.empty() && !key.assign(result_.config, key.fallback)) {
      throw std::logic_error("bad default of " + std::string(key.name));
    }
  }
}

void ConfigLoader::add(const ConfigEntry& entry, std::set<std::string>& seen) {
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

void ConfigLoader::advise_on_writing(const ConfigEntry& entry) {
  if (!sources().needs.secrets) return;
  const auto value = showable(entry);
  for (const std::string& advice : advice_on_writing(entry)) {
    result_.warnings.push_back(
        {entry.place, entry.key, value, "",
         entry.where + ": " + entry.key + (value ? " = " + quote_value(*value) : "") + ": " + advice});
  }
}

void ConfigLoader::add_file() {
  ConfigFile file = read_config_file(sources().file);
  file_readable_ = file.readable;
  for (auto& problem : file.errors) error(std::move(problem));
  std::set<std::string> seen;
  for (const ConfigEntry& entry : file.entries) add(entry, seen);
}

void ConfigLoader::add_environment() {
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

void ConfigLoader::add_command_line() {
  std::set<std::string> seen;
  const ConfigPlace place{ConfigPlace::kCommandLine, std::nullopt};
  for (const auto& [key, value] : sources().command_line) add({place, "--" + key, key, value}, seen);
}

void ConfigLoader::missing(const std::string& key, const std::string& why, const std::string& allowed) {
  error({{sources().file, std::nullopt},
         key,
         std::nullopt,
         allowed,
         sources().file + ": " + key + " is required" + why + " and not set; allowed: " + allowed});
}

void ConfigLoader::check() {
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

void ConfigLoader::check_ports() {
  const Config& config = result_.config;
  if (!share_a_port(config.webhook.listen, config.admin.listen)) return;
  const bool admin_given = places_.contains("admin.listen");
  const std::string key = admin_given ? "admin.listen" : "webhook.listen";
  const std::string other = admin_given ? "webhook.listen" : "admin.listen";
  const std::string value = format_host_port(admin_given ? config.admin.listen : config.webhook.listen);
  error({place_of(key), key, value, "",
         text_of(place_of(key)) + ": " + key + " = " + quote_value(value) + ": is the port of " + other + ", too"});
}

// Where a key was given, or would have been.
ConfigPlace ConfigLoader::place_of(const std::string& key) const {
  const auto place = places_.find(key);
  return place == places_.end() ? ConfigPlace{sources().file, std::nullopt} : place->second;
}

void ConfigLoader::advise() {
  for (auto& problem : advice_on(result_.config, [this](const std::string& key) { return place_of(key); })) {
    if (!failed_.contains(problem.key)) result_.warnings.push_back(std::move(problem));
  }
}

ConfigResult load_config(const ConfigSources& sources) {
  ConfigLoader loader(sources);
  loader.add_file();
  loader.add_environment();
  loader.add_command_line();
  loader.check();
  loader.read_secrets();
  return loader.take();
}

}  // namespace headroom
