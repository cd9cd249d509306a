#include "config/policy_change.h"

#include <set>
#include <string_view>

#include "config/file.h"
#include "config/key_names.h"
#include "config/keys.h"

namespace headroom {
namespace {

Denied invalid(std::string detail) { return {Denied::kInvalid, std::move(detail)}; }

Denied unknown(const std::string& name) {
  constexpr std::string_view kSection = "policy.";
  const std::string nearest = nearest_key(std::string(kSection) + name);
  const bool helps = nearest.starts_with(kSection);
  return invalid("policy has a key that is not known: " + quote_value(name) +
                 (helps ? "; did you mean " + nearest.substr(kSection.size()) + "?" : ""));
}

Denied not_allowed(const ConfigKey& key, const std::string& value) {
  const std::string hint = key.hint(value);
  return invalid(std::string(key.name) + " = " + quote_value(value) + (hint.empty() ? " is not allowed" : ": " + hint) +
                 "; allowed: " + std::string(key.allowed));
}

}  // namespace

Result<PolicyChange> policy_change(const std::vector<std::pair<std::string, std::string>>& values) {
  std::vector<std::pair<const ConfigKey*, std::string>> known;
  std::set<std::string_view> seen;
  Config scratch;
  for (const auto& [name, value] : values) {
    const ConfigKey* key = find_config_key("policy." + name);
    if (key == nullptr) return unknown(name);
    if (!seen.insert(key->name).second) return invalid("policy has a key twice: " + name);
    if (!key->assign(scratch, value)) return not_allowed(*key, value);
    known.emplace_back(key, value);
  }
  return PolicyChange([known = std::move(known)](const Policy& from) {
    Config config;
    config.policy = from;
    for (const auto& [key, value] : known) key->assign(config, value);
    return config.policy;
  });
}

}  // namespace headroom
