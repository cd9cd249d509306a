#include "app/command_check_config.h"

#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/writer.h>

#include "app/cli_exit.h"
#include "app/config_key.h"

namespace headroom {
namespace {

using Json = rapidjson::Writer<rapidjson::OStreamWrapper>;

void put(Json& json, const std::string& text) { json.String(text.data(), static_cast<unsigned>(text.size())); }

void put_list(Json& json, const char* key, const std::vector<std::string>& lines) {
  json.Key(key);
  json.StartArray();
  for (const auto& line : lines) put(json, line);
  json.EndArray();
}

void put_values(Json& json, const Config& config) {
  json.Key("config");
  json.StartObject();
  for (const ConfigKey& key : config_keys()) {
    const std::string value = key.show(config);
    json.Key(key.name.data(), static_cast<unsigned>(key.name.size()));
    value.empty() ? void(json.Null()) : put(json, value);
  }
  json.EndObject();
}

void put_secrets(Json& json, const Config& config) {
  json.Key("secrets");
  json.StartObject();
  json.Key("chat-secret-key");
  json.Bool(config.chat.secret_key.has_value());
  json.Key("webhook-token");
  json.Bool(config.webhook.token.has_value());
  json.Key("admin-token");
  json.Bool(!config.admin.tokens.empty());
  json.EndObject();
}

}  // namespace

int run_check_config(const ConfigResult& result, bool as_json, std::ostream& out) {
  if (as_json) {
    rapidjson::OStreamWrapper stream(out);
    Json json(stream);
    json.StartObject();
    json.Key("valid");
    json.Bool(result.ok());
    put_list(json, "errors", result.errors);
    put_list(json, "warnings", result.warnings);
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
