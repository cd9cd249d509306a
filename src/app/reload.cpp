#include "app/reload.h"

#include "app/config_key.h"

namespace headroom {
namespace {

bool is_reloaded(std::string_view key) {
  if (key == "scheduler.concurrency") return false;
  return key.starts_with("policy.") || key.starts_with("scheduler.") || key.starts_with("log.");
}

}  // namespace

std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& next) {
  std::vector<std::string> keys;
  for (const ConfigKey& key : config_keys()) {
    if (!is_reloaded(key.name) && key.show(running) != key.show(next)) keys.emplace_back(key.name);
  }
  const auto add_secret = [&](const char* key, bool same_file, bool same) {
    if (same_file && !same) keys.emplace_back(key);
  };
  add_secret("chat.secret_key_file", running.chat.secret_key_file == next.chat.secret_key_file,
             running.chat.secret_key == next.chat.secret_key);
  add_secret("webhook.token_file", running.webhook.token_file == next.webhook.token_file,
             running.webhook.token == next.webhook.token);
  add_secret("admin.token_file", running.admin.token_file == next.admin.token_file,
             running.admin.tokens == next.admin.tokens);
  return keys;
}

}  // namespace headroom
