#include "cli/commands/check_config.h"

#include <optional>
#include <ostream>

#include "cli/exit.h"
#include "config/file.h"
#include "config/keys.h"
#include "text/json_object.h"
#include "text/utf8.h"

namespace headroom {
namespace {

// A path may be no UTF-8.
std::string printable(const std::string& text) { return is_plain_text(text) ? text : shown_value(text); }

void put_problems(JsonObject& json, std::string_view name, const std::vector<ConfigProblem>& problems) {
  json.begin_list(name);
  for (const ConfigProblem& problem : problems) {
    const auto& line = problem.place.line;
    json.begin_item();
    json.text_or_null("source", printable(problem.place.source));
    json.number("line", line ? std::optional(static_cast<std::int64_t>(*line)) : std::nullopt);
    json.text_or_null("key", problem.key);
    if (problem.value) {
      json.text("value", *problem.value);
    } else {
      json.null("value");
    }
    json.text_or_null("allowed", problem.allowed);
    json.text("message", printable(problem.message));
    json.end_object();
  }
  json.end_list();
}

void put_values(JsonObject& json, const Config& config) {
  json.begin_object("config");
  for (const ConfigKey& key : config_keys()) json.text_or_null(key.name, key.show(config));
  json.end_object();
}

void put_secrets(JsonObject& json, const Config& config) {
  json.begin_object("secrets");
  json.flag("chat-secret-key", config.chat.secret_key.has_value());
  json.flag("webhook-token", !config.webhook.tokens.empty());
  json.flag("admin-token", !config.admin.tokens.empty());
  json.end_object();
}

}  // namespace

int run_check_config(const ConfigResult& result, bool as_json, std::ostream& out) {
  if (as_json) {
    JsonObject json;
    json.flag("valid", result.ok());
    put_problems(json, "errors", result.errors);
    put_problems(json, "warnings", result.warnings);
    if (result.ok()) {
      put_values(json, result.config);
      put_secrets(json, result.config);
    }
    out << json.finish() << '\n';
  } else if (result.ok()) {
    out << result.config.sources.file << ": ok\n";
  }
  return result.ok() ? exit_status::kOk : exit_status::kConfiguration;
}

}  // namespace headroom
