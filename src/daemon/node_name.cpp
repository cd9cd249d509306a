#include "daemon/node_name.h"

#include <unistd.h>

#include <array>

#include "config/keys.h"
#include "daemon/random_share.h"
#include "http/sha256.h"
#include "text/hex.h"

namespace headroom {
namespace {

bool has_to_agree(std::string_view key) {
  if (key == "scheduler.tick" || key == "scheduler.concurrency") return false;
  return key.starts_with("policy.") || key.starts_with("capacity.") || key.starts_with("calendar.") ||
         key.starts_with("scheduler.") || key == "chat.sdk_app_id";
}

}  // namespace

std::string node_name(const Config& config) {
  if (!config.node.name.empty()) return config.node.name;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "unnamed";
  return name.data();
}

std::string random_id() { return hex_of(random_bits()); }

std::string agreed_config(const Config& config) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    if (has_to_agree(key.name)) text += std::string(key.name) + " = " + key.show(config) + "\n";
  }
  return text;
}

std::string config_hash(const std::string& agreed) { return http::sha256_hex({agreed}).substr(0, 16); }

}  // namespace headroom
