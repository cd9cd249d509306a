#include "daemon/settings_audit.h"

#include <map>
#include <sstream>
#include <string>

#include "config/keys.h"
#include "engine/orders/audit_entry.h"

namespace headroom {
namespace {

constexpr const char* kSetting = "settings.in_force";  // lines of key=value

bool is_audited(std::string_view key) {
  return key == "scheduler.mode" || key.starts_with("policy.") || key.starts_with("capacity.") ||
         key.starts_with("calendar.");
}

std::string text_of(const Config& config) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    if (is_audited(key.name)) text.append(key.name).append("=").append(key.show(config)).append("\n");
  }
  return text;
}

std::map<std::string, std::string> values_of(const std::string& text) {
  std::map<std::string, std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

std::vector<ChangedKey> changes_between(const std::string& before, const std::string& after) {
  const auto known = values_of(before);
  std::vector<ChangedKey> changes;
  for (const auto& [key, value] : values_of(after)) {
    const auto old = known.find(key);
    if (old != known.end() && old->second != value) changes.push_back({key, old->second, value});
  }
  return changes;
}

}  // namespace

std::vector<ChangedKey> audit_settings(Transaction& storage, const Config& config, const char* token, TimeMs now,
                                       const std::string& node) {
  const std::string text = text_of(config);
  const auto before = storage.setting(kSetting);
  if (before == text) return {};
  storage.put_setting(kSetting, text);
  if (!before) return {};
  const std::vector<ChangedKey> changes = changes_between(*before, text);
  if (changes.empty()) return {};
  Actor actor;
  actor.token = token;
  actor.peer = node;
  for (const ChangedKey& change : changes) {
    if (!actor.reason.empty()) actor.reason += ", ";
    actor.reason += change.key + ": " + change.from + " -> " + change.to;
  }
  audit(storage, actor, AuditAction::kConfigure, kSchedulerTarget, now);
  return changes;
}

}  // namespace headroom
