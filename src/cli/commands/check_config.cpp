#include "cli/commands/check_config.h"

#include "cli/exit.h"
#include "cli/json.h"
#include "config/file.h"
#include "config/keys.h"
#include "config/values.h"

namespace headroom {
namespace {

// A path may be no UTF-8.
std::string printable(const std::string& text) { return is_plain_text(text) ? text : shown_value(text); }

void put_problems(CliJson& json, const char* key, const std::vector<ConfigProblem>& problems) {
  json.Key(key);
  json.StartArray();
  for (const ConfigProblem& problem : problems) {
    json.StartObject();
    put_or_null(json, "source", printable(problem.place.source));
    json.Key("line");
    problem.place.line ? json.Uint64(*problem.place.line) : json.Null();
    put_or_null(json, "key", problem.key);
    json.Key("value");
    problem.value ? put(json, *problem.value) : static_cast<void>(json.Null());
    put_or_null(json, "allowed", problem.allowed);
    put(json, "message", printable(problem.message));
    json.EndObject();
  }
  json.EndArray();
}

void put_values(CliJson& json, const Config& config) {
  json.Key("config");
  json.StartObject();
  for (const ConfigKey& key : config_keys()) {
    put_or_null(json, std::string(key.name).c_str(), key.show(config));
  }
  json.EndObject();
}

void put_secrets(CliJson& json, const Config& config) {
  json.Key("secrets");
  json.StartObject();
  json.Key("chat-secret-key");
  json.Bool(config.chat.secret_key.has_value());
  json.Key("webhook-token");
  json.Bool(!config.webhook.tokens.empty());
  json.Key("admin-token");
  json.Bool(!config.admin.tokens.empty());
  json.EndObject();
}

}  // namespace

int run_check_config(const ConfigResult& result, bool as_json, std::ostream& out) {
  if (as_json) {
    rapidjson::OStreamWrapper stream(out);
    CliJson json(stream);
    json.StartObject();
    json.Key("valid");
    json.Bool(result.ok());
    put_problems(json, "errors", result.errors);
    put_problems(json, "warnings", result.warnings);
    if (result.ok()) {
      put_values(json, result.config);
      put_secrets(json, result.config);
    }
    json.EndObject();
    out << '\n';
  } else if (result.ok()) {
    out << result.config.sources.file << ": ok\n";
  }
  return result.ok() ? exit_status::kOk : exit_status::kConfiguration;
}

}  // namespace headroom
