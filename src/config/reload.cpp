#include "config/reload.h"

#include <utility>

#include "config/keys.h"

namespace headroom {
namespace {

// A token's file may be another one, or have another content.
bool is_token(std::string_view key) { return key == "webhook.token_file" || key == "admin.token_file"; }

}  // namespace

bool is_reloaded(std::string_view key) {
  if (key == "scheduler.concurrency" || key == "scheduler.lease") return false;
  return key.starts_with("policy.") || key.starts_with("capacity.") || key.starts_with("scheduler.") ||
         key.starts_with("calendar.") || key.starts_with("log.") || is_token(key) || key == "webhook.allow_unsigned";
}

std::vector<ChangedKey> reloaded_changes(const Config& running, const Config& next) {
  std::vector<ChangedKey> changes;
  for (const ConfigKey& key : config_keys()) {
    if (is_token(key.name) || !is_reloaded(key.name)) continue;
    ChangedKey change{std::string(key.name), key.show(running), key.show(next)};
    if (change.from != change.to) changes.push_back(std::move(change));
  }
  if (running.webhook.tokens != next.webhook.tokens) changes.push_back({"webhook.token_file", "", ""});
  if (running.admin.tokens != next.admin.tokens) changes.push_back({"admin.token_file", "", ""});
  return changes;
}

std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& next) {
  std::vector<std::string> keys;
  for (const ConfigKey& key : config_keys()) {
    if (!is_reloaded(key.name) && key.show(running) != key.show(next)) keys.emplace_back(key.name);
  }
  const bool same_file = running.chat.secret_key_file == next.chat.secret_key_file;
  if (same_file && running.chat.secret_key != next.chat.secret_key) keys.emplace_back("chat.secret_key_file");
  // The file itself is read again with each new connection; a credential is a copy, made at a start.
  const bool credentials = running.database.password_file.empty() && next.database.password_file.empty();
  if (credentials && running.database.password != next.database.password) {
    keys.emplace_back("database.password_file");
  }
  return keys;
}

}  // namespace headroom
